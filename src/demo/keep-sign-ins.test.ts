import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { openSecrets } from '#platform/secrets.ts';
import { keepSignIns } from './keep-sign-ins.ts';
import { demoSignIns } from './sign-ins.ts';

const root = mkdtempSync(join(tmpdir(), 'one-card-sign-ins-'));
const file = 'demo-sign-ins.json';
const gone = 'http://127.0.0.1:1';
let dataDir: string;
let running: Server | null = null;
beforeEach(() => {
  dataDir = mkdtempSync(join(root, 'data-'));
});
afterAll(() => {
  running?.close();
  rmSync(root, { recursive: true });
});

const own = demoSignIns(openSecrets({ masterKeyHex: 'c0'.repeat(32), dataDir: '/' }));
const others = demoSignIns(openSecrets({ masterKeyHex: 'd1'.repeat(32), dataDir: '/' }));
const keep = (isOwner: boolean, signIns: typeof own, address: string) =>
  keepSignIns({ dataDir, isOwner }, { address, ...signIns });
const kept = (name = file) => JSON.parse(readFileSync(join(dataDir, name), 'utf8'));

async function listening(): Promise<string> {
  running ??= createServer((_, response) => response.end('ok'));
  if (!running.listening) await new Promise<void>((done) => running?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(running.address() as AddressInfo).port}`;
}

test('the first start keeps them where only its owner may read, and the next says where it is now', async () => {
  expect(await keep(true, own, gone)).toBe(join(dataDir, file));
  expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
  await keep(true, own, 'http://127.0.0.1:2');
  expect(kept()).toMatchObject({ address: 'http://127.0.0.1:2', financeToken: own.financeToken });
  expect(readdirSync(dataDir)).toEqual([file]);
});

test('the file of an instance that runs stays as it is: a second start has its own', async () => {
  const first = await listening();
  await keep(true, own, first);
  expect(await keep(true, own, 'http://127.0.0.1:23456')).toBe(join(dataDir, 'demo-sign-ins-23456.json'));
  expect(kept().address).toBe(first);
  expect(kept('demo-sign-ins-23456.json').address).toBe('http://127.0.0.1:23456');
});

test('a start on books elsewhere leaves the printed passwords of the folder fit, also while it is stopped', async () => {
  await keep(true, own, gone);
  await keep(false, others, 'http://127.0.0.1:23456');
  expect(kept().staff).toEqual(own.staff);
  expect(kept('demo-sign-ins-23456.json').staff).toEqual(others.staff);
});

test("the folder's own books take back a file that others left, or that is damaged", async () => {
  await keep(false, others, gone);
  await keep(true, own, 'http://127.0.0.1:3');
  expect(kept().financeToken).toBe(own.financeToken);
  writeFileSync(join(dataDir, file), '{"staff":');
  await keep(false, own, 'http://127.0.0.1:4');
  expect(kept().address).toBe('http://127.0.0.1:4');
});

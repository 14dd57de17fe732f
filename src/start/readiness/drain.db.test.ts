import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { masterKeyHex } from '#testing/http/http-town.ts';
import { startServiceProcess } from '#testing/servers/service-process.ts';

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-drain-'));
  chmodSync(folder, 0o711);
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (drainSeconds: number) => {
  const service = startServiceProcess({
    DATABASE_URL: database.url,
    MASTER_KEY: masterKeyHex,
    DATA_DIR: join(folder, 'data'),
    LANES: '1',
    DEMO: 'no',
    DRAIN_SECONDS: String(drainSeconds),
  });
  return { service, address: await service.address };
};
const agent = new Agent({ keepAlive: true });
/** Asks over a connection that stays open; null when nobody answers. */
const ask = (url: string) =>
  new Promise<{ status: number | undefined; connection: string | undefined; body: unknown } | null>(
    (resolve) => {
      const asked = get(url, { agent }, async (answer) => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        resolve({ status: answer.statusCode, connection: answer.headers.connection, body: JSON.parse(text) });
      });
      asked.on('error', () => resolve(null));
    },
  );
const until = async (what: () => Promise<boolean>) => {
  for (let tries = 0; tries < 200; tries++) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come to that');
};
const isDraining = (address: string) => async () => (await ask(`${address}/readyz`))?.status === 503;

describe('SIGTERM', () => {
  test('makes it not ready at once, it goes on answering for the time it was given, and ends with 0', async () => {
    const { service, address } = await start(2);
    expect(await ask(`${address}/readyz`)).toEqual({
      status: 200,
      connection: 'keep-alive',
      body: { status: 'ready' },
    });
    const startedAtMs = performance.now();
    const ended = service.stop('SIGTERM');
    await until(isDraining(address));
    expect(await ask(`${address}/readyz`)).toEqual({
      status: 503,
      connection: 'close',
      body: { status: 'not-ready', why: 'draining' },
    });
    expect(await ask(`${address}/healthz`)).toEqual({
      status: 200,
      connection: 'close',
      body: { status: 'alive' },
    });
    expect(await ended).toBe(0);
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_900);
    expect(await ask(`${address}/healthz`)).toBeNull();
  });

  test('a second one ends the waiting', async () => {
    const { service, address } = await start(60);
    await ask(`${address}/readyz`);
    const ended = service.stop('SIGTERM');
    await until(isDraining(address));
    void service.stop('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('where nobody asks whether it is ready, nobody is waited for; SIGINT waits for nobody', async () => {
    const unasked = await start(60);
    expect(await unasked.service.stop('SIGTERM')).toBe(0);
    const { service, address } = await start(60);
    await ask(`${address}/readyz`);
    expect(await service.stop('SIGINT')).toBe(0);
  });
});

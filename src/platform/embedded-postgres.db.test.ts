import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlive, waitForExit } from './embedded/process-life.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { StartError } from './start-error.ts';

let parent: string;
let dataDir: string;

const start = () => startEmbeddedPostgres({ dataDir, sharedBuffersMb: 16 });

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const answer = await client.query(statement);
  await client.end();
  return answer.rows;
}

/** A service that started the server and is killed with no chance to stop it; the server's process id. */
async function startAndDie(): Promise<number> {
  const program = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))});
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, sharedBuffersMb: 16 });
    console.log(server.pid);
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[printed]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
  return Number(String(printed));
}

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'one-card-embedded-'));
  chmodSync(parent, 0o711);
  dataDir = join(parent, 'data');
  const server = await start();
  await ask(server.url, 'create table kept as select 7 as n');
  await server.stop();
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe('the embedded server', () => {
  test('keeps its data and its port over a stop, and is durable as a real one', async () => {
    const first = await start();
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'listen_addresses'];
    const shown = await Promise.all(
      names.map((name) => ask(second.url, `select current_setting('${name}') as v`)),
    );
    expect(shown.flat()).toEqual(['on', 'on', 'on', 'on', '127.0.0.1'].map((v) => ({ v })));
    await second.stop();
    expect(isAlive(second.pid)).toBe(false);
  });

  test('is adopted when the process that started it was killed', async () => {
    const pid = await startAndDie();
    expect(isAlive(pid)).toBe(true);
    const adopted = await start();
    expect(adopted.pid).toBe(pid);
    expect(await ask(adopted.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await adopted.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('recovers when it was killed itself', async () => {
    const killed = await start();
    await ask(killed.url, 'create table late as select 8 as n');
    process.kill(killed.pid, 'SIGKILL');
    await waitForExit(killed.pid, 5000);
    const again = await start();
    expect(again.pid).not.toBe(killed.pid);
    expect(await ask(again.url, 'select n from late')).toEqual([{ n: 8 }]);
    await again.stop();
    expect(isAlive(again.pid)).toBe(true);
    await killed.stop();
    expect(isAlive(again.pid)).toBe(false);
  });

  test('is shared by whoever starts it at the same time, and stopped by the last one', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(other.pid).toBe(one.pid);
    await one.stop();
    expect(await ask(other.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await other.stop();
    expect(isAlive(other.pid)).toBe(false);
  });

  test('moves to another port when somebody took its own', async () => {
    const before = await start();
    await before.stop();
    const taken = createServer().listen(Number(new URL(before.url).port), '127.0.0.1');
    await once(taken, 'listening');
    const after = await start();
    expect(new URL(after.url).port).not.toBe(new URL(before.url).port);
    await after.stop();
    taken.close();
  });

  test('says in one sentence that the folder cannot be made', async () => {
    const file = join(parent, 'a-file');
    writeFileSync(file, '');
    const failure = await startEmbeddedPostgres({ dataDir: join(file, 'data') }).catch((error) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toContain('cannot be created (EEXIST)');
  });

  test('says in one sentence why the server did not start, and leaves no server', async () => {
    const dir = join(parent, 'wrong-setting');
    const options = { dataDir: dir, sharedBuffersMb: 16, extraSettings: { max_connections: 'many' } };
    const failure = await startEmbeddedPostgres(options).catch((error) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toContain('invalid value for parameter "max_connections"');
    expect(existsSync(join(dir, 'postgresql', 'postmaster.pid'))).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)(
    'as root, says that the system user cannot reach a closed folder',
    async () => {
      const closed = join(parent, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const failure = await startEmbeddedPostgres({ dataDir: join(closed, 'data') }).catch((error) => error);
      expect(failure).toBeInstanceOf(StartError);
      expect(failure.message).toContain('cannot reach');
    },
  );
});

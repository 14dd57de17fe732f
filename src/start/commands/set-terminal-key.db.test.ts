import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '#audit/store.ts';
import { demoMasterKey, demoSealedMasterKey } from '#demo/sign-ins.ts';
import { readConfig } from '#platform/config.ts';
import { openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { checkValueOf, type MasterKey, openField62 } from '#terminals/keys/rules/working-keys.ts';
import { softwareKeys } from '#terminals/keys/software-keys.ts';
import { buildTown, merchantTerminal, town } from '#testing/town.ts';
import { setTerminalKey } from './set-terminal-key.ts';

const masterKeyHex = 'c0c0'.repeat(16);
const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
const dataDir = mkdtempSync(join(tmpdir(), 'one-card-keys-'));
const without = town.bankTerminal;
let database: TestDatabase;
let owner: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  const session = sessionOf(owner);
  await buildTown(session, { merchants: 3, cards: 0, masterKey: (id) => demoSealedMasterKey(secrets, id) });
  await owner.query('set session_replication_role = replica');
  await owner.query(`delete from terminals.pos_keys where terminal_id = ${without}`);
  await owner.query('reset session_replication_role');
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
  rmSync(dataDir, { recursive: true });
});

const order = (
  terminal: number | string,
  over: { algorithm?: string; replace?: boolean; key?: string } = {},
) => {
  const { algorithm = '3des', replace = false, key = masterKeyHex } = over;
  const config = readConfig({ DATABASE_URL: database.url, DATA_DIR: dataDir, MASTER_KEY: key });
  return setTerminalKey(config, { terminal: String(terminal), algorithm, replace });
};
/** What a terminal makes of the two components that are typed into it. */
function typedIn(text: string, algorithm: '3des' | 'sm4'): MasterKey {
  const [one, other] = [...text.matchAll(/component \d {3}([0-9A-F]{32})/g)].map(([, hex]) =>
    Buffer.from(hex ?? '', 'hex'),
  );
  return {
    algorithm,
    key: Buffer.from((one ?? Buffer.alloc(0)).map((byte, at) => byte ^ (other?.[at] ?? 0))),
  };
}
const signOn = async (terminalId: number, master: MasterKey) => {
  const keys = softwareKeys({ session: sessionOf(owner), secrets, nowMs: Date.now });
  const mode = master.algorithm === 'sm4' ? 'sm4' : 'cup-ecb';
  const issued = await keys.issue(terminalId, { form: '003', mode });
  return typeof issued === 'string' ? issued : openField62(master, issued.field62);
};

describe('the master key of a POS terminal', () => {
  test('is shown once, in two components, and the terminal signs on with their XOR', async () => {
    expect(await signOn(without, demoMasterKey(secrets, without))).toBe('no-master-key');
    const text = await order(without);
    const master = typedIn(text, '3des');
    expect(text).toContain(`of the key   ${checkValueOf('3des', master.key).toString('hex').toUpperCase()}`);
    expect(text).not.toContain(Buffer.from(master.key).toString('hex').toUpperCase());
    expect(await signOn(without, master)).toHaveProperty('mac');
    const { rows } = await owner.query("select string_agg(k::text, ' ') as all from terminals.pos_keys k");
    expect(rows[0].all).not.toContain(Buffer.from(master.key).toString('hex'));
  });

  test('that is there gives way only where it is said, and its working keys end with it', async () => {
    const id = merchantTerminal(1);
    const before = demoMasterKey(secrets, id);
    expect(await signOn(id, before)).toHaveProperty('mac');
    await expect(order(id)).rejects.toThrow('--replace');
    expect(await signOn(id, before)).toHaveProperty('mac');
    const master = typedIn(await order(id, { algorithm: 'sm4', replace: true }), 'sm4');
    expect(await signOn(id, before)).toBe('no-master-key');
    expect(await signOn(id, master)).toHaveProperty('mac');
  });

  test('that is set or replaced stands in the audit trail, without the key', async () => {
    await order(merchantTerminal(2), { replace: true });
    const [event] = await readAudit(sessionOf(owner), {
      before: null,
      subject: `terminal ${merchantTerminal(2)}`,
      act: null,
      limit: 1,
    });
    const actor = { kind: 'system', id: 0n };
    expect(event).toMatchObject({ actor, act: 'terminal-key-replaced', reason: '3des' });
  });

  test.each([
    ['a terminal that there is not', '12345678', {}, 'There is no terminal 12345678'],
    ['what is no terminal', 'ten', {}, 'A terminal has a number'],
    ['an algorithm that is none', '10000003', { algorithm: 'aes' }, 'one of 3des, sm4'],
    ['another master key of the service', '10000003', { key: 'ff'.repeat(32) }, 'another master key'],
  ])('is not made for %s', async (...row) => {
    const [, terminal, over, words] = row;
    await expect(order(terminal, over)).rejects.toThrow(words);
  });
});

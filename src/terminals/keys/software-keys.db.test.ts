import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enrolParticipants } from '#participants/enrol.ts';
import { openOwnerPool, openPool, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { insertTerminals } from '#terminals/store.ts';
import type { KeyForm, KeyService, KeySession, MacMode } from './key-service.ts';
import { algorithmOf, macKey } from './rules/mac.ts';
import { encodePinBlock } from './rules/pin-block.ts';
import { drawKeys, openField62, type WorkingKeys } from './rules/working-keys.ts';
import { openSeed, sealMasterKey } from './sealed-keys.ts';
import { softwareKeys } from './software-keys.ts';
import { insertMasterKeys, replaceMasterKey } from './store.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
const masterOf = (id: number) => secrets.demoSecret(`terminal master ${id}`).subarray(0, 16);
const terminals = Array.from({ length: 300 }, (_, at) => at + 1);
/** Every tenth terminal has a master key for SM4, the last of all has none. */
const algorithmOfTerminal = (id: number) => (id % 10 === 0 ? 'sm4' : '3des');
const withoutKey = 299;
const asked = { form: '003', mode: 'cup-ecb' } as const;

let database: TestDatabase;
let owner: Pool;
let pool: Pool;
let statements: string[];
let session: Session;
let now = 1_000_000;
let next = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  pool = openPool(database.url, 4);
  const ownerSession = sessionOf(owner);
  const participant = { id: 1, name: '商户', nameEn: 'Merchant', sector: 'shops', active: true };
  await enrolParticipants(ownerSession, [participant]);
  const key = {
    allowedKinds: ['payment'] as const,
    batchNumber: 1,
    active: true,
    keySealed: Buffer.alloc(1),
  };
  const rows = terminals.map((id) => ({ id, participantId: 1, sector: 'shops', ...key }));
  await insertTerminals(ownerSession, rows);
  await insertMasterKeys(
    ownerSession,
    terminals
      .filter((id) => id !== withoutKey)
      .map((id) => {
        const algorithm = algorithmOfTerminal(id);
        const sealed = sealMasterKey(secrets, id, { algorithm, key: masterOf(id) });
        return { terminalId: id, algorithm, sealed };
      }),
  );
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});
beforeEach(() => {
  statements = [];
  const real = sessionOf(pool);
  session = {
    run: (statement, values) => {
      statements.push(statement.name);
      return real.run(statement, values);
    },
  };
});
afterEach(() => {
  now += 10 * 60_000;
});

const open = (rememberedMax = 1_000): KeyService =>
  softwareKeys({ session, secrets, nowMs: () => now, rememberedMax });
/** A terminal that no test has used before, with a master key for triple DES. */
const fresh = (): number => {
  next += next % 10 === 9 ? 2 : 1;
  return next;
};

/** Signs on as a terminal does, and opens what it gets. */
async function signOn(
  service: KeyService,
  id: number,
  what: { form: KeyForm; mode: MacMode } = asked,
): Promise<WorkingKeys> {
  const issued = await service.issue(id, what);
  if (issued === 'no-master-key') throw new Error(issued);
  const keys = openField62({ algorithm: algorithmOf[what.mode], key: masterOf(id) }, issued.field62);
  if (keys === null) throw new Error('the terminal could not open its keys');
  return keys;
}

const message = Buffer.from('0200702004c020c09811196217001234567890123', 'hex');
const signed = (keys: WorkingKeys, bytes: Buffer = message, mode: MacMode = 'cup-ecb') => ({
  bytes,
  mac: macKey(mode, keys.mac).mac(bytes),
});
/** What became of a message: "in", or why not. */
async function judge(service: KeyService, id: number, keys: WorkingKeys) {
  const answer = await service.admit(id, 'cup-ecb', signed(keys));
  return typeof answer === 'string' ? answer : 'in';
}

describe('a terminal that signs on', () => {
  test.each([
    ['001', 'cup-ecb', 1],
    ['003', 'cup-ecb', 2],
    ['004', 'cup-ecb', 3],
    ['003', 'x9.19', 4],
    ['001', 'sm4', 10],
    ['003', 'sm4', 20],
    ['004', 'sm4', 30],
  ] as const)('gets keys of form %s in mode %s, is admitted, and answered under them', async (...row) => {
    const [form, mode, id] = row;
    next = Math.max(next, 4);
    const service = open();
    const keys = await signOn(service, id, { form, mode });
    const answer = await service.admit(id, mode, signed(keys, message, mode));
    const reply = Buffer.from('0210 and so on');
    expect((answer as KeySession).mac(reply)).toEqual(macKey(mode, keys.mac).mac(reply));
  });

  test('is answered at once from then on: no promise, no statement', async () => {
    const [service, id] = [open(), fresh()];
    const keys = await signOn(service, id);
    await judge(service, id, keys);
    const before = statements.length;
    expect(service.admit(id, 'cup-ecb', signed(keys))).toHaveProperty('mac');
    expect(statements).toHaveLength(before);
  });

  test('without a master key, or with one of another algorithm, is told so', async () => {
    const service = open();
    expect(await service.issue(withoutKey, asked)).toBe('no-master-key');
    expect(await service.issue(99_999_999, asked)).toBe('no-master-key');
    expect(await service.issue(10, asked)).toBe('no-master-key');
    expect(await service.issue(fresh(), { form: '003', mode: 'sm4' })).toBe('no-master-key');
  });

  test('and one that never did is told that it is not signed on', async () => {
    const [service, id] = [open(), fresh()];
    const keys = drawKeys(randomBytes(32), asked);
    for (const terminalId of [id, withoutKey, 99_999_999])
      expect(await judge(service, terminalId, keys)).toBe('not-signed-on');
  });

  test('in one mode is not signed on in another', async () => {
    const [service, id] = [open(), fresh()];
    const keys = await signOn(service, id);
    expect(await judge(service, id, keys)).toBe('in');
    for (const mode of ['x9.19', 'sm4'] as const) {
      now += 2_000;
      expect(await service.admit(id, mode, signed(keys))).toBe('mac-wrong');
    }
  });
});

describe('keys in use', () => {
  test('stay good until a message comes under the new ones, and then no longer', async () => {
    const [service, id] = [open(), fresh()];
    const first = await signOn(service, id);
    expect(await judge(service, id, first)).toBe('in');
    const second = await signOn(service, id);
    expect(second.mac).not.toEqual(first.mac);
    expect(await judge(service, id, first)).toBe('in');
    expect(await judge(service, id, second)).toBe('in');
    expect(await judge(service, id, first)).toBe('mac-wrong');
    expect(await judge(service, id, second)).toBe('in');
  });

  test('are not taken from a terminal by whoever signs on in its name, however often and for whatever form', async () => {
    const [service, id] = [open(), fresh()];
    const used = await signOn(service, id);
    await judge(service, id, used);
    for (const form of ['001', '003', '004', '001'] as const)
      for (let times = 0; times < 5; times++) await service.issue(id, { form, mode: 'cup-ecb' });
    expect(await judge(service, id, used)).toBe('in');
  });

  test('are known after a restart, and so are those on offer', async () => {
    const id = fresh();
    const before = open();
    const used = await signOn(before, id);
    await judge(before, id, used);
    const offered = await signOn(before, id);
    expect(await judge(open(), id, used)).toBe('in');
    expect(await judge(open(), id, offered)).toBe('in');
    expect(await judge(open(), id, used)).toBe('mac-wrong');
  });

  test('end with the master key that they came under', async () => {
    const [service, id] = [open(), fresh()];
    const used = await signOn(service, id);
    await judge(service, id, used);
    const offered = await signOn(service, id);
    const key = { algorithm: '3des', key: randomBytes(16) } as const;
    const sealed = sealMasterKey(secrets, id, key);
    await replaceMasterKey(sessionOf(owner), { terminalId: id, algorithm: '3des', sealed });
    for (const keys of [used, offered]) expect(await judge(open(), id, keys)).toBe('not-signed-on');
    const issued = await service.issue(id, asked);
    expect(openField62(key, typeof issued === 'string' ? '' : issued.field62)).not.toBeNull();
  });
});

describe('keys on offer', () => {
  test('are the answer to each sign-on until they are used', async () => {
    const [service, other, id] = [open(), open(), fresh()];
    const first = await signOn(service, id);
    expect(await signOn(service, id)).toEqual(first);
    expect(await signOn(other, id)).toEqual(first);
    expect(await judge(other, id, first)).toBe('in');
    // Within a second this instance may not have heard of it: the keys are then the ones in use, and good.
    expect(await judge(service, id, await signOn(service, id))).toBe('in');
    now += 1_000;
    expect((await signOn(service, id)).mac).not.toEqual(first.mac);
  });

  test('are asked for once a second, however many sign on in a terminal’s name, and it gets its own all the same', async () => {
    const [service, id] = [open(), fresh()];
    const used = await signOn(service, id);
    await judge(service, id, used);
    statements.length = 0;
    for (let round = 0; round < 20; round++)
      await Promise.all(Array.from({ length: 50 }, () => service.issue(id, asked)));
    expect(statements.length).toBeLessThanOrEqual(4);
    const fresher = await signOn(service, id);
    expect(await judge(service, id, fresher)).toBe('in');
    expect((await signOn(service, id)).mac).not.toEqual(fresher.mac);
    now += 1_000;
    expect((await signOn(service, id)).mac).not.toEqual(fresher.mac);
    statements.length = 0;
    for (let times = 0; times < 50; times++) await service.issue(withoutKey, asked);
    expect(statements.length).toBeLessThanOrEqual(2);
  });

  test('are not made void by a sign-on for another form in the terminal’s name', async () => {
    const [service, id] = [open(), fresh()];
    const keys = await signOn(service, id);
    for (const form of ['001', '004'] as const) await service.issue(id, { form, mode: 'cup-ecb' });
    expect(await judge(service, id, keys)).toBe('in');
  });

  test('that nobody used for a day are replaced at the next sign-on', async () => {
    const [service, id] = [open(), fresh()];
    const first = await signOn(service, id);
    await owner.query(
      `update terminals.pos_keys set offered_at = now() - interval '25 hours' where terminal_id = ${id}`,
    );
    const second = await signOn(service, id);
    expect(second.mac).not.toEqual(first.mac);
    expect(await judge(service, id, first)).toBe('mac-wrong');
    expect(await judge(service, id, second)).toBe('in');
  });
});

describe('two instances on one database', () => {
  test('give a terminal that signs on at both at once the same keys', async () => {
    const [a, b] = [open(), open()];
    for (let times = 0; times < 10; times++) {
      const id = fresh();
      const all = await Promise.all([a, b, a, b].map((service) => signOn(service, id)));
      expect(new Set(all.map((keys) => keys.mac.toString('hex'))).size).toBe(1);
      expect(await judge(b, id, all[0] as WorkingKeys)).toBe('in');
      expect(await judge(a, id, all[0] as WorkingKeys)).toBe('in');
    }
  });

  test('take offered keys into use once, whoever sees the first message', async () => {
    const [a, b, id] = [open(), open(), fresh()];
    const first = await signOn(a, id);
    await judge(a, id, first);
    await judge(b, id, first);
    const second = await signOn(a, id);
    now += 2_000;
    const answers = await Promise.all([a, b, b, a].map((service) => judge(service, id, second)));
    expect(answers).toEqual(['in', 'in', 'in', 'in']);
    for (const service of [a, b]) expect(await judge(service, id, first)).toBe('mac-wrong');
  });

  test('know the keys that a terminal got at the other', async () => {
    const [a, b, id] = [open(), open(), fresh()];
    const first = await signOn(a, id);
    await judge(b, id, first);
    now += 2_000;
    const second = await signOn(a, id);
    expect(await judge(b, id, second)).toBe('in');
    expect(await judge(a, id, second)).toBe('in');
  });

  test('admit a terminal that was refused at one, signed on at the other and came back at once', async () => {
    const [a, b, id] = [open(), open(), fresh()];
    const unknown = drawKeys(randomBytes(32), asked);
    expect(await judge(b, id, unknown)).toBe('not-signed-on');
    const first = await signOn(a, id);
    expect(await judge(b, id, first)).toBe('in');
    await judge(a, id, await signOn(a, id));
    expect(await judge(b, id, await signOn(a, id))).toBe('in');
  });

  test('hear within a minute of keys that came to an end at the other, before a message is believed', async () => {
    const [a, b, id] = [open(), open(), fresh()];
    const first = await signOn(a, id);
    await judge(a, id, first);
    expect(await judge(b, id, first)).toBe('in');
    await judge(a, id, await signOn(a, id));
    now += 59_000;
    expect(await judge(b, id, first)).toBe('in');
    now += 2_000;
    expect(await judge(b, id, first)).toBe('mac-wrong');
  });
});

describe('a wrong MAC', () => {
  test('never admits, whatever bit of the message or of the MAC is another', async () => {
    const [service, id] = [open(), fresh()];
    const used = await signOn(service, id);
    await judge(service, id, used);
    await signOn(service, id);
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(), async (body, at) => {
        const whole = signed(used, Buffer.from(body));
        expect(await service.admit(id, 'cup-ecb', whole)).toHaveProperty('mac');
        const flat = Buffer.concat([whole.bytes, whole.mac]);
        const bit = at % (flat.length * 8);
        flat[bit >> 3] = (flat[bit >> 3] as number) ^ (1 << (bit & 7));
        const changed = { bytes: flat.subarray(0, -8), mac: flat.subarray(-8) };
        expect(await service.admit(id, 'cup-ecb', changed)).toBe('mac-wrong');
      }),
      { numRuns: 300 },
    );
  });

  test('makes the row be read once a second, after a few at once', async () => {
    const [service, id] = [open(), fresh()];
    const used = await signOn(service, id);
    await judge(service, id, used);
    const wrong = drawKeys(randomBytes(32), asked);
    const before = statements.length;
    const reads = () => statements.slice(before).filter((name) => name === 'pos-keys-read').length;
    for (let ms = 0; ms < 5_000; ms += 10) {
      now += 10;
      expect(await judge(service, id, wrong)).toBe('mac-wrong');
    }
    expect(reads()).toBeLessThanOrEqual(10);
    const many = await Promise.all(Array.from({ length: 200 }, () => judge(service, id, wrong)));
    expect(new Set(many)).toEqual(new Set(['mac-wrong']));
    expect(reads()).toBeLessThanOrEqual(11);
    expect(await judge(service, id, used)).toBe('in');
  });
});

describe('many terminals', () => {
  test('that sign on at once after a power cut are served by a handful of statements', async () => {
    const service = open();
    const all = terminals.filter((id) => id > 200 && algorithmOfTerminal(id) === '3des' && id !== withoutKey);
    const keys = await Promise.all(all.map((id) => signOn(service, id)));
    const answers = await Promise.all(all.map((id, at) => judge(service, id, keys[at] as WorkingKeys)));
    expect(new Set(answers)).toEqual(new Set(['in']));
    expect(all.length).toBeGreaterThan(80);
    expect(statements.length).toBeLessThanOrEqual(8);
  });

  test('of which fewer are remembered are all served, the oldest from their rows', async () => {
    const service = open(2);
    const all = terminals.filter((id) => id > 240 && id < 250);
    const [first = 0] = all;
    const keys = await Promise.all(all.map((id) => signOn(service, id)));
    for (const [at, id] of all.entries())
      expect(await judge(service, id, keys[at] as WorkingKeys)).toBe('in');
    expect(service.admit(first, 'cup-ecb', signed(keys[0] as WorkingKeys))).toBeInstanceOf(Promise);
  });
});

describe('a PIN', () => {
  const cardNumber = '6217001234567890123';
  const typed = (pin: string) => ({ pin, cardNumber, fill: randomBytes(8) });

  test.each([
    ['cup-ecb', '3des', '001'],
    ['cup-ecb', '3des', '003'],
    ['sm4', 'sm4', '003'],
  ] as const)('in a block under the PIN key is told by its check value (%s, %s, %s)', async (...row) => {
    const [mode, algorithm, form] = row;
    const [service, id] = [open(), algorithm === 'sm4' ? 40 : fresh()];
    const keys = await signOn(service, id, { form, mode });
    const admitted = (await service.admit(id, mode, signed(keys, message, mode))) as KeySession;
    const block = encodePinBlock({ algorithm, key: keys.pin }, typed('135790'));
    const check = admitted.pinCheck({ block, cardNumber, cardAccountId: 42n });
    expect(check).toEqual(secrets.pinCheck(42n, '135790'));
    const foreign = encodePinBlock({ algorithm, key: randomBytes(16) }, typed('135790'));
    expect(admitted.pinCheck({ block: foreign, cardNumber, cardAccountId: 42n })).toBeNull();
  });
});

describe('the table', () => {
  test('holds no key in the clear: neither master keys, nor working keys, nor what they are made of', async () => {
    const [service, id] = [open(), fresh()];
    const used = await signOn(service, id);
    await judge(service, id, used);
    const offered = await signOn(service, id);
    const { rows } = await owner.query(
      'select k::text as text, used_sealed as sealed from terminals.pos_keys k where terminal_id = $1',
      [id],
    );
    const { text, sealed } = rows[0] as { text: string; sealed: Buffer };
    const seed = openSeed(secrets, id, sealed);
    expect(drawKeys(seed, asked)).toEqual(used);
    const kept = [used.pin, used.mac, offered.pin, offered.mac, masterOf(id), seed];
    for (const key of kept) expect(text).not.toContain(key.subarray(0, 8).toString('hex'));
  });

  test('holds keys that open for their own terminal and algorithm only', async () => {
    const [id, other] = [fresh(), fresh()];
    await signOn(open(), id);
    const { rows } = await owner.query(
      'select offered_sealed as sealed from terminals.pos_keys where terminal_id = $1',
      [id],
    );
    await owner.query(
      `update terminals.pos_keys set offered_sealed = $2, offered_at = now() where terminal_id = $1`,
      [other, rows[0].sealed],
    );
    await expect(signOn(open(), other)).rejects.toThrow(`no working ${other}`);
  });

  test.each([
    [
      'takes nothing into use that was not offered',
      "used_sealed = '\\x01', used_mode = 'cup-ecb', used_form = '003', used_since = now()",
    ],
    ['lets the service set no master key', "master_sealed = '\\x01'"],
    [
      'keeps modes and algorithms apart',
      "offered_sealed = null, offered_at = null, used_sealed = offered_sealed, used_mode = 'sm4', used_form = '003', used_since = now()",
    ],
  ])('%s', async (_, change) => {
    const id = fresh();
    await signOn(open(), id);
    await expect(
      pool.query(`update terminals.pos_keys set ${change} where terminal_id = ${id}`),
    ).rejects.toThrow();
  });

  test('lets no row go', async () => {
    await expect(owner.query('delete from terminals.pos_keys')).rejects.toThrow();
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import type { AuditEvent } from './rules/event.ts';
import { findBrokenAudit, readAudit, recordAudit } from './store.ts';

let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 8)];
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});

const event = (n: number, over: Partial<AuditEvent> = {}): AuditEvent => ({
  actor: { kind: 'staff', id: 7n },
  act: 'card-activated',
  subject: `card ${n}`,
  reason: 'at the counter',
  ...over,
});
const everything = { before: null, subject: null, act: null, limit: 100 };

describe('the audit trail', () => {
  test('numbers rows without a gap and chains them, whoever writes at the same time', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        inTransaction(pool, (client) => recordAudit(sessionOf(client), [event(n), event(n + 100)])),
      ),
    );
    const rows = await readAudit(sessionOf(pool), everything);
    expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 24 }, (_, i) => BigInt(24 - i)));
    expect(await findBrokenAudit(sessionOf(pool))).toBeNull();
  });

  test('keeps nothing of an act that was rolled back, and leaves no gap for it', async () => {
    const undone = inTransaction(pool, async (client) => {
      await recordAudit(sessionOf(client), [event(999)]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await recordAudit(sessionOf(pool), [event(55)]);
    expect(await findBrokenAudit(sessionOf(pool))).toBeNull();
    expect(await readAudit(sessionOf(pool), { ...everything, subject: 'card 999' })).toEqual([]);
  });

  test('keeps a reason without the numbers that people write into it', async () => {
    await recordAudit(sessionOf(pool), [event(56, { reason: 'holder of 9460000000000017, "lost"' })]);
    const [row] = await readAudit(sessionOf(pool), { ...everything, subject: 'card 56' });
    expect(row?.reason).toBe('holder of [masked], "lost"');
  });

  test('is read by subject and act, a page at a time', async () => {
    const first = await readAudit(sessionOf(pool), { ...everything, limit: 5 });
    const next = await readAudit(sessionOf(pool), {
      ...everything,
      limit: 5,
      before: first[4]?.sequence ?? null,
    });
    expect(next[0]?.sequence).toBe((first[4]?.sequence ?? 0n) - 1n);
    expect(await readAudit(sessionOf(pool), { ...everything, act: 'card-looked-at' })).toEqual([]);
  });

  test('is not changed by anybody, the owner neither', async () => {
    for (const text of [
      `update audit.events set reason = ''`,
      'delete from audit.events',
      'truncate audit.events',
    ]) {
      await expect(owner.query(text)).rejects.toThrow('only added to');
      await expect(pool.query(text)).rejects.toThrow();
    }
  });

  test.each([
    ['a reason', `update audit.events set reason = 'another' where sequence = 3`, 'sequence 3'],
    ['a time', `update audit.events set at = at + interval '1 s' where sequence = 5`, 'sequence 3'],
    ['a row', 'delete from audit.events where sequence = 2', 'sequence 3'],
  ])('tells where %s was changed behind our back', async (_, tampering, key) => {
    await owner.query('alter table audit.events disable trigger events_append_only');
    await owner.query(tampering);
    await owner.query('alter table audit.events enable trigger events_append_only');
    expect(await findBrokenAudit(sessionOf(pool))).toMatchObject({ key });
  });
});

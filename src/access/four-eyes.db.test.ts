import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '#audit/store.ts';
import { inTransaction, openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { insertTestStaff, testStaff } from '#testing/staff.ts';
import { type Decision, decideProposal, propose } from './four-eyes.ts';
import type { Bearer, Role } from './store.ts';

let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, pool] = [openOwnerPool(database.url), openPool(database.url, 8)];
  await insertTestStaff(sessionOf(owner));
});
afterAll(async () => {
  await owner?.end();
  await pool?.end();
  await database?.drop();
});

const content = '2 payments, 30000 fen';
const as = (name: keyof typeof testStaff): Bearer => ({
  role: name.replace(/-\d$/, '') as Role,
  subjectId: testStaff[name],
});
let batches = 0;
const make = (over: object = {}) =>
  inTransaction(pool, (client) =>
    propose(sessionOf(client), {
      kind: 'subsidy-batch',
      subject: `batch ${++batches}`,
      content,
      maker: as('operator'),
      ...over,
    }),
  );
const made = async () => {
  const id = await make();
  if (typeof id !== 'bigint') throw new Error('not proposed');
  return id;
};
const decide = (id: bigint, over: Partial<Decision> = {}) =>
  inTransaction(pool, (client) =>
    decideProposal(sessionOf(client), {
      id,
      content,
      checker: as('finance'),
      decision: 'approved',
      reason: 'list of 3 December',
      ...over,
    }),
  );

describe('four eyes', () => {
  test('one person proposes, another of another role approves, and the trail knows both', async () => {
    const id = await made();
    expect(await decide(id)).toBe('approved');
    const subject = `proposal ${id}`;
    const trail = await readAudit(sessionOf(pool), { before: null, subject, act: null, limit: 10 });
    expect(trail).toMatchObject([
      { act: 'proposal-approved', actor: { kind: 'staff', id: testStaff.finance } },
      { act: 'proposal-made', actor: { kind: 'staff', id: testStaff.operator } },
    ]);
  });

  test('are not one person’s two, whatever role the person comes in', async () => {
    const id = await made();
    for (const role of ['operator', 'finance', 'administrator'] as const) {
      expect(await decide(id, { checker: { role, subjectId: testStaff.operator } })).toBe('own-proposal');
    }
  });

  test('are those of the roles that the kind names', async () => {
    const id = await made();
    for (const name of ['operator-2', 'administrator', 'auditor'] as const) {
      expect(await decide(id, { checker: as(name) })).toBe('not-yours');
    }
    for (const name of ['finance', 'administrator', 'auditor'] as const) {
      expect(await make({ maker: as(name) })).toBe('not-yours');
    }
  });

  test('decide what was proposed, not what stands there by now', async () => {
    const id = await made();
    expect(await decide(id, { content: `${content}.` })).toBe('content-changed');
    expect(await decide(id, { content: `${content}.`, decision: 'rejected' })).toBe('content-changed');
    expect(await decide(id, { decision: 'rejected' })).toBe('rejected');
  });

  test('decide once: of two checkers at once exactly one wins', async () => {
    for (let race = 0; race < 10; race += 1) {
      const id = await made();
      const answers = await Promise.all([
        decide(id, { checker: as('finance'), decision: 'approved' }),
        decide(id, { checker: as('finance-2'), decision: 'rejected' }),
        decide(id, { checker: as('finance-2'), decision: 'approved' }),
      ]);
      expect(answers.filter((answer) => answer === 'proposal-decided')).toHaveLength(2);
    }
    expect(await decide(999_999n)).toBe('proposal-unknown');
  });

  test('see one thing once: it waits once, is approved once, and may be proposed again when it was rejected', async () => {
    const subject = 'batch 1-of-November';
    const [first, again] = await Promise.all([make({ subject }), make({ subject })]);
    expect(again).toBe(first);
    expect(await make({ subject, content: 'another' })).toBe('proposal-open');
    expect(await make({ subject, maker: as('operator-2') })).toBe('proposal-open');
    expect(await decide(first as bigint, { decision: 'rejected' })).toBe('rejected');
    const second = await make({ subject });
    expect(second).not.toBe(first);
    expect(await decide(second as bigint)).toBe('approved');
    expect(await make({ subject })).toBe('proposal-open');
  });

  test('leave nothing behind when the caller rolls back', async () => {
    const id = await made();
    const undone = inTransaction(pool, async (client) => {
      await decideProposal(sessionOf(client), {
        id,
        content,
        checker: as('finance'),
        decision: 'approved',
        reason: '',
      });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await decide(id)).toBe('approved');
  });

  test('keep a reason without the numbers that people write into it', async () => {
    const id = await made();
    await decide(id, { reason: 'holder of 9460000000000017' });
    const { rows } = await owner.query('select reason from access.proposals where id = $1', [id]);
    expect(rows[0]?.reason).toBe('holder of [masked]');
  });
});

describe('the database itself', () => {
  const hash = `sha256('x')`;
  const cases: readonly (readonly [string, (id: bigint) => string])[] = [
    [
      'decided by its maker',
      (id) =>
        `update access.proposals set decision = 'approved', decided_by = ${testStaff.operator}, decided_at = now() where id = ${id}`,
    ],
    ['decided by nobody', (id) => `update access.proposals set decision = 'approved' where id = ${id}`],
    [
      'decided by somebody who is not there',
      (id) =>
        `update access.proposals set decision = 'approved', decided_by = 99, decided_at = now() where id = ${id}`,
    ],
    [
      'decided as neither',
      (id) =>
        `update access.proposals set decision = 'perhaps', decided_by = ${testStaff.finance}, decided_at = now() where id = ${id}`,
    ],
    ['given another content', (id) => `update access.proposals set content_hash = ${hash} where id = ${id}`],
    [
      'given another maker',
      (id) => `update access.proposals set made_by = ${testStaff['operator-2']} where id = ${id}`,
    ],
    ['taken away', (id) => `delete from access.proposals where id = ${id}`],
    [
      'made decided',
      () => `insert into access.proposals (kind, subject, content_hash, made_by, decision, decided_by, decided_at)
      values ('subsidy-batch', 'batch x', ${hash}, 2, 'approved', 3, now())`,
    ],
    [
      'made by somebody who is not there',
      () =>
        `insert into access.proposals (kind, subject, content_hash, made_by) values ('subsidy-batch', 'batch y', ${hash}, 99)`,
    ],
  ];

  test.each(cases)(
    'refuses a proposal that is %s, to the service and to its own owner',
    async (_, statement) => {
      const id = await made();
      for (const anybody of [pool, owner]) await expect(anybody.query(statement(id))).rejects.toThrow();
      expect(await decide(id)).toBe('approved');
    },
  );

  test('never lets a decided proposal change', async () => {
    const id = await made();
    await decide(id, { decision: 'rejected' });
    const again = `update access.proposals set decision = 'approved', decided_by = 5 where id = ${id}`;
    for (const anybody of [pool, owner]) await expect(anybody.query(again)).rejects.toThrow('is decided');
  });
});

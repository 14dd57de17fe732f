import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideProposal, propose } from '#access/four-eyes.ts';
import type { Bearer } from '#access/store.ts';
import { inTransaction, openOwnerPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { insertTestStaff, testStaff } from '#testing/staff.ts';
import { afterTampering, findWrongRow } from '#testing/tampering.ts';
import { accessProofs } from './proposals.ts';

let database: TestDatabase;
let owner: Pool;

/** Proposal 1 was approved, 2 was rejected, 3 waits. */
beforeAll(async () => {
  database = await createTestDatabase();
  owner = openOwnerPool(database.url);
  await insertTestStaff(sessionOf(owner));
  const maker: Bearer = { role: 'operator', subjectId: testStaff.operator };
  const checker: Bearer = { role: 'finance', subjectId: testStaff.finance };
  const content = '2 payments, 30000 fen';
  for (const decision of ['approved', 'rejected', null] as const) {
    await inTransaction(owner, async (client) => {
      const session = sessionOf(client);
      const subject = `batch ${decision}`;
      const id = (await propose(session, { kind: 'subsidy-batch', subject, content, maker })) as bigint;
      if (decision !== null) await decideProposal(session, { id, content, checker, decision, reason: '' });
    });
  }
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

test('proposals that nobody touched are found right, decided or not', async () => {
  expect(await findWrongRow(owner, accessProofs)).toBeNull();
});

const set = (id: number, what: string) =>
  `update access.proposals set ${what} where id = ${id} returning format('id %s', id)`;
const { operator, auditor, finance } = testStaff;

test.for([
  [
    'an approval by who proposed',
    `alter table access.proposals drop constraint proposals_four_eyes; ${set(1, 'decided_by = made_by')}`,
  ],
  ['an approval by another role', set(1, `decided_by = ${auditor}`)],
  ['a proposal by another role', set(1, `made_by = ${testStaff['finance-2']}`)],
  ['an approval by nobody of staff', set(1, 'decided_by = 99')],
  ['a proposal by nobody of staff', set(3, 'made_by = 99')],
  ['a member of staff who is gone', `delete from access.staff where id = ${operator}; select 'id 1'`],
  ['an approval by somebody else of the same role', set(1, `decided_by = ${testStaff['finance-2']}`)],
  ['a rejection that was turned round', set(2, `decision = 'approved'`)],
  [
    'an approval that nobody gave',
    set(3, `decision = 'approved', decided_by = ${finance}, decided_at = now()`),
  ],
  ['an approval that was taken away', set(1, `decision = null, decided_by = null, decided_at = null`)],
] as const)('%s is found', async ([, sql]) => {
  const { key, wrong } = await afterTampering(owner, sql, accessProofs);
  expect(wrong).toMatchObject({ table: 'access.proposals', key });
  expect(wrong?.expected).not.toBe(wrong?.found);
});

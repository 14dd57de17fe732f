import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testStaff } from '#testing/staff.ts';
import {
  agency,
  fileOf,
  finance,
  goodFile,
  imported,
  lineOf,
  openSubsidyTown,
  operator,
  operatorActor,
  programme,
  type SubsidyTown,
} from '#testing/subsidies/subsidy-town.ts';
import { decideBatch, proposeBatch, startRun } from './approve-batch.ts';
import { correctLines } from './correct-lines.ts';
import { importBatch } from './import-batch.ts';
import { keepProgramme } from './programmes.ts';
import { publishBatch, withdrawBatch } from './publish-batch.ts';
import { readBatch, readProgress } from './store.ts';

let town: SubsidyTown;
let months = 0;

beforeAll(async () => {
  town = await openSubsidyTown({ merchants: 1, cards: 20 });
});
afterAll(() => town.close());

/** A batch of two lines that was published, for a period of its own. */
async function published(): Promise<bigint> {
  const month = months++;
  const period = `${2030 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  const id = await imported(town.parts, period, goodFile(2));
  await publishBatch(town.parts, id, operatorActor);
  return id;
}
async function proposed(): Promise<bigint> {
  const id = await published();
  expect(await proposeBatch(town.parts, id, operator)).toMatchObject({ proposalId: expect.any(BigInt) });
  return id;
}
const decide = (batchId: bigint, decision: 'approved' | 'rejected', checker = finance) =>
  decideBatch(town.parts, { batchId, decision, reason: '核对无误', checker });
const stateOf = async (id: bigint) => (await readBatch(town.session, id))?.state;

describe('a batch', () => {
  test('is approved by a second person, once, and then runs', async () => {
    const id = await proposed();
    expect(await startRun(town.parts, id, operatorActor)).toBe('batch-step-not-allowed');
    expect(await decide(id, 'approved')).toBe('approved');
    expect(await decide(id, 'approved')).toBe('batch-step-not-allowed');
    expect(await startRun(town.parts, id, operatorActor)).toBe('running');
    expect(await startRun(town.parts, id, operatorActor)).toBe('running');
    expect(await readBatch(town.session, id)).toMatchObject({
      state: 'running',
      approvedBy: finance.subjectId,
      importedBy: operator.subjectId,
    });
  });

  test('is not approved by whoever made it, whatever role that person has by then', async () => {
    const id = await proposed();
    expect(await decide(id, 'approved', { role: 'finance', subjectId: operator.subjectId })).toBe(
      'own-proposal',
    );
    expect(await decide(id, 'approved', { role: 'auditor', subjectId: testStaff.auditor })).toBe('not-yours');
    expect(await stateOf(id)).toBe('proposed');
  });

  test('of which two decide at once is decided by one', async () => {
    const id = await proposed();
    const answers = await Promise.all([
      decide(id, 'approved'),
      decide(id, 'rejected', { role: 'finance', subjectId: testStaff['finance-2'] }),
    ]);
    expect(answers.filter((answer) => answer === 'approved' || answer === 'rejected')).toHaveLength(1);
    expect(answers).toContain('batch-step-not-allowed');
  });

  test.each([
    'update disbursements.lines set amount_fen = amount_fen + 1 where batch_id = $1 and line_no = 2',
    'update disbursements.lines set card_account_id = 1000009 where batch_id = $1 and line_no = 2',
    "update disbursements.lines set state = 'failed', cause = 'x', claim = null where batch_id = $1 and line_no = 2",
  ])('that is not what was proposed is neither approved nor rejected: %s', async (text) => {
    const id = await proposed();
    await town.owner.query(text, [id]);
    expect(await decide(id, 'approved')).toBe('content-changed');
    expect(await decide(id, 'rejected')).toBe('content-changed');
    expect(await readBatch(town.session, id)).toMatchObject({ state: 'proposed', approvedBy: null });
  });

  test('that is not what was approved does not run, even where somebody took the guard away', async () => {
    const id = await proposed();
    await decide(id, 'approved');
    await town.owner.query('alter table disbursements.lines disable trigger lines_check');
    await town.owner.query('update disbursements.lines set amount_fen = 1 where batch_id = $1', [id]);
    await town.owner.query('alter table disbursements.lines enable trigger lines_check');
    expect(await startRun(town.parts, id, operatorActor)).toBe('content-changed');
    expect(await stateOf(id)).toBe('approved');
  });

  test('that was rejected may be corrected and proposed again, and is then approved as it is now', async () => {
    const id = await proposed();
    expect(await decide(id, 'rejected')).toBe('rejected');
    expect(await stateOf(id)).toBe('returned');
    const bytes = fileOf([lineOf(2, 5)]);
    expect(await correctLines(town.parts, { batchId: id, bytes }, operatorActor)).toEqual({ corrected: 1 });
    expect(await proposeBatch(town.parts, id, operator)).toMatchObject({ proposalId: expect.any(BigInt) });
    expect(await decide(id, 'approved')).toBe('approved');
  });

  test('that was rejected may be withdrawn: its people are free for another file', async () => {
    const id = await proposed();
    const withdrawn = { batchId: id, reason: '文件有误' };
    expect(await withdrawBatch(town.parts, withdrawn, operatorActor)).toBe('batch-step-not-allowed');
    await decide(id, 'rejected');
    expect(await withdrawBatch(town.parts, withdrawn, operatorActor)).toBe('withdrawn');
    const period = (await readBatch(town.session, id))?.period ?? '';
    const again = await imported(town.parts, period, goodFile(2));
    expect(await readProgress(town.session, again)).toMatchObject({
      left: { count: 2 },
      failed: { count: 0 },
    });
    expect(await readProgress(town.session, id)).toMatchObject({ left: { count: 2, fen: 18_000n } });
  });

  test('is not proposed before it was published, without a line to pay, or while its list may be objected to', async () => {
    const unpublished = await imported(town.parts, '2027-01', goodFile(2));
    expect(await proposeBatch(town.parts, unpublished, operator)).toBe('batch-step-not-allowed');
    const empty = await imported(town.parts, '2027-02', fileOf(['x']));
    await publishBatch(town.parts, empty, operatorActor);
    expect(await proposeBatch(town.parts, empty, operator)).toBe('nothing-to-pay');
    const week = { ...programme, code: 'week-2026', participantId: agency.id, publicationDays: 7 };
    await keepProgramme(town.ownerSession, week);
    const file = { programme: week.code, period: '2026-11', bytes: goodFile(1) };
    const batch = (await importBatch(town.parts, file, operatorActor)) as { id: bigint };
    expect(await publishBatch(town.parts, batch.id, operatorActor)).toEqual({
      from: '2026-11-22',
      until: '2026-11-29',
    });
    expect(await proposeBatch(town.parts, batch.id, operator)).toBe('publication-runs');
    const later = { ...town.parts, nowMs: () => Date.UTC(2026, 10, 28, 16) };
    expect(await proposeBatch(later, batch.id, operator)).toMatchObject({ proposalId: expect.any(BigInt) });
  });

  test('that nobody knows is refused at every step', async () => {
    expect(await publishBatch(town.parts, 99_999n, operatorActor)).toBe('batch-unknown');
    expect(await proposeBatch(town.parts, 99_999n, operator)).toBe('batch-unknown');
    expect(await decide(99_999n, 'approved')).toBe('batch-unknown');
    expect(await startRun(town.parts, 99_999n, operatorActor)).toBe('batch-unknown');
  });
});

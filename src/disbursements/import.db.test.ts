import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testIdNumber } from '#testing/subsidies/people.ts';
import {
  approvedToRun,
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
import { correctLines } from './correct-lines.ts';
import { importBatch } from './import-batch.ts';
import { keepProgramme, programmeNames, saveProgramme } from './programmes.ts';
import { withdrawBatch } from './publish-batch.ts';
import { readLines } from './read-lines.ts';
import { readBatch, readBatches, readProgress } from './store.ts';

const cards = 1_300;
let town: SubsidyTown;

beforeAll(async () => {
  town = await openSubsidyTown({ merchants: 1, cards });
});
afterAll(() => town.close());

const importFile = (period: string, bytes: Buffer) =>
  importBatch(town.parts, { programme: programme.code, period, bytes }, operatorActor);
const shown = (batchId: bigint, state: 'failed' | null = null) =>
  readLines(town.session, town.parts.secrets, { batchId, state, after: 0, limit: 1_000 });
const causesOf = async (batchId: bigint) => (await shown(batchId)).map((line) => line.cause);

describe('a file that is taken in', () => {
  test('is judged line by line: each that cannot be paid has its cause, the others are to be paid', async () => {
    await town.owner.query(`update cards.cards set status = 'closed' where card_account_id = 1000007`);
    const id = await imported(
      town.parts,
      '2026-01',
      fileOf([
        lineOf(1, 0),
        'nonsense',
        lineOf(4, 3),
        `4,${testIdNumber(3).replace(/.$/, 'Z')},甲3,9000`,
        `5,${testIdNumber(5_000)},甲5000,9000`,
        `6,${testIdNumber(4)},乙,9000`,
        lineOf(7, 7),
        lineOf(8, 8, '90.00'),
        lineOf(9, 0),
        lineOf(10, 9, 100_001),
        lineOf(11, 10, 100_000),
      ]),
    );
    expect(await causesOf(id)).toEqual([
      null,
      'line-malformed',
      'line-malformed',
      'id-number-wrong',
      'person-unknown',
      'name-differs',
      'card-not-usable',
      'amount-wrong',
      'duplicate-person',
      'over-line-max',
      null,
    ]);
    expect(await readBatch(town.session, id)).toMatchObject({ lineCount: 11, state: 'imported', round: 1 });
    const [first] = await shown(id);
    expect(first).toMatchObject({ nameMasked: '甲*', cardTail: '0000', amountFen: 9_000n, state: 'ready' });
  });

  test('comes in whatever its length: paid, failed and left lines are together its total', async () => {
    const id = await imported(town.parts, '2026-02', goodFile(cards));
    const progress = await readProgress(town.session, id);
    // One account of the town is not usable.
    expect(progress).toEqual({
      paid: { count: 0, fen: 0n },
      failed: { count: 1, fen: 9_000n },
      left: { count: cards - 1, fen: BigInt(cards - 1) * 9_000n },
    });
    expect((await readBatch(town.session, id))?.totalFen).toBe(BigInt(cards) * 9_000n);
  });

  test('is one batch for its programme and period, however often it is sent, also at once', async () => {
    const file = goodFile(3, { first: 20 });
    const sent = await Promise.all([1, 2, 3].map(() => importFile('2026-03', file)));
    const ids = new Set(sent.map((one) => (typeof one === 'string' ? one : one.id)));
    expect(ids.size).toBe(1);
    expect(sent.filter((one) => typeof one !== 'string' && one.replay)).toHaveLength(2);
    expect(await importFile('2026-04', file)).toMatchObject({ replay: false });
  });

  test('does not pay a person whom another file of the programme and period pays', async () => {
    await imported(town.parts, '2026-05', goodFile(3, { first: 30 }));
    const id = await imported(town.parts, '2026-05', goodFile(3, { first: 32 }));
    expect(await causesOf(id)).toEqual(['duplicate-person', null, null]);
    const nextMonth = await imported(town.parts, '2026-06', goodFile(3, { first: 30 }));
    expect(await causesOf(nextMonth)).toEqual([null, null, null]);
  });

  test('that was withdrawn frees its people, and may come again', async () => {
    const file = goodFile(2, { first: 40 });
    const first = await imported(town.parts, '2026-07', file);
    expect(await withdrawBatch(town.parts, { batchId: first, reason: '' }, operatorActor)).toBe('withdrawn');
    const again = await importFile('2026-07', file);
    expect(again).toMatchObject({ replay: false });
    expect(await causesOf((again as { id: bigint }).id)).toEqual([null, null]);
    await approvedToRun(town.parts, (again as { id: bigint }).id);
    expect(
      await withdrawBatch(town.parts, { batchId: (again as { id: bigint }).id, reason: '' }, operatorActor),
    ).toBe('batch-step-not-allowed');
  });

  test.for([
    ['2026-08', Buffer.from('x'), 'file-header-wrong'],
    ['2026-08', fileOf([]), 'file-empty'],
  ] as const)('is refused whole when it is none (%s): %s', async ([period, bytes, refusal]) => {
    expect(await importFile(period, bytes)).toBe(refusal);
  });

  test('is not taken in for a programme that is unknown or over', async () => {
    const bytes = goodFile(1);
    const file = { programme: 'nowhere', period: '2026-08', bytes };
    expect(await importBatch(town.parts, file, operatorActor)).toBe('programme-unknown');
    const over = { ...programme, code: 'over-2025', active: false };
    expect(await keepProgramme(town.ownerSession, over)).toBe('saved');
    expect(await importBatch(town.parts, { ...file, programme: over.code }, operatorActor)).toBe(
      'programme-not-active',
    );
  });

  test('keeps no social-security number and no name in the clear', async () => {
    const { rows } = await town.owner.query('select l::text as line from disbursements.lines l');
    for (const { line } of rows) expect(line).not.toMatch(/460106(19|20)\d{9}|甲/);
  });
});

describe('a correction', () => {
  test('puts new content in the place of lines that failed, or nothing where one line of it is wrong', async () => {
    const id = await imported(
      town.parts,
      '2026-09',
      fileOf([lineOf(1, 50), `2,${testIdNumber(51)},乙,9000`]),
    );
    const right = fileOf([lineOf(2, 51, 8_000)]);
    for (const lines of [[lineOf(3, 51)], [lineOf(2, 51), lineOf(2, 52)], [`x,${testIdNumber(51)},甲51,1`]]) {
      const answer = await correctLines(town.parts, { batchId: id, bytes: fileOf(lines) }, operatorActor);
      expect(answer).toBe('correction-line-wrong');
    }
    expect(await causesOf(id)).toEqual([null, 'name-differs']);
    expect(await correctLines(town.parts, { batchId: id, bytes: right }, operatorActor)).toEqual({
      corrected: 1,
    });
    expect(await causesOf(id)).toEqual([null, null]);
    expect(await readBatch(town.session, id)).toMatchObject({
      totalFen: 17_000n,
      round: 2,
      state: 'imported',
    });
  });

  test('is judged as a file is: the person of another line is still one person', async () => {
    const id = await imported(town.parts, '2026-10', goodFile(2, { first: 60 }));
    const twice = fileOf([lineOf(2, 60)]);
    expect(await correctLines(town.parts, { batchId: id, bytes: twice }, operatorActor)).toEqual({
      corrected: 1,
    });
    expect(await causesOf(id)).toEqual([null, 'duplicate-person']);
    const itself = fileOf([lineOf(1, 60, 5)]);
    await correctLines(town.parts, { batchId: id, bytes: itself }, operatorActor);
    expect(await causesOf(id)).toEqual([null, 'duplicate-person']);
  });

  test('of a batch that is approved or unknown is refused', async () => {
    const id = await imported(town.parts, '2026-11', goodFile(1, { first: 70 }));
    await approvedToRun(town.parts, id);
    const bytes = fileOf([lineOf(1, 70, 1)]);
    expect(await correctLines(town.parts, { batchId: id, bytes }, operatorActor)).toBe(
      'batch-step-not-allowed',
    );
    expect(await correctLines(town.parts, { batchId: 99_999n, bytes }, operatorActor)).toBe('batch-unknown');
  });
});

describe('a programme', () => {
  test('pays from a terminal of its agency alone, and keeps agency, terminal and purse', async () => {
    const save = (over: Partial<typeof programme>) =>
      saveProgramme(town.parts.pool, { ...programme, ...over }, operatorActor);
    expect(await save({ terminalId: 90_000_002 })).toBe('terminal-not-of-agency');
    expect(await save({ participantId: 900_002 })).toBe('terminal-not-of-agency');
    expect(await save({ purse: 'subsidy' })).toBe('programme-differs');
    expect(await save({ name: '高龄津贴(新)', nameEn: 'Old-age allowance' })).toBe('saved');
    expect((await programmeNames(town.session)).get(programme.code)).toEqual({
      name: '高龄津贴(新)',
      nameEn: 'Old-age allowance',
    });
  });
});

test('batches are listed newest first, a page at a time, and a participant’s own alone', async () => {
  const asked = { before: null, participantId: null, limit: 2 };
  const [newest, second] = await readBatches(town.session, asked);
  expect(newest && second && newest.id > second.id).toBe(true);
  const older = await readBatches(town.session, { ...asked, before: second?.id ?? 0n });
  expect(older.every((batch) => batch.id < (second?.id ?? 0n))).toBe(true);
  expect(await readBatches(town.session, { ...asked, participantId: 900_002 })).toEqual([]);
});

describe('the database itself', () => {
  test('refuses lines after the import, and changes or deletes nobody may make', async () => {
    const id = await imported(town.parts, '2025-01', goodFile(2, { first: 80 }));
    await approvedToRun(town.parts, id);
    const change = (text: string) => town.owner.query(text, [id]);
    const refused = { code: expect.stringMatching(/^(23514|42501)$/) };
    const changes = [
      'update disbursements.lines set amount_fen = amount_fen + 1 where batch_id = $1',
      'update disbursements.lines set card_account_id = 1000001 where batch_id = $1',
      'update disbursements.lines set attempt = 2 where batch_id = $1',
      'delete from disbursements.lines where batch_id = $1',
      'update disbursements.batches set approved_by = 7 where id = $1',
      "update disbursements.batches set state = 'imported' where id = $1",
      "update disbursements.batches set purse = 'subsidy' where id = $1",
      'delete from disbursements.batches where id = $1',
      `insert into disbursements.lines (batch_id, line_no, attempt, state, cause, programme, period)
        values ($1, 9, 1, 'failed', 'x', 'elder-2026', '2025-01')`,
    ];
    for (const text of changes) await expect(change(text), text).rejects.toMatchObject(refused);
  });

  test('refuses an approval by whoever made the batch, and a run or payment of what is not approved', async () => {
    const id = await imported(town.parts, '2025-02', goodFile(1, { first: 90 }));
    const change = (text: string) => town.owner.query(text, [id]);
    const toProposed =
      "update disbursements.batches set state = 'proposed', proposed_by = 1, proposal_id = 1 where id = $1";
    await expect(
      change(
        "update disbursements.lines set state = 'paid', entry_id = 1, paid_on = now() where batch_id = $1",
      ),
    ).rejects.toMatchObject({ code: '23514' });
    await expect(
      change("update disbursements.batches set state = 'running' where id = $1"),
    ).rejects.toMatchObject({
      code: '23514',
    });
    await change(toProposed);
    const approve = (by: bigint) =>
      change(
        `update disbursements.batches set state = 'approved', approved_digest = '\\x00', approved_by = ${by} where id = $1`,
      );
    await expect(approve(operator.subjectId)).rejects.toMatchObject({ constraint: 'batches_second_person' });
    await approve(finance.subjectId);
  });

  test('refuses to pay a person twice for a programme and period, whatever was thought before', async () => {
    const one = await imported(town.parts, '2025-03', goodFile(1, { first: 100 }));
    const two = await imported(town.parts, '2025-03', goodFile(1, { first: 101 }));
    await expect(
      town.owner.query(
        'update disbursements.lines set claim = (select claim from disbursements.lines where batch_id = $1) where batch_id = $2',
        [one, two],
      ),
    ).rejects.toMatchObject({ constraint: 'lines_once' });
  });
});

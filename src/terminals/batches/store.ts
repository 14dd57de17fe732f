import { traceNumberOf } from '#idempotency/rules/keys.ts';
import { hainanTodaySql } from '#platform/calendar.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { countedDaysSql, countedSql, countedTotalsSql } from './counted-sql.ts';
import type { BatchStand, SettleAnswer } from './rules/judge-settlement.ts';
import type { CountedRecord } from './rules/own-records.ts';
import type { BatchTotals, Counted } from './rules/totals.ts';

/** Which batch of which terminal. */
export interface BatchKey {
  readonly terminalId: number;
  readonly batchNumber: number;
}

/** The key of a batch in a map. */
export const keyText = ({ terminalId, batchNumber }: BatchKey) => `${terminalId} ${batchNumber}`;

/** A batch as it is kept. */
export interface BatchRow extends BatchKey, BatchStand {
  readonly openedOn: string;
}

const keyColumns = (keys: readonly BatchKey[]) => [
  numberColumn(keys, (key) => key.terminalId),
  numberColumn(keys, (key) => key.batchNumber),
];
const keyRows = 'unnest($1::int[], $2::int[]) k(terminal_id, batch_number)';
const sameBatch = 'b.terminal_id = k.terminal_id and b.batch_number = k.batch_number';

const opened: Statement = {
  name: 'batches-opened-on',
  text: `select b.terminal_id, b.batch_number, b.opened_on from ${keyRows} join terminals.batches b on ${sameBatch}`,
};

/** On which days batches were opened, by `keyText`; one that is not there is not in the answer. */
export async function readOpenedOn(
  session: Session,
  keys: readonly BatchKey[],
): Promise<Map<string, string>> {
  const { rows } = await session.run(opened, keyColumns(keys));
  return new Map(
    rows.map(([terminalId, batchNumber, openedOn]) => [
      keyText({ terminalId: terminalId as number, batchNumber: batchNumber as number }),
      openedOn as string,
    ]),
  );
}

// Locked in one order, so that two instances with the same batches wait for each other and do not stop each other.
const lock: Statement = {
  name: 'batches-lock',
  text: `select b.terminal_id, b.batch_number, b.opened_on, b.state, b.settle_trace, b.settle_answer,
      b.claimed_debit_fen, b.claimed_debit_count, b.claimed_credit_fen, b.claimed_credit_count,
      b.own_debit_fen, b.own_debit_count, b.own_credit_fen, b.own_credit_count
    from ${keyRows} join terminals.batches b on ${sameBatch}
    order by b.terminal_id, b.batch_number for update of b`,
};

/** Locks batches, by `keyText`, each as whoever held it before left it. */
export async function lockBatches(
  session: Session,
  keys: readonly BatchKey[],
): Promise<Map<string, BatchRow>> {
  const { rows } = await session.run(lock, keyColumns(keys));
  const batches = rows.map((row) => ({
    terminalId: row[0] as number,
    batchNumber: row[1] as number,
    openedOn: row[2] as string,
    state: row[3] as BatchRow['state'],
    settleTrace: row[4] as number | null,
    settleAnswer: row[5] as SettleAnswer | null,
    claimed: totalsOf(row.slice(6, 10)),
    own: totalsOf(row.slice(10, 14)),
  }));
  return new Map(batches.map((batch) => [keyText(batch), batch]));
}

function totalsOf(columns: readonly unknown[]): BatchTotals | null {
  const [debitFen, debitCount, creditFen, creditCount] = columns;
  return debitFen === null ? null : ({ debitFen, debitCount, creditFen, creditCount } as BatchTotals);
}

const countedRows = `(
  select b.terminal_id, b.batch_number, b.opened_on, $3::bigint as counted_below
  from ${keyRows} join terminals.batches b on ${sameBatch})`;
const days: Statement = { name: 'batches-days', text: countedDaysSql(countedRows) };
const sum: Statement = {
  name: 'batches-sum',
  text: countedTotalsSql(countedRows, { first: '$4', last: '$5' }),
};

/** What our books have of batches below an id, by `keyText`. */
export async function sumBatches(
  session: Session,
  keys: readonly BatchKey[],
  countedBelow: bigint,
): Promise<Map<string, Counted[]>> {
  const asked = [...keyColumns(keys), countedBelow];
  const [of = []] = (await session.run(days, asked)).rows;
  const { rows } = await session.run(sum, [...asked, ...of]);
  const counted = rows.map((row) => ({
    key: keyText({ terminalId: row[0] as number, batchNumber: row[1] as number }),
    kind: row[2] as number,
    declined: row[3] as boolean,
    reversed: row[4] as boolean,
    adjusts: row[5] as boolean,
    count: row[7] as number,
    fen: row[8] as bigint,
  }));
  return Map.groupBy(counted, ({ key }) => key);
}

const records: Statement = {
  name: 'batches-records',
  text: `select k.terminal_id, k.batch_number, c.business_key, c.kind, c.declined, c.reversed, c.adjusted_trace, c.fen
    from ${keyRows}
    cross join lateral (
      ${countedSql(
        `(
        select b.terminal_id, b.batch_number, b.opened_on, $3::bigint as counted_below
        from terminals.batches b where ${sameBatch})`,
        { first: '$5', last: '$6' },
      )}
      limit $4) c`,
};

/** The outcomes of batches below an id, by `keyText`: at most `limit` of each. */
export async function readCounted(
  session: Session,
  keys: readonly BatchKey[],
  asked: { readonly countedBelow: bigint; readonly limit: number },
): Promise<Map<string, CountedRecord[]>> {
  const batches = [...keyColumns(keys), asked.countedBelow];
  const [of = []] = (await session.run(days, batches)).rows;
  const { rows } = await session.run(records, [...batches, asked.limit, ...of]);
  const found = rows.map((row) => ({
    key: keyText({ terminalId: row[0] as number, batchNumber: row[1] as number }),
    traceNumber: traceNumberOf(row[2] as string),
    kind: row[3] as number,
    declined: row[4] as boolean,
    reversed: row[5] as boolean,
    adjustedTrace: row[6] as number | null,
    adjusts: row[6] !== null,
    fen: row[7] as bigint,
  }));
  return Map.groupBy(found, ({ key }) => key);
}

/** A batch that was settled or closed, with all that is kept of it from now on. */
export interface SettledBatch extends BatchKey {
  readonly state: 'unbalanced' | 'closed';
  readonly settleTrace: number;
  readonly settleAnswer: SettleAnswer;
  readonly claimed: BatchTotals;
  readonly own: BatchTotals;
}

const save: Statement = {
  name: 'batches-save',
  text: `update terminals.batches b set state = n.state, settle_trace = n.trace, settle_answer = n.answer,
      claimed_debit_fen = n.cdf, claimed_debit_count = n.cdc, claimed_credit_fen = n.ccf, claimed_credit_count = n.ccc,
      own_debit_fen = n.odf, own_debit_count = n.odc, own_credit_fen = n.ocf, own_credit_count = n.occ,
      counted_below = $14, settled_at = now(), closed_at = case when n.state = 'closed' then now() end
    from unnest($1::int[], $2::int[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::int[], $8::bigint[],
      $9::int[], $10::bigint[], $11::int[], $12::bigint[], $13::int[])
      n(terminal_id, batch_number, state, trace, answer, cdf, cdc, ccf, ccc, odf, odc, ocf, occ)
    where b.terminal_id = n.terminal_id and b.batch_number = n.batch_number`,
};

// The last number is followed by the first. A terminal that had all of them gets no next one: its rows say so (23505).
const openNext: Statement = {
  name: 'batches-open-next',
  text: `insert into terminals.batches (terminal_id, batch_number, opened_on, state)
    select k.terminal_id, k.batch_number % 999999 + 1, ${hainanTodaySql}, 'open' from ${keyRows}`,
};

// One statement for all: it raises the version of the reference data once.
const moveOn: Statement = {
  name: 'batches-move-terminals',
  text: `update terminals.terminals t set batch_number = k.batch_number % 999999 + 1 from ${keyRows}
    where t.id = k.terminal_id and t.batch_number = k.batch_number`,
};

/** Keeps what batches were settled with, and moves the terminals of those that are closed on to their next ones. */
export async function saveBatches(
  session: Session,
  settled: readonly SettledBatch[],
  countedBelow: bigint,
): Promise<void> {
  if (settled.length === 0) return;
  const totals = (of: (batch: SettledBatch) => BatchTotals) => [
    numberColumn(settled, (batch) => of(batch).debitFen),
    numberColumn(settled, (batch) => of(batch).debitCount),
    numberColumn(settled, (batch) => of(batch).creditFen),
    numberColumn(settled, (batch) => of(batch).creditCount),
  ];
  const saved = await session.run(save, [
    ...keyColumns(settled),
    codeColumn(settled, (batch) => batch.state),
    numberColumn(settled, (batch) => batch.settleTrace),
    codeColumn(settled, (batch) => batch.settleAnswer),
    ...totals((batch) => batch.claimed),
    ...totals((batch) => batch.own),
    countedBelow,
  ]);
  const closed = settled.filter((batch) => batch.state === 'closed');
  if (saved.rowCount !== settled.length) throw new Error('a batch that was locked is not there');
  if (closed.length === 0) return;
  await session.run(openNext, keyColumns(closed));
  const moved = await session.run(moveOn, keyColumns(closed));
  if (moved.rowCount !== closed.length) throw new Error('a terminal was not in the batch that was closed');
}

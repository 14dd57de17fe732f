import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { JudgedRecord, UploadedRecord } from './rules/compare-uploads.ts';
import type { Side } from './rules/totals.ts';
import { type BatchKey, keyText } from './store.ts';

// One statement. A record that comes again takes the place of what was said before under its trace number.
const note: Statement = {
  name: 'batches-note-uploads',
  text: `with b as (
      select state from terminals.batches where terminal_id = $1 and batch_number = $2 for share),
    n as (
      select distinct on (trace) * from unnest($3::int[], $4::text[], $5::bigint[], $6::text[])
        with ordinality n(trace, side, amount, tail, place) order by trace, place desc),
    had as (
      select count(*)::int as count from terminals.batch_uploads u
      where u.terminal_id = $1 and u.batch_number = $2
        and not exists (select from n where n.trace = u.trace_number)),
    noted as (
      insert into terminals.batch_uploads as u (terminal_id, batch_number, trace_number, side, amount_fen, card_tail)
      select $1, $2, n.trace, n.side, n.amount, n.tail from n, b, had
      where b.state = 'unbalanced' and had.count + (select count(*) from n) <= $7
      on conflict (terminal_id, batch_number, trace_number)
      do update set side = excluded.side, amount_fen = excluded.amount_fen, card_tail = excluded.card_tail
      returning 1)
    select b.state, (select count(*)::int from noted) from b`,
};

/** Keeps records of a batch that is being uploaded: its state, and how many were kept; null for an unknown batch. */
export async function noteRecords(
  session: Session,
  { terminalId, batchNumber }: BatchKey,
  asked: { readonly records: readonly UploadedRecord[]; readonly recordsMax: number },
): Promise<{ readonly state: string; readonly kept: number } | null> {
  const { records, recordsMax } = asked;
  const { rows } = await session.run(note, [
    terminalId,
    batchNumber,
    numberColumn(records, (record) => record.traceNumber),
    codeColumn(records, (record) => record.side),
    numberColumn(records, (record) => record.amountFen),
    codeColumn(records, (record) => record.cardTail),
    recordsMax,
  ]);
  const row = rows[0];
  return row === undefined ? null : { state: row[0] as string, kept: row[1] as number };
}

const read: Statement = {
  name: 'batches-uploads',
  text: `select u.terminal_id, u.batch_number, u.trace_number, u.side, u.amount_fen, u.card_tail
    from unnest($1::int[], $2::int[]) k(terminal_id, batch_number)
    join terminals.batch_uploads u on u.terminal_id = k.terminal_id and u.batch_number = k.batch_number`,
};

/** What was uploaded of batches, by `keyText`. */
export async function readUploads(
  session: Session,
  keys: readonly BatchKey[],
): Promise<Map<string, UploadedRecord[]>> {
  const { rows } = await session.run(read, [
    numberColumn(keys, (key) => key.terminalId),
    numberColumn(keys, (key) => key.batchNumber),
  ]);
  const uploads = rows.map((row) => ({
    key: keyText({ terminalId: row[0] as number, batchNumber: row[1] as number }),
    traceNumber: row[2] as number,
    side: row[3] as Side | null,
    amountFen: row[4] as bigint,
    cardTail: row[5] as string | null,
  }));
  return Map.groupBy(uploads, ({ key }) => key);
}

const judge: Statement = {
  name: 'batches-judge-uploads',
  text: `update terminals.batch_uploads u set own_amount_fen = n.own_amount_fen, verdict = n.verdict
    from unnest($1::int[], $2::int[], $3::int[], $4::bigint[], $5::text[])
      n(terminal_id, batch_number, trace_number, own_amount_fen, verdict)
    where u.terminal_id = n.terminal_id and u.batch_number = n.batch_number and u.trace_number = n.trace_number`,
};
const addOurs: Statement = {
  name: 'batches-add-missing-there',
  text: `insert into terminals.batch_uploads
      (terminal_id, batch_number, trace_number, own_amount_fen, verdict, side)
    select * from unnest($1::int[], $2::int[], $3::int[], $4::bigint[], $5::text[], $6::text[])`,
};

/** Keeps what our books say to each record that was uploaded, and those of ours that were not. */
export async function saveVerdicts(
  session: Session,
  judged: readonly (BatchKey & JudgedRecord)[],
): Promise<void> {
  const columns = (records: readonly (BatchKey & JudgedRecord)[]) => [
    numberColumn(records, (record) => record.terminalId),
    numberColumn(records, (record) => record.batchNumber),
    numberColumn(records, (record) => record.traceNumber),
    numberColumn(records, (record) => record.ownAmountFen),
    codeColumn(records, (record) => record.verdict),
  ];
  const theirs = judged.filter((record) => record.verdict !== 'missing-there');
  const ours = judged.filter((record) => record.verdict === 'missing-there');
  if (theirs.length > 0) await session.run(judge, columns(theirs));
  if (ours.length > 0) await session.run(addOurs, [...columns(ours), codeColumn(ours, ({ side }) => side)]);
}

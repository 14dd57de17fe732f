import type { DayPayment } from '#bills/rules/day-file-text.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';

const unfinishedText: Statement = {
  name: 'bills-day-unfinished',
  text: `select exists (select from bills.payments
    where utility_id = $1 and state in ('reserved', 'abandoning', 'paid', 'returning') and created_at <= $2)`,
};

/** Whether a payment that may belong to a day closed at that moment is still under way. */
export async function hasUnfinished(session: Session, utilityId: number, closedAt: Date): Promise<boolean> {
  return (await session.run(unfinishedText, [utilityId, closedAt])).rows[0]?.[0] as boolean;
}

const ofDayText: Statement = {
  name: 'bills-of-day',
  text: `select id, customer_number, amount_fen, terminal_id, state, paid_on, returned_on from bills.payments
    where utility_id = $1 and (paid_on = $2::date or returned_on = $2::date) order by sequence`,
};

/** The payments that moved money on a business day, in the order in which they came. */
export async function readPaymentsOfDay(
  session: Session,
  utilityId: number,
  businessDate: string,
): Promise<DayPayment[]> {
  const { rows } = await session.run(ofDayText, [utilityId, businessDate]);
  return rows.map(
    ([id, customerNumber, amountFen, terminalId, state, paidOn, returnedOn]) =>
      ({ id, customerNumber, amountFen, terminalId, state, paidOn, returnedOn }) as DayPayment,
  );
}

/** A day's file as it is kept. */
export interface DayFile {
  readonly utilityId: number;
  readonly businessDate: string;
  readonly content: string;
  readonly digestHex: string;
  readonly lineCount: number;
  readonly amountFen: bigint;
  /** What the ledger says that the utility is owed for the day. */
  readonly ledgerFen: bigint;
  /** When the utility has answered; null before. */
  readonly sentAt: Date | null;
}

const insertText: Statement = {
  name: 'bills-insert-day-file',
  text: `insert into bills.day_files (utility_id, business_date, content, digest, line_count, amount_fen, ledger_fen)
    values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7) on conflict do nothing`,
};

/** Keeps a day's file; one that is kept already is left alone. */
export async function insertDayFile(session: Session, file: Omit<DayFile, 'sentAt'>): Promise<void> {
  await session.run(insertText, [
    file.utilityId,
    file.businessDate,
    file.content,
    file.digestHex,
    file.lineCount,
    file.amountFen,
    file.ledgerFen,
  ]);
}

const readText: Statement = {
  name: 'bills-day-file',
  text: `select utility_id, business_date, content, encode(digest, 'hex'), line_count, amount_fen, ledger_fen, sent_at
    from bills.day_files where utility_id = $1 and business_date = $2`,
};

/** A day's file, or null while there is none. */
export async function readDayFile(
  session: Session,
  utilityId: number,
  businessDate: string,
): Promise<DayFile | null> {
  const row = (await session.run(readText, [utilityId, businessDate])).rows[0];
  if (row === undefined) return null;
  const [id, date, content, digestHex, lineCount, amountFen, ledgerFen, sentAt] = row;
  const about = { utilityId: id, businessDate: date, content, digestHex };
  return { ...about, lineCount, amountFen, ledgerFen, sentAt } as DayFile;
}

const sentText: Statement = {
  name: 'bills-day-file-sent',
  text: `update bills.day_files set sent_at = clock_timestamp()
    where utility_id = $1 and business_date = $2 and sent_at is null`,
};

/** Writes that the utility has answered; false where that was written already. */
export async function markSent(session: Session, utilityId: number, businessDate: string): Promise<boolean> {
  return (await session.run(sentText, [utilityId, businessDate])).rowCount === 1;
}

const laterText: Statement = {
  name: 'bills-day-file-later',
  text: `update bills.day_files set next_send_at = clock_timestamp() + $3 * interval '1 ms'
    where utility_id = $1 and business_date = $2`,
};

/** Has the schedule send the file again after that time. */
export async function sendLater(
  session: Session,
  { utilityId, businessDate }: Pick<DayFile, 'utilityId' | 'businessDate'>,
  afterMs: number,
): Promise<void> {
  await session.run(laterText, [utilityId, businessDate, afterMs]);
}

/** A place where two books do not say the same. */
export interface Break {
  /** The payment, or "ledger" or "file" for the whole. */
  readonly reference: string;
  readonly kind: string;
  readonly amountFen: bigint;
}

const insertBreaksText: Statement = {
  name: 'bills-insert-breaks',
  text: `insert into bills.day_file_breaks (utility_id, business_date, reference, kind, amount_fen)
    select $1::int, $2::date, * from unnest($3::text[], $4::text[], $5::bigint[]) on conflict do nothing`,
};

/** Keeps the breaks of a day's file, each once. */
export async function insertBreaks(
  session: Session,
  { utilityId, businessDate }: Pick<DayFile, 'utilityId' | 'businessDate'>,
  breaks: readonly Break[],
): Promise<void> {
  await session.run(insertBreaksText, [
    utilityId,
    businessDate,
    codeColumn(breaks, (one) => one.reference),
    codeColumn(breaks, (one) => one.kind),
    numberColumn(breaks, (one) => one.amountFen),
  ]);
}

const breaksMax = 1_000;
const readBreaksText: Statement = {
  name: 'bills-breaks',
  text: `select reference, kind, amount_fen from bills.day_file_breaks
    where utility_id = $1 and business_date = $2 order by reference limit $3`,
};

/** The breaks of a day's file, the first thousand of them. */
export async function readBreaks(
  session: Session,
  utilityId: number,
  businessDate: string,
): Promise<Break[]> {
  const { rows } = await session.run(readBreaksText, [utilityId, businessDate, breaksMax]);
  return rows.map(([reference, kind, amountFen]) => ({ reference, kind, amountFen }) as Break);
}

const dueText: Statement = {
  name: 'bills-day-files-due',
  text: `select u.participant_id, d.business_date
    from bills.utilities u
    join ledger.business_days d on d.closed_at >= u.since
    left join bills.day_files f on f.utility_id = u.participant_id and f.business_date = d.business_date
    where f.sent_at is null and coalesce(f.next_send_at <= clock_timestamp(), true)
    order by d.business_date, u.participant_id limit $1`,
};

/** The closed days whose file is not made or not sent, the oldest first. */
export async function readDueDayFiles(
  session: Session,
  max: number,
): Promise<{ readonly utilityId: number; readonly businessDate: string }[]> {
  const { rows } = await session.run(dueText, [max]);
  return rows.map((row) => ({ utilityId: row[0] as number, businessDate: row[1] as string }));
}

import type { PackedKey } from '#idempotency/rules/keys.ts';
import { textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Cancellation, PaymentState } from './rules/payment-life.ts';

export type ReturnReason = 'utility-refused' | 'utility-silent' | 'caller-gone';

/** What a payment is about: it never changes. */
export interface NewPayment {
  /** A uuid: the reference under which the utility writes off. */
  readonly id: string;
  readonly utilityId: number;
  readonly customerNumber: string;
  readonly billNumber: string;
  readonly amountFen: bigint;
  readonly cardAccountId: bigint;
  readonly cardId: bigint;
  readonly purse: string | null;
  readonly terminalId: number;
  readonly batchNumber: number;
  readonly traceNumber: number;
  /** "2026-11-22 08:30:00", as the terminal wrote it. */
  readonly localTime: string;
  readonly callerKey: PackedKey;
}

/** A bill's payment as it stands. */
export interface Payment extends NewPayment {
  readonly sequence: bigint;
  /** Null until the utility has said that the bill is due in this amount. */
  readonly period: string | null;
  readonly state: PaymentState;
  readonly cancellation: Cancellation;
  readonly reason: ReturnReason | null;
  readonly refusal: string | null;
  readonly entryId: bigint | null;
  readonly paidOn: string | null;
  readonly returnEntryId: bigint | null;
  readonly returnedOn: string | null;
  readonly returnTries: number;
  readonly drives: number;
  readonly createdAt: Date;
}

const columns = `id, utility_id, customer_number, bill_number, period, amount_fen, card_account_id, card_id, purse,
  terminal_id, batch_number, trace_number, to_char(local_time, 'YYYY-MM-DD HH24:MI:SS'), caller_key, sequence, state,
  cancellation, reason, refusal, entry_id, paid_on, return_entry_id, returned_on, return_tries, drives, created_at`;

function asPayment(row: readonly unknown[]): Payment {
  const [id, utilityId, customerNumber, billNumber, period, amountFen, cardAccountId, cardId, purse] = row;
  const [terminalId, batchNumber, traceNumber, localTime, callerKey, sequence, state] = row.slice(9);
  const [cancellation, reason, refusal, entryId, paidOn, returnEntryId, returnedOn] = row.slice(16);
  const [returnTries, drives, createdAt] = row.slice(23);
  const about = {
    id,
    utilityId,
    customerNumber,
    billNumber,
    period,
    amountFen,
    cardAccountId,
    cardId,
    purse,
  };
  const trace = { terminalId, batchNumber, traceNumber, localTime, callerKey, sequence };
  const stand = { state, cancellation, reason, refusal, entryId, paidOn, returnEntryId, returnedOn };
  return { ...about, ...trace, ...stand, returnTries, drives, createdAt } as Payment;
}

// Any of the unique indexes may say no: the bill, the trace or the key. Who it was is looked up by the caller.
const reserveText: Statement = {
  name: 'bills-reserve',
  text: `insert into bills.payments (id, utility_id, customer_number, bill_number, amount_fen,
      card_account_id, card_id, purse, terminal_id, batch_number, trace_number, local_time, caller_key,
      leased_until, next_drive_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::timestamp, $13,
      clock_timestamp() + $14 * interval '1 ms', clock_timestamp() + $14 * interval '1 ms')
    on conflict do nothing returning ${columns}`,
};

/** Speaks for the bill and leases the payment to the caller; null where the bill, the trace or the key is taken. */
export async function reservePayment(
  session: Session,
  payment: NewPayment,
  leaseMs: number,
): Promise<Payment | null> {
  const { rows } = await session.run(reserveText, [
    payment.id,
    payment.utilityId,
    payment.customerNumber,
    payment.billNumber,
    payment.amountFen,
    payment.cardAccountId,
    payment.cardId,
    payment.purse,
    payment.terminalId,
    payment.batchNumber,
    payment.traceNumber,
    payment.localTime,
    payment.callerKey,
    leaseMs,
  ]);
  return rows[0] === undefined ? null : asPayment(rows[0]);
}

const repeatText: Statement = {
  name: 'bills-find-repeat',
  text: `select ${columns} from bills.payments where caller_key = $1
    union all
    select ${columns} from bills.payments
    where terminal_id = $2 and batch_number = $3 and trace_number = $4 and local_time::date = $5::date
    limit 1`,
};

/** What names a payment to its terminal. */
export interface PaymentTrace {
  readonly terminalId: number;
  readonly batchNumber: number;
  readonly traceNumber: number;
  readonly localTime: string;
}

/** The payment that a caller's key or a terminal's trace names, or null. */
export async function findByTrace(
  session: Session,
  { terminalId, batchNumber, traceNumber, localTime }: PaymentTrace,
  callerKey: PackedKey | null,
): Promise<Payment | null> {
  const date = localTime.slice(0, 10);
  const { rows } = await session.run(repeatText, [callerKey, terminalId, batchNumber, traceNumber, date]);
  return rows[0] === undefined ? null : asPayment(rows[0]);
}

const byIdText: Statement = {
  name: 'bills-payment',
  text: `select ${columns} from bills.payments where id = $1`,
};

/** The payment as it stands now; one that is gone is a fault. */
export async function readPayment(session: Session, id: string): Promise<Payment> {
  const { rows } = await session.run(byIdText, [id]);
  if (rows[0] === undefined) throw new Error('a bill payment that was there is gone');
  return asPayment(rows[0]);
}

const billsText: Statement = {
  name: 'bills-held',
  text: `select bill_number, state from bills.payments
    where utility_id = $1 and bill_number = any($2::text[])
      and state not in ('declined', 'abandoned', 'returned')`,
};

/** How far the one payment is that holds each of these bills; a bill that nobody holds is not in it. */
export async function findBillStates(
  session: Session,
  utilityId: number,
  billNumbers: readonly string[],
): Promise<Map<string, PaymentState>> {
  const { rows } = await session.run(billsText, [utilityId, textColumn(billNumbers, (number) => number)]);
  return new Map(rows.map((row) => [row[0] as string, row[1] as PaymentState]));
}

/** What a move writes beside the state; what is left out stays as it is. */
export interface Facts {
  readonly cancellation?: 'due';
  readonly reason?: ReturnReason;
  readonly refusal?: string;
  readonly entryId?: bigint;
  readonly paidOn?: string;
  readonly returnEntryId?: bigint;
  readonly returnedOn?: string;
}

const moveText: Statement = {
  name: 'bills-move',
  text: `update bills.payments set state = $3, cancellation = coalesce($4, cancellation),
      reason = coalesce($5, reason), refusal = coalesce($6, refusal), entry_id = coalesce($7, entry_id),
      paid_on = coalesce($8::date, paid_on), return_entry_id = coalesce($9, return_entry_id),
      returned_on = coalesce($10::date, returned_on)
    where id = $1 and state = $2 returning ${columns}`,
};

/** Moves a payment on if it still stands where the caller thinks; null where somebody else has moved it. */
export async function movePayment(
  session: Session,
  move: { readonly id: string; readonly from: PaymentState; readonly to: PaymentState },
  facts: Facts,
): Promise<Payment | null> {
  const { rows } = await session.run(moveText, [
    move.id,
    move.from,
    move.to,
    facts.cancellation ?? null,
    facts.reason ?? null,
    facts.refusal ?? null,
    facts.entryId ?? null,
    facts.paidOn ?? null,
    facts.returnEntryId ?? null,
    facts.returnedOn ?? null,
  ]);
  return rows[0] === undefined ? null : asPayment(rows[0]);
}

const askedText: Statement = {
  name: 'bills-asked',
  text: `update bills.payments set period = $2
    where id = $1 and state = 'reserved' and period is null returning ${columns}`,
};

/** Writes that the bill is due in this amount; null where somebody else has asked, or moved the payment. */
export async function noteDue(session: Session, id: string, period: string): Promise<Payment | null> {
  const { rows } = await session.run(askedText, [id, period]);
  return rows[0] === undefined ? null : asPayment(rows[0]);
}

const cancelledText: Statement = {
  name: 'bills-cancelled',
  text: `update bills.payments set cancellation = $2 where id = $1 and cancellation = 'due' returning ${columns}`,
};

/** Writes what the utility said to a cancellation; null where it was written already. */
export async function settleCancellation(
  session: Session,
  id: string,
  said: 'confirmed' | 'refused',
): Promise<Payment | null> {
  const { rows } = await session.run(cancelledText, [id, said]);
  return rows[0] === undefined ? null : asPayment(rows[0]);
}

const triedText: Statement = {
  name: 'bills-return-tried',
  text: 'update bills.payments set return_tries = $2 + 1 where id = $1 and return_tries = $2',
};

/** The return of that number was refused for good: the next one has another key. */
export async function countReturnTry(session: Session, id: string, tries: number): Promise<void> {
  await session.run(triedText, [id, tries]);
}

const lease = `leased_until = clock_timestamp() + $2 * interval '1 ms', drives = drives + 1`;
const claimText: Statement = {
  name: 'bills-claim',
  text: `update bills.payments set ${lease} where id = $1 and leased_until <= clock_timestamp() returning ${columns}`,
};

/** Leases a payment that nobody drives now; null where somebody does. */
export async function claimPayment(session: Session, id: string, leaseMs: number): Promise<Payment | null> {
  const { rows } = await session.run(claimText, [id, leaseMs]);
  return rows[0] === undefined ? null : asPayment(rows[0]);
}

const claimDueText: Statement = {
  name: 'bills-claim-due',
  text: `update bills.payments set ${lease} where id in (
      select id from bills.payments
      where (state in ('reserved', 'abandoning', 'paid', 'returning') or cancellation = 'due')
        and next_drive_at <= clock_timestamp() and leased_until <= clock_timestamp()
      order by next_drive_at limit $1 for update skip locked)
    returning ${columns}`,
};

/** Leases up to `max` payments that are due and that nobody drives. */
export async function claimDue(session: Session, max: number, leaseMs: number): Promise<Payment[]> {
  const { rows } = await session.run(claimDueText, [max, leaseMs]);
  return rows.map(asPayment);
}

const restText: Statement = {
  name: 'bills-rest',
  text: `update bills.payments set leased_until = clock_timestamp(),
      next_drive_at = clock_timestamp() + $3 * interval '1 ms' where id = $1 and drives = $2`,
};

/**
 * Gives the lease back; the schedule looks again after that time. Who has slept past the lease gives nothing back:
 * each claim counts the drives up, so the lease is another's by then.
 */
export async function releasePayment(
  session: Session,
  { id, drives }: Pick<Payment, 'id' | 'drives'>,
  againInMs: number,
): Promise<void> {
  await session.run(restText, [id, drives, againInMs]);
}

const outcomeText: Statement = {
  name: 'bills-outcome',
  text: `select id, business_date, refusal from idempotency.outcomes where bucket = $1 and business_key = $2`,
};

/** What clearing has decided under a key, as far as this room asks. */
export interface KnownOutcome {
  readonly id: bigint;
  readonly businessDate: string;
  readonly refusal: string | null;
}

/** What was decided under a business key of a card's bucket, or null while nothing was. */
export async function findOutcome(
  session: Session,
  at: { readonly bucket: number; readonly businessKey: PackedKey },
): Promise<KnownOutcome | null> {
  const { rows } = await session.run(outcomeText, [at.bucket, at.businessKey]);
  const row = rows[0];
  if (row === undefined) return null;
  return { id: row[0] as bigint, businessDate: row[1] as string, refusal: row[2] as string | null };
}

const holderText: Statement = {
  name: 'bills-of-holder',
  text: `select ${columns} from bills.payments
    where card_account_id = $1 and sequence < $2 order by sequence desc limit $3`,
};

/** A page of a card account's payments, newest first, older than the cursor. */
export async function readPaymentsOf(
  session: Session,
  cardAccountId: bigint,
  page: { readonly before: bigint; readonly limit: number },
): Promise<Payment[]> {
  const { rows } = await session.run(holderText, [cardAccountId, page.before, page.limit]);
  return rows.map(asPayment);
}

import { fen } from '#money/fen.ts';
import { numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { accountCodes, purposePurses } from './rules/accounts.ts';
import type { GroupFacts } from './rules/chain.ts';
import type { DayTotal } from './rules/day-totals.ts';
import type { Account } from './rules/entry.ts';
import { type Hold, type HoldState, holdStates } from './rules/holds.ts';
import type { Correction } from './rules/returns.ts';

export interface AccountKey {
  readonly bucket: number;
  readonly id: bigint;
}

// Row by row in the order of the array, which is by id for every instance: no two groups can wait for each
// other in a ring. "lateral" here and below fixes the order of the join: the keys, then one index probe each.
// A join would be planned by the table's size at its first use, and an empty table teaches it a full scan.
const lock: Statement = {
  name: 'ledger-lock',
  text: `select a.* from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select id, balance_fen, held_fen, floor_fen, last_entry_id from ledger.accounts
      where bucket = k.bucket and id = k.id for update) a`,
};

/** Locks purses until the transaction ends; the keys come in the order of their ids. What does not exist is not in the answer. */
export async function lockAccounts(
  session: Session,
  keys: readonly AccountKey[],
): Promise<Map<bigint, Account>> {
  const { rows } = await session.run(lock, [
    numberColumn(keys, (key) => key.bucket),
    numberColumn(keys, (key) => key.id),
  ]);
  return accountsOf(rows);
}

function accountsOf(rows: readonly unknown[][]): Map<bigint, Account> {
  const accounts = new Map<bigint, Account>();
  for (const [id, balanceFen, heldFen, floorFen, lastEntryId] of rows as bigint[][]) {
    accounts.set(id as bigint, { id, balanceFen, heldFen, floorFen, lastEntryId } as Account);
  }
  return accounts;
}

// Their codes follow each other, so a card's are one short range of the primary key.
const purposeCodes = purposePurses.map((purse) => accountCodes[purse]);
const pursesBetween = (name: string, codes: readonly number[]): Statement => ({
  name,
  text: `select a.* from unnest($1::smallint[], $2::bigint[]) k(bucket, owner_id)
    cross join lateral (
      select id, balance_fen, held_fen, floor_fen, last_entry_id from ledger.accounts
      where bucket = k.bucket and id between k.owner_id * 16 + ${Math.min(...codes)}
        and k.owner_id * 16 + ${Math.max(...codes)} offset 0) a`,
});
const readPurposes = pursesBetween('ledger-purpose-purses', purposeCodes);
const readPurses = pursesBetween('ledger-purses', [0, 15]);

interface Owner {
  readonly bucket: number;
  readonly ownerId: bigint;
}

async function readAccounts(
  session: Session,
  statement: Statement,
  owners: readonly Owner[],
): Promise<Map<bigint, Account>> {
  const { rows } = await session.run(statement, [
    numberColumn(owners, (owner) => owner.bucket),
    numberColumn(owners, (owner) => owner.ownerId),
  ]);
  return accountsOf(rows);
}

/** Every purse of these owners as it stands, not locked: to look, never to decide. */
export function readPursesOf(session: Session, owners: readonly Owner[]): Promise<Map<bigint, Account>> {
  return readAccounts(session, readPurses, owners);
}

/**
 * The purses of a purpose of these owners as they stand, locked or not: read after the locks, in a later
 * statement. Only a locked one may be decided on; the others tell why a payment is refused.
 */
export function readPurposePurses(session: Session, owners: readonly Owner[]): Promise<Map<bigint, Account>> {
  return readAccounts(session, readPurposes, owners);
}

/** The columns of a row of `ledger.holds h` that `readHold` reads. */
export const holdColumns = `h.entry_id, h.account_id, h.amount_fen, h.captured_fen, h.freed_fen, h.ended_by,
      (extract(epoch from h.expires_at) * 1000)::bigint, h.state`;

const openHolds: Statement = {
  name: 'ledger-open-holds',
  text: `select ${holdColumns}
    from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select * from ledger.holds where bucket = k.bucket and account_id = k.id and state = 1 offset 0) h
    order by h.entry_id, h.account_id`,
};

/** The open holds on these purses, oldest first; some may be past their time and not swept yet. */
export async function findOpenHolds(session: Session, keys: readonly AccountKey[]): Promise<Hold[]> {
  const { rows } = await session.run(openHolds, [
    numberColumn(keys, (key) => key.bucket),
    numberColumn(keys, (key) => key.id),
  ]);
  return rows.map(readHold);
}

/** A hold of a row of `holdColumns`. */
export function readHold(row: readonly unknown[]): Hold {
  return {
    entryId: row[0] as bigint,
    accountId: row[1] as bigint,
    amountFen: fen(row[2] as bigint),
    capturedFen: fen(row[3] as bigint),
    freedFen: fen(row[4] as bigint),
    endedBy: row[5] as bigint | null,
    expiresAtMs: Number(row[6]),
    state: stateName(row[7] as number),
  };
}

function stateName(state: number): HoldState {
  for (const [name, code] of Object.entries(holdStates)) if (code === state) return name as HoldState;
  throw new RangeError('a hold state that is not in the chart');
}

const insertEntriesText: Statement = {
  name: 'ledger-insert-entries',
  text: `insert into ledger.entries (business_date, bucket, owner_id, id, original_id, participant_id, terminal_id,
      kind, sector, has_detail)
    select $1::date, * from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[],
      $8::smallint[], $9::smallint[], $10::boolean[])`,
};

/** Adds entries to the journal; the columns are those of `entryColumns`, and after them `hasDetailColumn`. */
export function insertEntries(
  session: Session,
  businessDate: string,
  columns: readonly string[],
): Promise<number> {
  return count(session, insertEntriesText, [businessDate, ...columns]);
}

const insertPostingsText: Statement = {
  name: 'ledger-insert-postings',
  text: `insert into ledger.postings (business_date, bucket, entry_id, account_id, amount_fen, balance_fen)
    select $1::date, * from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])`,
};

/** Adds postings to the journal; the columns are those of `postingColumns`. An entry comes whole. */
export function insertPostings(
  session: Session,
  businessDate: string,
  columns: readonly string[],
): Promise<number> {
  return count(session, insertPostingsText, [businessDate, ...columns]);
}

// An upsert although every row is there: it always goes by the primary key, where an "update from" is planned
// as a join (see above).
const update: Statement = {
  name: 'ledger-update-accounts',
  text: `insert into ledger.accounts (bucket, id, owner_id, code, balance_fen, held_fen, last_entry_id)
    select n.bucket, n.id, n.id >> 4, n.id & 15, n.balance_fen, n.held_fen, n.last_entry_id
    from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
      n(bucket, id, balance_fen, held_fen, last_entry_id)
    on conflict (bucket, id) do update set balance_fen = excluded.balance_fen, held_fen = excluded.held_fen,
      last_entry_id = excluded.last_entry_id`,
};

/** Writes the balances that were decided on locked purses. The floor is checked once more by the table. */
export function updateAccounts(
  session: Session,
  rows: readonly (Account & { readonly bucket: number })[],
): Promise<number> {
  return count(session, update, [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.id),
    numberColumn(rows, (row) => row.balanceFen),
    numberColumn(rows, (row) => row.heldFen),
    numberColumn(rows, (row) => row.lastEntryId),
  ]);
}

const raise: Statement = {
  name: 'ledger-raise-day-totals',
  text: `insert into ledger.day_totals as t (bucket, lane, business_date, account_id, debit_fen, credit_fen,
      debit_count, credit_count)
    select l.bucket, l.lane, $2::date, n.* from ledger.lanes l,
      unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::int[])
        n(account_id, debit_fen, credit_fen, debit_count, credit_count)
    where l.lane = $1
    on conflict (bucket, business_date, account_id, lane) do update
      set debit_fen = t.debit_fen + excluded.debit_fen, credit_fen = t.credit_fen + excluded.credit_fen,
        debit_count = t.debit_count + excluded.debit_count, credit_count = t.credit_count + excluded.credit_count`,
};

/** Raises the lane's totals of the day, once per account and group. */
export function raiseDayTotals(
  session: Session,
  day: { readonly lane: number; readonly businessDate: string },
  totals: readonly DayTotal[],
): Promise<number> {
  return count(session, raise, [
    day.lane,
    day.businessDate,
    numberColumn(totals, (total) => total.accountId),
    numberColumn(totals, (total) => total.debitFen),
    numberColumn(totals, (total) => total.creditFen),
    numberColumn(totals, (total) => total.debitCount),
    numberColumn(totals, (total) => total.creditCount),
  ]);
}

const saveHoldsText: Statement = {
  name: 'ledger-save-holds',
  text: `insert into ledger.holds as h (bucket, entry_id, account_id, owner_id, amount_fen, captured_fen, freed_fen,
      ended_by, expires_at, state)
    select n.bucket, n.entry_id, n.account_id, n.account_id >> 4, n.amount_fen, n.captured_fen, n.freed_fen,
      n.ended_by, to_timestamp(n.expires_at_ms / 1000.0), n.state
    from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::bigint[], $9::smallint[])
      n(bucket, entry_id, account_id, amount_fen, captured_fen, freed_fen, ended_by, expires_at_ms, state)
    on conflict (bucket, entry_id, account_id) do update set captured_fen = excluded.captured_fen,
      freed_fen = excluded.freed_fen, ended_by = excluded.ended_by, state = excluded.state`,
};

/** Writes holds as they now stand: new ones, and those captured, voided, expired or opened again. */
export function saveHolds(
  session: Session,
  rows: readonly (Hold & { readonly bucket: number })[],
): Promise<number> {
  return count(session, saveHoldsText, [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.entryId),
    numberColumn(rows, (row) => row.accountId),
    numberColumn(rows, (row) => row.amountFen),
    numberColumn(rows, (row) => row.capturedFen),
    numberColumn(rows, (row) => row.freedFen),
    numberColumn(rows, (row) => row.endedBy),
    numberColumn(rows, (row) => row.expiresAtMs),
    numberColumn(rows, (row) => holdStates[row.state]),
  ]);
}

const saveCorrectionsText: Statement = {
  name: 'ledger-save-corrections',
  text: `insert into ledger.corrections (bucket, entry_id, account_id, original_fen, returned_fen)
    select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
    on conflict (bucket, entry_id, account_id) do update set returned_fen = excluded.returned_fen`,
};

/** Writes how much of each original leg has gone back. */
export function saveCorrections(
  session: Session,
  rows: readonly (Correction & { readonly bucket: number })[],
): Promise<number> {
  return count(session, saveCorrectionsText, [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.entryId),
    numberColumn(rows, (row) => row.accountId),
    numberColumn(rows, (row) => row.originalFen),
    numberColumn(rows, (row) => row.returnedFen),
  ]);
}

const insertGroupText: Statement = {
  name: 'ledger-insert-group',
  text: `insert into ledger.groups (bucket, lane, sequence, first_id, outcome_count, business_date, hash)
    select l.bucket, l.lane, $2, $3, $4, $5::date, $6 from ledger.lanes l where l.lane = $1`,
};

/** Adds a group to its lane's chain. Two groups of the same number cannot both be added. */
export function insertGroup(session: Session, facts: GroupFacts, hash: Buffer): Promise<number> {
  return count(session, insertGroupText, [
    facts.lane,
    facts.sequence,
    facts.firstId,
    facts.outcomeCount,
    facts.businessDate,
    hash,
  ]);
}

async function count(session: Session, statement: Statement, values: readonly unknown[]): Promise<number> {
  return (await session.run(statement, values)).rowCount;
}

import type pg from 'pg';
import { accountCode, accountId, firstCardAccountId, isPurse } from '#ledger/rules/accounts.ts';
import { type Cursor, openCursor } from './cursor.ts';
import type { Moved } from './page.ts';

/** What the books hold of some requests: outcomes by their business key, purse legs by entry. */
export interface Booked {
  readonly outcomes: ReadonlyMap<string, readonly OutcomeRow[]>;
  readonly legs: ReadonlyMap<string, readonly Moved[]>;
  /** The day on which a batch was opened, by `batchName`. */
  readonly openedOn: ReadonlyMap<string, string>;
}

export interface OutcomeRow {
  readonly callerKey: string | null;
  readonly id: string;
  readonly amountFen: string | null;
  readonly refusal: string | null;
  readonly kind: number;
  readonly businessDate: string;
  readonly entries: number;
}

/** An outcome with the purse legs of its entry as its sender is told them. */
export interface BookedOutcome {
  readonly key: string;
  readonly row: OutcomeRow;
  readonly legs: readonly Moved[];
}

interface LegRow {
  readonly id: string;
  readonly account: string;
  readonly amount: string;
  readonly balance: string;
}

export const batchName = (terminalId: number, batch: number): string => `${terminalId} ${batch}`;

/** Below it are the accounts of participants. */
const firstPurse = accountId(firstCardAccountId, 'e-purse');

/** Every outcome of the books in the order of their ids: read in pages, so that a million need no more than one. */
export async function* readOutcomes(books: pg.Client): AsyncGenerator<BookedOutcome> {
  await books.query('begin transaction isolation level repeatable read read only');
  // Both are sorted once, and then walked along side by side.
  const outcomes = await openCursor<OutcomeRow & { key: string }>(
    books,
    'outcomes',
    `select o.business_key as key, o.caller_key as "callerKey", o.id::text, o.amount_fen as "amountFen", o.refusal,
        o.kind, o.business_date::text as "businessDate", coalesce(e.entries, 0)::int as entries
      from idempotency.outcomes o
      left join (select id, count(*) as entries from ledger.entries group by id) e on e.id = o.id
      order by o.id`,
  );
  const legs = await openCursor<LegRow>(
    books,
    'legs',
    `select entry_id::text as id, account_id::text as account, amount_fen as amount, balance_fen as balance
      from ledger.postings where account_id >= ${firstPurse} order by entry_id, account_id`,
  );
  for (let row = await outcomes.next(); row !== undefined; row = await outcomes.next()) {
    const { key, ...outcome } = row;
    yield { key, row: outcome, legs: await legsOf(legs, BigInt(row.id)) };
  }
  await books.query('commit');
}

/** Walks on to an entry and takes its legs; what lies before it belongs to no outcome, which the books' own checks say. */
async function legsOf(legs: Cursor<LegRow>, id: bigint): Promise<Moved[]> {
  const found: Moved[] = [];
  for (let row = await legs.peek(); row !== undefined && BigInt(row.id) <= id; row = await legs.peek()) {
    await legs.next();
    const account = BigInt(row.account);
    if (BigInt(row.id) < id || !isPurse(account)) continue;
    found.push({ purse: accountCode(account), amount: Number(row.amount), balance: Number(row.balance) });
  }
  return found;
}

export async function readBatches(books: pg.Client): Promise<Map<string, string>> {
  const { rows } = await books.query<{ terminal: number; batch: number; day: string }>(
    'select terminal_id as terminal, batch_number as batch, opened_on::text as day from terminals.batches',
  );
  return new Map(rows.map(({ terminal, batch, day }) => [batchName(terminal, batch), day]));
}

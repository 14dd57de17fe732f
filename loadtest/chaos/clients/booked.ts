import type pg from 'pg';
import { accountCode, isPurse } from '#ledger/rules/accounts.ts';
import type { Moved } from './notebook.ts';

/** What the books hold, read once: outcomes by their business key, purse legs by entry. */
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

export const batchName = (terminalId: number, batch: number): string => `${terminalId} ${batch}`;

export async function readBooked(books: pg.Client): Promise<Booked> {
  return {
    outcomes: await readOutcomes(books),
    legs: await readLegs(books),
    openedOn: await readBatches(books),
  };
}

async function readOutcomes(books: pg.Client): Promise<Map<string, OutcomeRow[]>> {
  const { rows } = await books.query<OutcomeRow & { businessKey: string }>(`
    select o.business_key as "businessKey", o.caller_key as "callerKey", o.id::text, o.amount_fen as "amountFen",
      o.refusal, o.kind, o.business_date::text as "businessDate", count(e.id)::int as entries
    from idempotency.outcomes o left join ledger.entries e on e.id = o.id
    group by o.bucket, o.id`);
  return Map.groupBy(rows, (row) => row.businessKey);
}

/** The purse legs of every entry as senders are told them, by entry id. */
async function readLegs(books: pg.Client): Promise<Map<string, Moved[]>> {
  const { rows } = await books.query<{ id: string; account: string; amount: string; balance: string }>(`
    select entry_id::text as id, account_id::text as account, amount_fen as amount, balance_fen as balance
    from ledger.postings order by entry_id, account_id`);
  const legs = new Map<string, Moved[]>();
  for (const { id, account, amount, balance } of rows) {
    if (!isPurse(BigInt(account))) continue;
    const leg = { purse: accountCode(BigInt(account)), amount: Number(amount), balance: Number(balance) };
    legs.set(id, [...(legs.get(id) ?? []), leg]);
  }
  return legs;
}

async function readBatches(books: pg.Client): Promise<Map<string, string>> {
  const { rows } = await books.query<{ terminal: number; batch: number; day: string }>(
    'select terminal_id as terminal, batch_number as batch, opened_on::text as day from terminals.batches',
  );
  return new Map(rows.map(({ terminal, batch, day }) => [batchName(terminal, batch), day]));
}

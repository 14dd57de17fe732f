import type pg from 'pg';
import { booksFaults } from '#loadtest/k6/books-gate.ts';
import { openPool } from '#platform/postgres.ts';
import { type Verified, verify } from '#settlement/verify.ts';
import type { Finance } from './close-days.ts';

/** What the books were found to hold against themselves. */
export interface BookFindings {
  readonly driftFen: bigint;
  readonly verified: Verified;
  /** How often an instance looked at the running books while it all went on. */
  readonly looks: number;
  readonly problems: readonly string[];
}

/** Days leave for the archive in their order: these are still in the books. */
const present = `business_date > coalesce((select max(business_date) from ledger.archived_days), '-infinity')`;

/** Each gives how far it is off in fen, and how many rows are wrong: nought both. */
const invariants: readonly (readonly [rule: string, text: string])[] = [
  [
    'all postings sum to zero',
    'select coalesce(abs(sum(amount_fen)), 0) as fen, 0 as rows from ledger.postings',
  ],
  [
    'the postings of an entry sum to zero',
    `select coalesce(sum(abs(off)), 0) as fen, count(*) as rows
      from (select sum(amount_fen) as off from ledger.postings group by entry_id) e where off <> 0`,
  ],
  [
    'a balance is the sum of its postings',
    `select coalesce(sum(abs(off)), 0) as fen, count(*) as rows from (
      select a.balance_fen - coalesce(sum(p.fen), 0) as off from ledger.accounts a
      left join (
        select account_id, amount_fen as fen from ledger.postings
        union all select account_id, fen from ledger.archived_balances) p on p.account_id = a.id
      where a.balance_fen is not null group by a.id, a.balance_fen) a where off <> 0`,
  ],
  [
    "a day total is the sum of the day's postings",
    `select coalesce(sum(abs(off)), 0) as fen, count(*) as rows from (
      select coalesce(t.fen, 0) - coalesce(p.fen, 0) as off
      from (select business_date, account_id, sum(credit_fen - debit_fen) as fen from ledger.day_totals
        where ${present} group by 1, 2) t
      full join (select business_date, case when account_id >= 16000000 then account_id & 15 else account_id end
          as account_id, sum(amount_fen) as fen from ledger.postings group by 1, 2) p using (business_date, account_id)
      ) d where off <> 0`,
  ],
  [
    'no purse is below its floor, nor is what is held',
    `select coalesce(sum(floor_fen - balance_fen + held_fen), 0) as fen, count(*) as rows
      from ledger.accounts where balance_fen - held_fen < floor_fen or held_fen < 0`,
  ],
  [
    'an entry without an approved outcome, or the reverse, is not',
    `select 0 as fen, count(*) as rows
      from (select id from idempotency.outcomes where refusal is null and ${present}) o
      full join ledger.entries e on e.id = o.id where o.id is null or e.id is null`,
  ],
  [
    'a posting belongs to an entry of its day',
    `select 0 as fen, count(*) as rows from ledger.postings p
      left join ledger.entries e on e.id = p.entry_id and e.business_date = p.business_date where e.id is null`,
  ],
  [
    'one business day is open, and every closed one is sealed',
    `select 0 as fen, abs(count(*) filter (where closed_at is null) - 1)
        + count(*) filter (where closed_at is not null and s.hash is null) as rows
      from ledger.business_days d left join settlement.seals s using (business_date)`,
  ],
];

/**
 * The books hold together, the days are closed as finance was told, the service's own look finds them right once it has
 * recomputed every group, and `verify` recomputes all of it.
 */
export async function checkBooks(books: pg.Client, url: string, finance: Finance): Promise<BookFindings> {
  const problems = [...finance.contradictions];
  let driftFen = 0n;
  // Sums over a long run's postings fit into memory.
  await books.query("set work_mem = '256MB'");
  for (const [rule, text] of invariants) {
    const { rows } = await books.query<{ fen: string; rows: string }>(text);
    const { fen = '0', rows: wrong = '0' } = rows[0] ?? {};
    driftFen += BigInt(fen);
    if (BigInt(fen) !== 0n || Number(wrong) !== 0)
      problems.push(`not so: ${rule} (${wrong} rows, ${fen} fen)`);
  }
  problems.push(...(await wrongDays(books, finance)));
  const looks = await countLooks(books);
  problems.push(...(await lastLook(url)));
  const pool = openPool(url, 2);
  try {
    const verified = await verify(pool);
    if (!verified.ok) problems.push(`verify: ${JSON.stringify(verified.wrong)}`);
    return { driftFen, verified, looks, problems };
  } finally {
    await pool.end();
  }
}

/** A look that fails is a finding, and not the end of the report. */
async function lastLook(url: string): Promise<string[]> {
  const faults = await booksFaults(url).catch((error: unknown) => [String(error)]);
  return faults.map((fault) => `the last look: ${fault}`);
}

async function countLooks(books: pg.Client): Promise<number> {
  const { rows } = await books.query<{ looks: number }>('select look::int as looks from settlement.lamp');
  return rows[0]?.looks ?? 0;
}

async function wrongDays(books: pg.Client, { closed }: Finance): Promise<string[]> {
  const { rows } = await books.query<{ date: string; seal: string }>(
    `select business_date::text as date, encode(hash, 'hex') as seal from settlement.seals`,
  );
  const seals = new Map(rows.map(({ date, seal }) => [date, seal]));
  return [...closed.values()]
    .filter(({ businessDate, seal }) => seals.get(businessDate) !== seal)
    .map(({ businessDate }) => `day ${businessDate} is not sealed as finance was told`);
}

import type pg from 'pg';
import { callerKey } from '#idempotency/rules/keys.ts';
import { accountCode, firstCardAccountId, isPurse } from '#ledger/rules/accounts.ts';
import { type Final, keyOf, type Moved, type Notebook, type Page } from './clients/notebook.ts';

/** What the books were found to hold against what the senders were told. */
export interface AnswerFindings {
  readonly answered: number;
  readonly approved: number;
  /** Not answered, or answered and not in the books as it was. */
  readonly lost: number;
  /** In the books twice, or never sent. */
  readonly doubled: number;
  readonly problems: readonly string[];
}

/** Every answer is in the books exactly once as it was told, and nothing is there that nobody sent. */
export async function checkAnswers(books: pg.Client, notebook: Notebook): Promise<AnswerFindings> {
  const problems: string[] = [...notebook.contradictions];
  const outcomes = await readOutcomes(books);
  const legs = await readLegs(books);
  let lost = 0;
  let doubled = 0;
  for (const page of notebook.pages) {
    const found = outcomes.get(keyOf(page)) ?? [];
    const wrong = page.final === null ? ['never answered'] : differences(page, page.final, { found, legs });
    if (found.length > 1) doubled += 1;
    else if (wrong.length > 0) lost += 1;
    problems.push(...wrong.map((what) => `${page.sent.kind} ${page.sent.what.idempotencyKey}: ${what}`));
  }
  const strangers = neverSent(outcomes, notebook);
  const answered = notebook.pages.filter((page) => page.final !== null);
  return {
    answered: answered.length,
    approved: answered.filter((page) => page.final?.refusal === null).length,
    lost,
    doubled: doubled + strangers.length,
    problems: [...problems, ...strangers.map((key) => `an outcome under ${key}, which nobody sent`)],
  };
}

/** The keys in the books that no page has; the opening loads came before the notebook. */
function neverSent(outcomes: ReadonlyMap<string, OutcomeRow[]>, notebook: Notebook): string[] {
  const sent = new Set(notebook.pages.map(keyOf));
  const isOpening = (row: OutcomeRow) => row.callerKey === null && row.kind === loadCode;
  return [...outcomes].filter(([key, rows]) => !sent.has(key) && !rows.every(isOpening)).map(([key]) => key);
}

interface OutcomeRow {
  readonly callerKey: string | null;
  readonly id: string;
  readonly amountFen: string | null;
  readonly refusal: string | null;
  readonly kind: number;
  readonly businessDate: string;
  readonly entries: number;
}

const loadCode = 2;

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

interface InBooks {
  readonly found: readonly OutcomeRow[];
  readonly legs: ReadonlyMap<string, Moved[]>;
}

/** In what the books differ from the answer. */
function differences(page: Page, final: Final, { found, legs }: InBooks): string[] {
  const [row] = found;
  if (row === undefined) return [`answered as ${final.transactionId}, and not in the books`];
  if (found.length > 1) return [`${found.length} times in the books`];
  const { sent } = page;
  const [account = '0', id] = final.transactionId.split('-');
  const isTombstone = final.refusal === 'reversed-before-arrival';
  const own = isTombstone ? null : callerKey(String(sent.signer.terminalId), sent.what.idempotencyKey);
  const pairs: readonly (readonly [what: string, told: unknown, inBooks: unknown])[] = [
    ['id', id, row.id],
    ['refusal', final.refusal, row.refusal],
    ['caller key', own, row.callerKey],
    ['amount', sent.amountFen, row.amountFen === null ? null : Number(row.amountFen)],
    ['business date', final.businessDate, row.businessDate],
    ['entries', final.refusal === null ? 1 : 0, row.entries],
    ['legs', JSON.stringify(final.purses), JSON.stringify(legs.get(row.id) ?? [])],
    ['card account', BigInt(sent.card), BigInt(account) - firstCardAccountId],
  ];
  return pairs
    .filter(([, told, inBooks]) => told !== inBooks)
    .map(([what, told, inBooks]) => `${what}: told ${told}, in the books ${inBooks}`);
}

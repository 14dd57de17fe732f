import { callerKey } from '#idempotency/rules/keys.ts';
import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import type { Booked, OutcomeRow } from './booked.ts';
import { type Final, keyOf, type Notebook, type Page } from './notebook.ts';

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

/**
 * Every answer is in the books exactly once as it was told, and nothing is there that nobody sent. `others` are the keys
 * of what went another way.
 */
export function checkAnswers(
  { outcomes, legs }: Booked,
  notebook: Notebook,
  others: ReadonlySet<string>,
): AnswerFindings {
  const problems: string[] = [...notebook.contradictions];
  let lost = 0;
  let doubled = 0;
  for (const page of notebook.pages) {
    const found = outcomes.get(keyOf(page)) ?? [];
    const wrong = page.final === null ? ['never answered'] : differences(page, page.final, { found, legs });
    if (found.length > 1) doubled += 1;
    else if (wrong.length > 0) lost += 1;
    problems.push(...wrong.map((what) => `${page.sent.kind} ${page.sent.what.idempotencyKey}: ${what}`));
  }
  const strangers = neverSent(outcomes, new Set([...notebook.pages.map(keyOf), ...others]));
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
function neverSent(outcomes: Booked['outcomes'], sent: ReadonlySet<string>): string[] {
  const isOpening = (row: OutcomeRow) => row.callerKey === null && row.kind === loadCode;
  return [...outcomes].filter(([key, rows]) => !sent.has(key) && !rows.every(isOpening)).map(([key]) => key);
}

const loadCode = 2;

interface InBooks {
  readonly found: readonly OutcomeRow[];
  readonly legs: Booked['legs'];
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

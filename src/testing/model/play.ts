import { expect } from 'vitest';
import type { CardStatus } from '#cards/rules/status.ts';
import type { CardRef } from '#cards/store.ts';
import type { Answer } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { accountCode, accountOwner } from '#ledger/rules/accounts.ts';
import { naiveBooks, naiveVerdict, type Verdict } from '#testing/naive/books.ts';
import { type Books, balanceOf, type Draft, heldOf } from '#testing/naive/list.ts';
import { cardRefusal, naiveTerms } from './model-town.ts';
import type { Burst } from './random-requests.ts';

/** What the model is compared with. */
export interface Played {
  clear(requests: readonly Request[], nowMs: number): readonly Answer[] | Promise<readonly Answer[]>;
  setStatus(card: CardRef, status: CardStatus): void | Promise<void>;
}

/** An id that no entry has. */
const nobodysId = 1n;

/** Plays an episode in the naive books and in those that are compared with them; every answer is the same. */
export async function playEpisode(
  played: Played,
  episode: { readonly seed: number; readonly cards: readonly CardRef[]; readonly bursts: readonly Burst[] },
): Promise<{ books: Books; answers: string[] }> {
  const books = naiveBooks(naiveTerms);
  const ids: (bigint | null)[] = [];
  const labels = new Map<bigint, string>();
  const answers: string[] = [];
  for (const { nowMs, status, drafts } of episode.bursts) {
    const [, changing] = episode.cards;
    if (changing !== undefined) await played.setStatus(changing, status);
    const verdicts = drafts.map((draft) => {
      const refusal = cardRefusal(draft.card, draft.card.cardId === changing?.cardId ? status : 'active');
      return naiveVerdict(books, draft, { nowMs, cardRefusal: refusal });
    });
    const decided = await played.clear(
      drafts.map((draft) => requestOf(draft, ids)),
      nowMs,
    );
    const wanted = verdicts.map(verdictText);
    const got = decided.map((answer, i) => answerText(answer, { labels, wanted: verdicts[i] as Verdict }));
    if (wanted.join('\n') !== got.join('\n'))
      expect(got, `seed ${episode.seed}, ${JSON.stringify(drafts, replacer)}`).toEqual(wanted);
    answers.push(...got);
    ids.push(...decided.map((answer) => (answer.status === 'decided' ? answer.id : null)));
  }
  return { books, answers };
}

/** A drawn request as a channel would hand it in; an original is named by the id that its place was given. */
export function requestOf(draft: Draft, ids: readonly (bigint | null)[]): Request {
  const { original } = draft;
  if (original === null || original.businessKey !== null)
    return { ...draft, original: original && { id: null, businessKey: original.businessKey } };
  const id = original.place === null ? null : (ids[original.place] ?? null);
  return { ...draft, original: { id: id ?? nobodysId, businessKey: null } };
}

function verdictText(verdict: Verdict): string {
  if ('keyReused' in verdict) return `key reused: ${verdict.keyReused}`;
  const legs = verdict.legs.map(({ who, fen, balance }) => `${who} ${fen} ${balance}`);
  return decidedText({ ...verdict, legs });
}

/** The same text of a real answer; an id stands for the label it was first seen with. */
function answerText(
  answer: Answer,
  { labels, wanted }: { readonly labels: Map<bigint, string>; readonly wanted: Verdict },
): string {
  if (answer.status === 'key-reused') return `key reused: ${answer.field}`;
  if (answer.status !== 'decided') return answer.status;
  const { id, legs } = answer;
  if (!labels.has(id) && 'label' in wanted) labels.set(id, wanted.label);
  const asText = legs.map(
    (leg) =>
      `${accountOwner(leg.accountId)} ${accountCode(leg.accountId)} ${leg.amountFen} ${leg.balanceFen}`,
  );
  return decidedText({ ...answer, label: labels.get(id) ?? `unseen ${id}`, legs: asText });
}

function decidedText(decided: {
  readonly label: string;
  readonly kind: string;
  readonly refusal: string | null;
  readonly replay: boolean;
  readonly legs: readonly string[];
}): string {
  const { label, kind, refusal, replay, legs } = decided;
  // Whether a buried original comes again is not told apart: nothing was stored for it.
  const again = replay && refusal !== 'reversed-before-arrival' ? 'again ' : '';
  return `${label} ${kind} ${again}${refusal ?? 'approved'} ${[...legs].sort().join(', ')}`;
}

/** Every purse of these cards in the naive books: "owner purse" → what it has, and what of it is held. */
export function naivePurses(books: Books, cards: readonly CardRef[], nowMs: number): Map<string, string> {
  const names = cards.flatMap(({ cardAccountId }) =>
    books.terms.purses(cardAccountId).map((purse) => `${cardAccountId} ${purse}`),
  );
  return new Map(names.map((who) => [who, `${balanceOf(books, who)} held ${heldOf(books, who, nowMs)}`]));
}

function replacer(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

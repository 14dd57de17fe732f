import { capture, refund, release, takeBackWhole } from './give-back.ts';
import type { At, Books, Decided, Draft, Entry, NaiveTerms } from './list.ts';
import { start } from './pay.ts';
import { reverse } from './reverse.ts';

/** The time of a request, and what its card's row says against it. */
export interface Moment {
  readonly nowMs: number;
  readonly cardRefusal: string | null;
}

/** What the books say to a request. */
export type Verdict = { readonly keyReused: string } | (Decided & { readonly replay: boolean });

export function naiveBooks(terms: NaiveTerms): Books {
  return {
    terms,
    moves: [],
    holds: [],
    entries: new Map(),
    known: new Map(),
    labels: [],
    spent: new Map(),
    lastTap: new Map(),
  };
}

/** One request after the other, in the order of arrival. */
export function naiveVerdict(books: Books, draft: Draft, moment: Moment): Verdict {
  const verdict = repeatOf(books, draft) ?? first(books, draft, moment);
  books.labels.push('label' in verdict ? verdict.label : 'none');
  return verdict;
}

const fields = ['kind', 'sector', 'cardId', 'amountFen', 'originalId', 'localTime', 'detail', 'businessKey'];

function said(books: Books, draft: Draft): string[] {
  return [
    draft.kind,
    draft.sector,
    String(draft.card.cardId),
    String(draft.amountFen),
    draft.original === null || draft.original.businessKey !== null ? '' : labelOf(books, draft),
    draft.localTime,
    JSON.stringify([Object.entries(draft.detail).sort(), draft.final]),
    draft.businessKey,
  ];
}

function labelOf(books: Books, draft: Draft): string {
  const place = draft.original?.place ?? null;
  return place === null ? 'none' : (books.labels[place] ?? 'none');
}

function repeatOf(books: Books, draft: Draft): Verdict | null {
  const before = books.known.get(draft.callerKey ?? '') ?? books.known.get(draft.businessKey);
  if (before === undefined) return null;
  // An original that meets its tombstone comes for the first time, however often it comes.
  if (before.refusal === 'reversed-before-arrival') return { ...before, kind: draft.kind, replay: false };
  const differs = said(books, draft).findIndex((text, i) => text !== before.said[i]);
  if (differs >= 0) return { keyReused: fields[differs] ?? '' };
  return { ...before, replay: true };
}

function first(books: Books, draft: Draft, moment: Moment): Verdict {
  const label = String(books.labels.length);
  const participant = books.terms.terminals.get(draft.terminalId)?.participant ?? 0;
  const at = { label, participant, nowMs: moment.nowMs };
  const result =
    refuseTerminal(books, draft) ?? judge(books, draft, { ...at, cardRefusal: moment.cardRefusal });
  const decided = {
    label,
    kind: draft.kind,
    refusal: typeof result === 'string' ? result : null,
    legs: typeof result === 'string' ? [] : result.legs,
  };
  const known = { ...decided, draft, said: said(books, draft) };
  books.known.set(draft.businessKey, known);
  if (draft.callerKey !== null) books.known.set(draft.callerKey, known);
  return { ...decided, replay: false };
}

function refuseTerminal(books: Books, draft: Draft): string | null {
  const terminal = books.terms.terminals.get(draft.terminalId);
  if (terminal === undefined || !terminal.active) return 'terminal-not-active';
  if (terminal.sector !== draft.sector) return 'kind-not-allowed';
  if (draft.batchNumber !== 1) return 'batch-mismatch';
  return terminal.participantActive ? null : 'participant-not-active';
}

function judge(books: Books, draft: Draft, at: At & Moment): string | Entry {
  if (draft.kind === 'reversal') return reverse(books, draft, at);
  if (draft.kind === 'payment' || draft.kind === 'load' || draft.kind === 'authorise')
    return at.cardRefusal ?? start(books, draft, at);
  const original = books.entries.get(labelOf(books, draft));
  if (original === undefined || original.draft.card.cardId !== draft.card.cardId) return 'original-not-found';
  if (original.participant !== at.participant) return 'original-mismatch';
  if (draft.kind === 'refund') return refund(books, { draft, original }, at);
  if (draft.kind === 'void' && original.draft.kind === 'payment')
    return takeBackWhole(books, { draft, original }, at);
  if (original.draft.kind !== 'authorise') return 'original-mismatch';
  return (draft.kind === 'void' ? release : capture)(books, { draft, original }, at);
}

import { describe, expect, test } from 'vitest';
import type { Request } from '#clearing/request.ts';
import { fen } from '#money/fen.ts';
import type { MemoryClearing } from '#testing/model/memory-clearing.ts';
import { clearOne, fresh, noonMs, runFor, smallBooks, stand } from '#testing/small/group.ts';
import { cardRef, merchantTerminal } from '#testing/town.ts';
import { captureEffect, findOriginal, undone } from './hold-effects.ts';
import type { OriginalEntry } from './state.ts';

const dayMs = 86_400_000;

/** Books in which 1,000 are held. */
function authorised(): { books: MemoryClearing; id: bigint } {
  const books = smallBooks();
  const { id } = clearOne(books, fresh({ kind: 'authorise', amountFen: fen(1_000) }));
  return { books, id };
}
const following = (kind: Request['kind'], id: bigint, over: Partial<Request> = {}) =>
  fresh({ kind, original: { id, businessKey: null }, ...over });
const capture = (id: bigint, amount: number, over: Partial<Request> = {}) =>
  following('capture', id, { amountFen: fen(amount), ...over });

describe('a capture', () => {
  test('it takes what was held and is owed to the participant; the rest stays held', () => {
    const { books, id } = authorised();
    const outcome = clearOne(books, capture(id, 400));
    expect(outcome.legs.map((leg) => leg.amountFen)).toEqual([400n, -400n]);
    expect(stand(books, 'online')).toEqual([99_600n, 600n]);
  });

  test('several take it all, and one fen more is refused', () => {
    const { books, id } = authorised();
    expect(clearOne(books, capture(id, 400)).refusal).toBeNull();
    expect(clearOne(books, capture(id, 601)).refusal).toBe('capture-exceeds-hold');
    expect(clearOne(books, capture(id, 600)).refusal).toBeNull();
    expect(clearOne(books, capture(id, 1)).refusal).toBe('hold-not-open');
    expect(stand(books, 'online')).toEqual([99_000n, 0n]);
  });

  test('a final one frees what is left, also for what the card may still spend today', () => {
    const { books, id } = authorised();
    clearOne(books, capture(id, 400, { final: true }));
    expect(stand(books, 'online')).toEqual([99_600n, 0n]);
    const request = fresh();
    const spent = runFor(books, request).sectorStates.get('shops')?.get(cardRef(0).cardAccountId);
    expect(spent).toEqual({ day: '2026-11-22', spentFen: 400n });
    expect(clearOne(books, capture(id, 1)).refusal).toBe('hold-not-open');
  });

  test('it is of an authorisation, and says how much', () => {
    const { books, id } = authorised();
    const payment = clearOne(books, fresh());
    expect(captureEffect(runFor(books, capture(payment.id, 1)), capture(payment.id, 1), 9n)).toBe(
      'original-mismatch',
    );
    const nothing = following('capture', id, { amountFen: null });
    expect(captureEffect(runFor(books, nothing), nothing, 9n)).toBe('amount-missing');
  });

  test.for([
    [7 * dayMs - 1, null],
    [7 * dayMs, 'hold-not-open'],
  ] as const)(
    '%i ms after the authorisation it is answered %s: a hold ends on its millisecond',
    ([laterMs, refusal]) => {
      const { books, id } = authorised();
      expect(clearOne(books, capture(id, 400), noonMs + laterMs).refusal).toBe(refusal);
    },
  );
});

describe('the original a request speaks of', () => {
  test.for<[string, Partial<Request>, string]>([
    ['an id that no entry has', { original: { id: 1n, businessKey: null } }, 'original-not-found'],
    ['no original at all', { original: null }, 'original-not-found'],
    ['another card', { card: cardRef(1) }, 'original-not-found'],
    ['another participant', { terminalId: merchantTerminal(2) }, 'original-mismatch'],
  ])('%s is not it', ([, over, refusal]) => {
    const { books, id } = authorised();
    const request = capture(id, 1, over);
    expect(findOriginal(runFor(books, request), request)).toBe(refusal);
  });
});

test('what is taken back is told to the sector of the original; nothing taken back is not told', () => {
  const { books, id } = authorised();
  const request = capture(id, 1);
  const run = runFor(books, request);
  const original = findOriginal(run, request) as OriginalEntry;
  expect(undone(run, original, { amountFen: fen(0), whole: false })).toBeNull();
  expect(undone(run, original, { amountFen: fen(300), whole: false })).toEqual({
    sector: 'shops',
    ownerId: cardRef(0).cardAccountId,
    state: { day: '2026-11-22', spentFen: 700n },
  });
});

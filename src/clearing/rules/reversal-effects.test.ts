import { describe, expect, test } from 'vitest';
import type { Request } from '#clearing/request.ts';
import { fen } from '#money/fen.ts';
import {
  clearOne,
  following,
  fresh,
  load,
  noonMs,
  reversal,
  runFor,
  smallBooks,
  stand,
} from '#testing/small/group.ts';
import { cardRef } from '#testing/town.ts';
import { reversalEffect } from './reversal-effects.ts';

describe('a reversal', () => {
  test('it takes back a payment whole, once', () => {
    const books = smallBooks();
    const payment = fresh({ amountFen: fen(300) });
    clearOne(books, payment);
    expect(clearOne(books, reversal(payment)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([100_000n, 0n]);
    const again = reversal(payment);
    expect(reversalEffect(runFor(books, again), again, 9n)).toBe('already-returned');
  });

  test('a payment of which something went back already is not reversed, and one reversed not refunded', () => {
    const books = smallBooks();
    const [first, second] = [fresh(), fresh()];
    const ids = [first, second].map((request) => clearOne(books, request).id);
    clearOne(books, following('refund', first, { id: ids[0] ?? 0n, amountFen: fen(1) }));
    expect(clearOne(books, reversal(first)).refusal).toBe('already-returned');
    clearOne(books, reversal(second));
    expect(
      clearOne(books, following('refund', second, { id: ids[1] ?? 0n, amountFen: fen(1) })).refusal,
    ).toBe('refund-exceeds-original');
  });

  test('a load is taken out of the purse again; what was spent of it cannot be', () => {
    const books = smallBooks({ online: 0 });
    const [first, second] = [load(500, 'online'), load(300, 'online')];
    for (const request of [first, second]) clearOne(books, request);
    expect(clearOne(books, reversal(second)).refusal).toBeNull();
    clearOne(books, fresh({ amountFen: fen(1) }));
    expect(clearOne(books, reversal(first)).refusal).toBe('insufficient-funds');
    expect(stand(books, 'online')).toEqual([499n, 0n]);
  });

  test('an authorisation is let go, and what was captured of it stays', () => {
    const books = smallBooks();
    const hold = fresh({ kind: 'authorise', amountFen: fen(1_000) });
    const { id } = clearOne(books, hold);
    clearOne(books, fresh({ kind: 'capture', amountFen: fen(400), original: { id, businessKey: null } }));
    expect(clearOne(books, reversal(hold))).toMatchObject({ refusal: null, legs: [] });
    expect(stand(books, 'online')).toEqual([99_600n, 0n]);
  });

  test('an original that was declined needs nothing: the reversal is approved and moves nothing', () => {
    const books = smallBooks();
    const declined = fresh({ amountFen: fen(50_001) });
    expect(clearOne(books, declined).refusal).toBe('over-payment-limit');
    expect(clearOne(books, reversal(declined))).toMatchObject({ refusal: null, legs: [] });
  });

  test.for<[string, Partial<Request>]>([
    ['another amount', { amountFen: fen(301) }],
    ['another card', { card: cardRef(1) }],
  ])('one that says %s is not of this original', ([, over]) => {
    const books = smallBooks();
    const payment = fresh({ amountFen: fen(300) });
    clearOne(books, payment);
    expect(clearOne(books, reversal(payment, over)).refusal).toBe('original-mismatch');
    expect(stand(books, 'online')).toEqual([99_700n, 0n]);
  });

  test('a refund and a reversal are not reversed', () => {
    const books = smallBooks();
    const payment = fresh();
    const { id } = clearOne(books, payment);
    const back = following('refund', payment, { id, amountFen: fen(1) });
    clearOne(books, back);
    expect(clearOne(books, reversal(back)).refusal).toBe('not-returnable');
    const gone = reversal(fresh());
    clearOne(books, gone);
    expect(clearOne(books, reversal(gone)).refusal).toBe('not-returnable');
  });

  test('one that comes before its original leaves a tombstone: the original is refused whenever it comes', () => {
    const books = smallBooks();
    const late = fresh();
    const early = reversal(late);
    expect(reversalEffect(runFor(books, early), early, 9n)).toMatchObject({ tombstone: true, postings: [] });
    expect(clearOne(books, early).refusal).toBeNull();
    for (const request of [late, { ...late, callerKey: null }])
      expect(clearOne(books, request)).toMatchObject({ refusal: 'reversed-before-arrival', legs: [] });
    expect(stand(books, 'online')).toEqual([100_000n, 0n]);
    const both = fresh();
    const decisions = books.clear([reversal(both), both], noonMs);
    expect(decisions[1], 'also in one group').toMatchObject({ refusal: 'reversed-before-arrival' });
  });

  test('one that names no trace is a fault: a channel let it through', () => {
    const nameless = reversal(fresh(), { original: { id: 7n, businessKey: null } });
    expect(() => reversalEffect(runFor(smallBooks(), nameless), nameless, 9n)).toThrow('by its key');
  });
});

describe('a cancellation: a reversal under a name of its own, whose original must be there', () => {
  const cancellation = (original: Request) =>
    reversal(original, { original: { id: null, businessKey: original.businessKey, mustExist: true } });

  test('takes the original back like a reversal, and only one of the two does', () => {
    const books = smallBooks({ online: 1_000 });
    const payment = fresh();
    clearOne(books, payment);
    expect(clearOne(books, cancellation(payment)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([1_000n, 0n]);
    expect(clearOne(books, reversal(payment)).refusal).toBe('already-returned');
  });

  test('leaves no tombstone for what is not there, and is refused for what was declined', () => {
    const books = smallBooks({ online: 1_000 });
    const [late, declined] = [fresh(), fresh({ amountFen: fen(1_001) })];
    expect(clearOne(books, cancellation(late)).refusal).toBe('original-not-found');
    expect(clearOne(books, late).refusal).toBeNull();
    expect(clearOne(books, declined).refusal).toBe('insufficient-funds');
    expect(clearOne(books, cancellation(declined)).refusal).toBe('original-not-found');
  });
});

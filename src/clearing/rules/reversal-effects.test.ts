import { describe, expect, test } from 'vitest';
import type { Request } from '#clearing/request.ts';
import { fen } from '#money/fen.ts';
import { type PurseRule, purseRulesOf } from '#sectors/rules/purse-rules.ts';
import {
  clearOne,
  following,
  fresh,
  load,
  noonMs,
  reversal,
  runFor,
  smallBooks,
  smallReference,
  stand,
  tap,
} from '#testing/small/group.ts';
import { cardRef, townPurseRules } from '#testing/town.ts';
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

const spentToday = (books: ReturnType<typeof smallBooks>) => {
  const { cardAccountId } = cardRef(0);
  return runFor(books, fresh()).sectorStates.get('shops')?.get(cardAccountId);
};
const all = (online = 100_000) => {
  const books = smallBooks({ online });
  const hold = fresh({ kind: 'authorise', amountFen: fen(1_000) });
  const { id } = clearOne(books, hold);
  const capture = (amount: number, final = false) =>
    following('capture', hold, { id, amountFen: fen(amount), final });
  const release = () => following('void', hold, { id, amountFen: null });
  return { books, hold, id, capture, release };
};

describe('the reversal of a capture', () => {
  test('the money is back and held again, what the merchant is owed is less, and it is captured anew', () => {
    const { books, capture } = all();
    const lost = capture(400);
    clearOne(books, lost);
    const outcome = clearOne(books, reversal(lost));
    expect(outcome.refusal).toBeNull();
    expect(outcome.legs.map((leg) => leg.amountFen)).toEqual([-400n, 400n]);
    expect(stand(books, 'online')).toEqual([100_000n, 1_000n]);
    expect(clearOne(books, capture(1_000)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([99_000n, 0n]);
  });

  test('of a final one: what it freed is held and spent again', () => {
    const { books, capture } = all();
    const last = capture(400, true);
    clearOne(books, last);
    expect(spentToday(books)).toEqual({ day: '2026-11-22', spentFen: 400n });
    clearOne(books, reversal(last));
    expect(stand(books, 'online')).toEqual([100_000n, 1_000n]);
    expect(spentToday(books)).toEqual({ day: '2026-11-22', spentFen: 1_000n });
  });

  test('of a final one whose freed part was paid away: what was captured is held, for certain', () => {
    const { books, capture } = all(1_000);
    const last = capture(400, true);
    clearOne(books, last);
    clearOne(books, fresh({ amountFen: fen(550) }));
    expect(clearOne(books, reversal(last)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([450n, 450n]);
    expect(spentToday(books)).toEqual({ day: '2026-11-22', spentFen: 1_000n });
    expect(clearOne(books, capture(451)).refusal).toBe('capture-exceeds-hold');
    expect(clearOne(books, capture(450, true)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([0n, 0n]);
  });

  test('of one before the last: the last would have freed it too', () => {
    const { books, capture } = all();
    const first = capture(400);
    clearOne(books, first);
    clearOne(books, capture(100, true));
    clearOne(books, reversal(first));
    expect(stand(books, 'online')).toEqual([99_900n, 0n]);
    expect(spentToday(books)).toEqual({ day: '2026-11-22', spentFen: 100n });
  });

  test('after the time of its authorisation the money is back and free', () => {
    const { books, capture } = all();
    const last = capture(400, true);
    clearOne(books, last);
    expect(clearOne(books, reversal(last), noonMs + 7 * 86_400_000).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([100_000n, 0n]);
  });

  test('it happens once, not after a refund, and what it took back is not refunded', () => {
    const { books, capture } = all();
    const [first, second] = [capture(100), capture(200)];
    const [firstId, secondId] = [first, second].map((request) => clearOne(books, request).id);
    clearOne(books, following('refund', first, { id: firstId ?? 0n, amountFen: fen(1) }));
    expect(clearOne(books, reversal(first)).refusal).toBe('already-returned');
    expect(clearOne(books, reversal(second)).refusal).toBeNull();
    expect(clearOne(books, reversal(second)).refusal).toBe('already-returned');
    const late = following('refund', second, { id: secondId ?? 0n, amountFen: fen(1) });
    expect(clearOne(books, late).refusal).toBe('refund-exceeds-original');
  });
});

describe('the reversal of a void', () => {
  test('of an authorisation: it is open again, and is captured', () => {
    const { books, capture, release } = all();
    const lost = release();
    clearOne(books, lost);
    expect(clearOne(books, reversal(lost))).toMatchObject({ refusal: null, legs: [] });
    expect(stand(books, 'online')).toEqual([100_000n, 1_000n]);
    expect(spentToday(books)).toEqual({ day: '2026-11-22', spentFen: 1_000n });
    expect(clearOne(books, reversal(lost)).refusal).toBe('already-returned');
    expect(clearOne(books, capture(1_000)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([99_000n, 0n]);
  });

  test('of an authorisation whose money was paid away: what is free is held', () => {
    const { books, release } = all(1_000);
    const lost = release();
    clearOne(books, lost);
    clearOne(books, fresh({ amountFen: fen(990) }));
    expect(clearOne(books, reversal(lost)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([10n, 10n]);
  });

  test('of a payment: it is paid again, and goes back as before: by a refund, or by a new void', () => {
    const books = smallBooks();
    const payment = fresh({ amountFen: fen(300) });
    const { id } = clearOne(books, payment);
    const lost = following('void', payment, { id, amountFen: null });
    clearOne(books, lost);
    const outcome = clearOne(books, reversal(lost));
    expect(outcome.legs.map((leg) => leg.amountFen)).toEqual([300n, -300n]);
    expect(stand(books, 'online')).toEqual([99_700n, 0n]);
    expect(spentToday(books)).toEqual({ day: '2026-11-22', spentFen: 300n });
    const again = () => following('void', payment, { id, amountFen: null });
    clearOne(books, following('refund', payment, { id, amountFen: fen(50) }));
    expect(clearOne(books, again()).refusal).toBe('already-returned');
    expect(clearOne(books, reversal(lost)).refusal, 'it takes nothing twice').toBe('already-returned');
    expect(clearOne(books, following('refund', payment, { id, amountFen: fen(251) })).refusal).toBe(
      'refund-exceeds-original',
    );
    expect(clearOne(books, following('refund', payment, { id, amountFen: fen(250) })).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([100_000n, 0n]);
  });

  test('of a payment whose money was spent meanwhile: it is refused, and the void stands', () => {
    const books = smallBooks({ online: 300 });
    const payment = fresh({ amountFen: fen(300) });
    const { id } = clearOne(books, payment);
    const lost = following('void', payment, { id, amountFen: null });
    clearOne(books, lost);
    clearOne(books, fresh({ amountFen: fen(1) }));
    expect(clearOne(books, reversal(lost)).refusal).toBe('insufficient-funds');
    expect(stand(books, 'online')).toEqual([299n, 0n]);
  });

  test('of a ride: it is refused, since what transfer it would open is not known any more', () => {
    const books = smallBooks({ 'e-purse': 1_000, online: 0 });
    const ride = tap();
    const lost = following('void', ride, { id: clearOne(books, ride).id, amountFen: null });
    clearOne(books, lost);
    expect(clearOne(books, reversal(lost)).refusal).toBe('not-returnable');
    expect(stand(books, 'e-purse')).toEqual([1_000n, 0n]);
  });
});

describe('all of them in one group', () => {
  test('a capture, its reversal, a void, its reversal and a capture end as the last capture alone', () => {
    const { books, capture, release } = all();
    const [lost, given] = [capture(400, true), release()];
    const decisions = books.clear([lost, reversal(lost), given, reversal(given), capture(700, true)], noonMs);
    expect(decisions.map((decision) => 'refusal' in decision && decision.refusal)).toEqual(
      Array(5).fill(null),
    );
    expect(stand(books, 'online')).toEqual([99_300n, 0n]);
    expect([...books.holds.values()]).toMatchObject([{ capturedFen: 700n, freedFen: 0n, state: 'captured' }]);
  });

  test('a void and its reversal that says what was authorised, also where a purse of it was captured before', () => {
    const rules = townPurseRules.map(
      (rule): PurseRule => ({ ...rule, purses: ['e-purse', 'online'], split: true }),
    );
    const reference = { ...smallReference, purseRules: purseRulesOf(rules) };
    const books = smallBooks({ 'e-purse': 150, online: 1_000 }, reference);
    const hold = fresh({ kind: 'authorise', amountFen: fen(300) });
    const { id } = clearOne(books, hold);
    clearOne(books, following('capture', hold, { id, amountFen: fen(150) }));
    const lost = following('void', hold, { id, amountFen: null });
    const decisions = books.clear([lost, reversal(lost, { amountFen: fen(300) })], noonMs);
    expect(decisions).toMatchObject([{ refusal: null }, { refusal: null }]);
    expect(stand(books, 'online')).toEqual([1_000n, 150n]);
  });
});

describe('one that comes before its original', () => {
  test('a capture, a void and a refund are refused, too, whenever they come', () => {
    const { books, hold, id, capture, release } = all();
    const paid = clearOne(books, fresh());
    for (const late of [
      capture(100),
      release(),
      following('refund', hold, { id: paid.id, amountFen: fen(1) }),
    ]) {
      expect(clearOne(books, reversal(late)).refusal).toBeNull();
      expect(clearOne(books, late).refusal).toBe('reversed-before-arrival');
    }
    expect(books.holds.get(`${id}:${[...books.holds.values()][0]?.accountId}`)?.state).toBe('open');
  });
});

describe('the amount of a reversal whose original said none', () => {
  test.for([
    [null, null],
    [1_000, null],
    [999, 'original-mismatch'],
  ] as const)('%s for the void of an authorisation over 1000: %s', ([says, refusal]) => {
    const { books, capture, release } = all();
    clearOne(books, capture(400));
    const lost = release();
    clearOne(books, lost);
    const amountFen = says === null ? null : fen(says);
    expect(clearOne(books, reversal(lost, { amountFen })).refusal).toBe(refusal);
  });

  test.for([
    [null, null],
    [300, null],
    [301, 'original-mismatch'],
  ] as const)('%s for the void of a payment of 300: %s', ([says, refusal]) => {
    const books = smallBooks();
    const payment = fresh({ amountFen: fen(300) });
    const lost = following('void', payment, { id: clearOne(books, payment).id, amountFen: null });
    clearOne(books, lost);
    const amountFen = says === null ? null : fen(says);
    expect(clearOne(books, reversal(lost, { amountFen })).refusal).toBe(refusal);
  });

  test.for([
    [200, null],
    [100, 'original-mismatch'],
  ] as const)('%s for a ride of 200: %s', ([says, refusal]) => {
    const books = smallBooks({ 'e-purse': 150, online: 1_000 });
    const ride = tap();
    clearOne(books, ride);
    expect(clearOne(books, reversal(ride, { amountFen: fen(says) })).refusal).toBe(refusal);
  });

  test('of one that was declined, any: nothing is taken back', () => {
    const { books, release } = all();
    clearOne(books, release());
    const late = release();
    expect(clearOne(books, late).refusal).toBe('hold-not-open');
    expect(clearOne(books, reversal(late, { amountFen: fen(7) })).refusal).toBeNull();
  });

  test('none where the original said one is a mismatch', () => {
    const { books, capture } = all();
    const lost = capture(400);
    clearOne(books, lost);
    expect(clearOne(books, reversal(lost, { amountFen: null })).refusal).toBe('original-mismatch');
  });
});

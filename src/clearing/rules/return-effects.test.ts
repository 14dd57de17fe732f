import { describe, expect, test } from 'vitest';
import type { Request } from '#clearing/request.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import {
  clearOne,
  fresh,
  load,
  noonMs,
  runFor,
  smallBooks,
  smallReference,
  stand,
  tap,
} from '#testing/small/group.ts';
import { cardRef, merchantTerminal, town } from '#testing/town.ts';
import { refundEffect, reversalEffect, voidEffect } from './return-effects.ts';
import { startRun } from './run.ts';

const online = accountId(cardRef(0).cardAccountId, 'online');
const ePurse = accountId(cardRef(0).cardAccountId, 'e-purse');

const refund = (original: Request, id: bigint, amount: number) =>
  fresh({
    kind: 'refund',
    sector: original.sector,
    terminalId: original.terminalId,
    amountFen: fen(amount),
    original: { id, businessKey: null },
  });
/** The reversal of a request: it names the original's trace and repeats its amount. */
const reversal = (original: Request, over: Partial<Request> = {}) => {
  const { sector, terminalId, card, amountFen, businessKey: key } = original;
  return fresh({
    kind: 'reversal',
    sector,
    terminalId,
    card,
    amountFen,
    original: { id: null, businessKey: key },
    ...over,
  });
};
const purseLegs = (legs: readonly { accountId: bigint; amountFen: bigint; balanceFen: bigint | null }[]) =>
  legs.filter((leg) => leg.balanceFen !== null).map((leg) => [leg.accountId, leg.amountFen]);

describe('a refund', () => {
  test('it goes back to the purse that paid last first', () => {
    const books = smallBooks({ 'e-purse': 150, online: 1_000 });
    const ride = tap();
    const { id } = clearOne(books, ride);
    expect(purseLegs(clearOne(books, refund(ride, id, 30)).legs)).toEqual([[online, 30n]]);
    expect(purseLegs(clearOne(books, refund(ride, id, 30)).legs)).toEqual([
      [ePurse, 10n],
      [online, 20n],
    ]);
    expect(clearOne(books, refund(ride, id, 141)).refusal).toBe('refund-exceeds-original');
    expect(clearOne(books, refund(ride, id, 140)).refusal).toBeNull();
    expect([stand(books, 'e-purse'), stand(books, 'online')]).toEqual([
      [150n, 0n],
      [1_000n, 0n],
    ]);
  });

  test('two in one group do not give back more than was paid', () => {
    const books = smallBooks();
    const payment = fresh({ amountFen: fen(100) });
    const { id } = clearOne(books, payment);
    const decisions = books.clear(
      [refund(payment, id, 60), refund(payment, id, 60), refund(payment, id, 40)],
      noonMs,
    );
    expect(decisions.map((decision) => 'refusal' in decision && decision.refusal)).toEqual([
      null,
      'refund-exceeds-original',
      null,
    ]);
  });

  test('a load is not refunded, and a refund says how much', () => {
    const books = smallBooks();
    const loaded = load(500, 'online');
    const { id } = clearOne(books, loaded);
    const wrong = refund(loaded, id, 1);
    expect(refundEffect(runFor(books, wrong), wrong)).toBe('not-returnable');
    const payment = fresh();
    const paid = clearOne(books, payment);
    const silent = { ...refund(payment, paid.id, 1), amountFen: null };
    expect(refundEffect(runFor(books, silent), silent)).toBe('amount-missing');
  });

  test('what was captured is refunded as what was paid', () => {
    const books = smallBooks();
    const hold = clearOne(books, fresh({ kind: 'authorise', amountFen: fen(1_000) }));
    const capture = fresh({
      kind: 'capture',
      amountFen: fen(400),
      original: { id: hold.id, businessKey: null },
    });
    const { id } = clearOne(books, capture);
    expect(clearOne(books, refund(capture, hold.id, 1)).refusal).toBe('not-returnable');
    expect(clearOne(books, refund(capture, id, 400)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([100_000n, 600n]);
  });
});

describe('a reversal', () => {
  test('it takes back a payment whole, once', () => {
    const books = smallBooks();
    const payment = fresh({ amountFen: fen(300) });
    clearOne(books, payment);
    expect(clearOne(books, reversal(payment)).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([100_000n, 0n]);
    const again = reversal(payment);
    expect(reversalEffect(runFor(books, again), again)).toBe('already-returned');
  });

  test('a payment of which something went back already is not reversed, and one reversed not refunded', () => {
    const books = smallBooks();
    const [first, second] = [fresh(), fresh()];
    const ids = [first, second].map((request) => clearOne(books, request).id);
    clearOne(books, refund(first, ids[0] ?? 0n, 1));
    expect(clearOne(books, reversal(first)).refusal).toBe('already-returned');
    clearOne(books, reversal(second));
    expect(clearOne(books, refund(second, ids[1] ?? 0n, 1)).refusal).toBe('refund-exceeds-original');
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

  test('a refund, a capture and a reversal are not reversed', () => {
    const books = smallBooks();
    const payment = fresh();
    const { id } = clearOne(books, payment);
    const back = refund(payment, id, 1);
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
    expect(reversalEffect(runFor(books, early), early)).toMatchObject({ tombstone: true, postings: [] });
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
    expect(() => reversalEffect(runFor(smallBooks(), nameless), nameless)).toThrow('by its key');
  });
});

describe('a void', () => {
  const voidOf = (original: Request, id: bigint, over: Partial<Request> = {}) =>
    fresh({
      kind: 'void',
      sector: original.sector,
      terminalId: original.terminalId,
      amountFen: null,
      original: { id, businessKey: null },
      ...over,
    });
  const paid = (books = smallBooks()) => {
    const payment = fresh({ amountFen: fen(300) });
    return { books, payment, id: clearOne(books, payment).id };
  };

  test('what is left of an authorisation becomes free, and nothing moves; once', () => {
    const books = smallBooks();
    const hold = fresh({ kind: 'authorise', amountFen: fen(1_000) });
    const { id } = clearOne(books, hold);
    clearOne(books, fresh({ kind: 'capture', amountFen: fen(400), original: { id, businessKey: null } }));
    expect(clearOne(books, voidOf(hold, id))).toMatchObject({ refusal: null, legs: [] });
    expect(stand(books, 'online')).toEqual([99_600n, 0n]);
    expect(clearOne(books, voidOf(hold, id)).refusal).toBe('hold-not-open');
  });

  test('a payment goes back whole, once, and may be spent again the same day', () => {
    const { books, payment, id } = paid();
    expect(clearOne(books, voidOf(payment, id))).toMatchObject({ refusal: null, kind: 'void' });
    expect(stand(books, 'online')).toEqual([100_000n, 0n]);
    const spent = runFor(books, fresh()).sectorStates.get('shops')?.get(cardRef(0).cardAccountId);
    expect(spent).toEqual({ day: '2026-11-22', spentFen: 0n });
    expect(clearOne(books, voidOf(payment, id)).refusal).toBe('already-returned');
    expect(clearOne(books, refund(payment, id, 1)).refusal).toBe('refund-exceeds-original');
    expect(clearOne(books, reversal(payment)).refusal).toBe('already-returned');
    expect(stand(books, 'online')).toEqual([100_000n, 0n]);
  });

  test('two in one group give it back once', () => {
    const { books, payment, id } = paid();
    const decisions = books.clear([voidOf(payment, id), voidOf(payment, id)], noonMs);
    expect(decisions.map((decision) => 'refusal' in decision && decision.refusal)).toEqual([
      null,
      'already-returned',
    ]);
  });

  test('of which something was refunded it is too late: nothing is given back twice', () => {
    const { books, payment, id } = paid();
    clearOne(books, refund(payment, id, 1));
    expect(clearOne(books, voidOf(payment, id)).refusal).toBe('already-returned');
  });

  test('on another business day it is too late: refund it instead', () => {
    const { books, payment, id } = paid();
    const late = voidOf(payment, id);
    const state = { ...books.stateOf([late], noonMs), businessDate: '2026-11-23' };
    expect(voidEffect(startRun(state), late)).toBe('void-too-late');
  });

  test('a ride that two purses paid goes back to both, and opens no transfer any more', () => {
    const books = smallBooks({ 'e-purse': 150, online: 1_000 });
    const ride = tap();
    const { id } = clearOne(books, ride);
    expect(clearOne(books, voidOf(ride, id)).refusal).toBeNull();
    expect([stand(books, 'e-purse'), stand(books, 'online')]).toEqual([
      [150n, 0n],
      [1_000n, 0n],
    ]);
    expect(clearOne(books, tap()).legs.at(0)?.amountFen).toBe(200n);
  });

  test.for<[string, Partial<Request>, string]>([
    ['of another card', { card: cardRef(1) }, 'original-not-found'],
    ['by another participant', { terminalId: merchantTerminal(2) }, 'original-mismatch'],
  ])('%s it is refused', ([, over, refusal]) => {
    const { books, payment, id } = paid();
    expect(clearOne(books, voidOf(payment, id, over)).refusal).toBe(refusal);
  });

  test('a load, a capture and a refund are not voided', () => {
    const books = smallBooks();
    const loaded = load(500, 'online');
    const { id } = clearOne(books, loaded);
    expect(clearOne(books, voidOf(loaded, id)).refusal).toBe('original-mismatch');
    const { payment, id: paymentId } = paid(books);
    const back = refund(payment, paymentId, 10);
    const backId = clearOne(books, back).id;
    expect(clearOne(books, voidOf(back, backId)).refusal).toBe('original-mismatch');
  });

  test('it asks for the permission of a refund where it gives money back, of a hold where it frees one', () => {
    const terminals = new Map(smallReference.terminals);
    const shop = terminals.get(merchantTerminal(1));
    if (shop === undefined) throw new Error('no shop');
    terminals.set(shop.id, { ...shop, allowedKinds: ['payment', 'hold'] });
    const books = smallBooks(undefined, { ...smallReference, terminals });
    const { payment, id } = paid(books);
    expect(clearOne(books, voidOf(payment, id)).refusal).toBe('kind-not-allowed');
    const hold = fresh({ kind: 'authorise', amountFen: fen(10) });
    expect(clearOne(books, voidOf(hold, clearOne(books, hold).id)).refusal).toBeNull();
  });
});

describe('a compensation', () => {
  const desk = 99_000_011;
  const withDesk = {
    ...smallReference,
    terminals: new Map([
      ...smallReference.terminals,
      [
        desk,
        {
          id: desk,
          participantId: town.bankId,
          sector: 'desk',
          allowedKinds: ['compensation'] as const,
          batchNumber: 1,
          batchOpenedOn: '2026-11-22',
          active: true,
          keySealed: Buffer.alloc(1),
        },
      ] as const,
    ]),
  };
  const compensate = (id: bigint, amount: number, over: Partial<Request> = {}) =>
    fresh({
      kind: 'compensation',
      sector: 'transit',
      terminalId: desk,
      amountFen: fen(amount),
      original: { id, businessKey: null },
      ...over,
    });

  test('gives a wrong charge back at once, and what its operator is owed is less by as much', () => {
    const books = smallBooks({ 'e-purse': 1_000, online: 0 }, withDesk);
    const { id } = clearOne(books, tap());
    const outcome = clearOne(books, compensate(id, 150));
    expect(outcome.refusal).toBeNull();
    expect(outcome.legs).toMatchObject([
      { accountId: accountId(BigInt(town.operatorId), 'payable'), amountFen: -150n },
      { accountId: ePurse, amountFen: 150n },
    ]);
  });

  test('together with refunds is never more than was paid', () => {
    const books = smallBooks({ 'e-purse': 1_000, online: 0 }, withDesk);
    const ride = tap();
    const { id } = clearOne(books, ride);
    clearOne(books, refund(ride, id, 60));
    expect(clearOne(books, compensate(id, 141)).refusal).toBe('refund-exceeds-original');
    expect(clearOne(books, compensate(id, 140)).refusal).toBeNull();
  });

  test('names the sector of what it gives back, and comes from a desk of ours only', () => {
    const books = smallBooks({ 'e-purse': 1_000, online: 0 }, withDesk);
    const { id } = clearOne(books, tap());
    expect(clearOne(books, compensate(id, 1, { sector: 'shops' })).refusal).toBe('original-mismatch');
    const atShop = { terminalId: merchantTerminal(1), sector: 'shops' };
    expect(clearOne(books, compensate(id, 1, atShop)).refusal).toBe('kind-not-allowed');
    expect(clearOne(books, compensate(77n, 1)).refusal).toBe('original-not-found');
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

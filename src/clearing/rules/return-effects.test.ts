import { describe, expect, test } from 'vitest';
import type { Request } from '#clearing/request.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import {
  clearOne,
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
import { cardRef, merchantTerminal, town } from '#testing/town.ts';
import { refundEffect, voidEffect } from './return-effects.ts';
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
    expect(voidEffect(startRun(state), late, 9n)).toBe('void-too-late');
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

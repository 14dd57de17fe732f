import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CardStatus } from '#cards/rules/status.ts';
import type { Decision } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { callerKey, namedKey } from '#idempotency/rules/keys.ts';
import { amountFenMax, fen } from '#money/fen.ts';
import { idsPerGroupMax } from '#platform/ids.ts';
import { clearOne, fresh, load, noonMs, smallBooks, smallReference, stand } from '#testing/small/group.ts';
import { cardRef, merchantTerminal, town } from '#testing/town.ts';
import { decide } from './decide.ts';

const refusals = (decisions: readonly Decision[]) =>
  decisions.map((decision) => (decision.status === 'decided' ? decision.refusal : decision.field));
const decideOn = (requests: readonly Request[], books = smallBooks()) =>
  decide(requests, books.stateOf(requests, noonMs));

describe('a group', () => {
  test('is decided in order of arrival: who comes first is paid first', () => {
    const books = smallBooks({ online: 250 });
    const three = [100, 200, 150].map((amount) => fresh({ amountFen: fen(amount) }));
    expect(refusals(decideOn(three, books).decisions)).toEqual([null, 'insufficient-funds', null]);
    expect(refusals(decideOn(three.toReversed(), books).decisions)).toEqual([
      null,
      'insufficient-funds',
      null,
    ]);
  });

  test('a load in front of a payment pays for it', () => {
    const books = smallBooks({ online: 0 });
    expect(refusals(decideOn([fresh(), load(100, 'online'), fresh()], books).decisions)).toEqual([
      'insufficient-funds',
      null,
      null,
    ]);
  });

  test('cards do not pay for each other', () => {
    const both = [fresh({ amountFen: fen(300) }), fresh({ amountFen: fen(300), card: cardRef(1) })];
    expect(refusals(decideOn(both, smallBooks({ online: 300 })).decisions)).toEqual([null, null]);
  });

  test('every posting of it sums to zero, and so does each entry', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(amounts, (several) => {
        const { writes } = decideOn(several.map((amount) => fresh({ amountFen: fen(amount) })));
        for (const [, legs] of Map.groupBy(writes.postings, (leg) => leg.entryId))
          expect(legs.reduce((sum, leg) => sum + leg.amountFen, 0n)).toBe(0n);
        expect(writes.outcomes).toHaveLength(several.length);
        expect(writes.entries.length).toBe(writes.outcomes.filter((row) => row.refusal === null).length);
      }),
    );
  });

  test('the ids of a group follow each other from the first of its block', () => {
    const requests = [fresh(), fresh({ amountFen: fen(50_001) }), fresh()];
    const state = smallBooks().stateOf(requests, noonMs);
    const { decisions } = decide(requests, state);
    expect(decisions.map((decision) => decision.status === 'decided' && decision.id - state.firstId)).toEqual(
      [0n, 1n, 2n],
    );
  });

  test('larger than its block of ids is a fault, since each reversal may take two', () => {
    const one = fresh();
    const many = Array.from({ length: idsPerGroupMax / 2 + 1 }, () => one);
    expect(() => decideOn(many)).toThrow('larger than its block');
    expect(decideOn(many.slice(1)).decisions).toHaveLength(idsPerGroupMax / 2);
  });
});

describe('a repeat', () => {
  test.for([true, false])(
    'is given the outcome it had, approved or declined, and moves nothing (alone: %s)',
    (alone) => {
      const books = smallBooks();
      for (const first of [fresh(), fresh({ amountFen: fen(50_001) })]) {
        const decisions = alone
          ? [clearOne(books, first), clearOne(books, first)]
          : books.clear([first, first], noonMs);
        expect(decisions[1]).toMatchObject({ ...decisions[0], legs: expect.anything(), replay: true });
      }
      expect(stand(books, 'online')).toEqual([99_900n, 0n]);
    },
  );

  test('a decline stays a decline, also when there is money now', () => {
    const books = smallBooks({ online: 0 });
    const declined = fresh();
    expect(clearOne(books, declined).refusal).toBe('insufficient-funds');
    clearOne(books, load(500, 'online'));
    expect(clearOne(books, declined)).toMatchObject({ refusal: 'insufficient-funds', replay: true });
  });

  test('is known by its trace number under another caller’s key, or under none', () => {
    const books = smallBooks();
    const first = fresh();
    const { id } = clearOne(books, first);
    for (const key of [callerKey('another', 'key'), null])
      expect(clearOne(books, { ...first, callerKey: key })).toMatchObject({ id, replay: true });
  });

  test('is answered before its terminal is looked at: also a terminal that was switched off learns what was', () => {
    const books = smallBooks();
    const first = fresh();
    const { id } = clearOne(books, first);
    const state = books.stateOf([first], noonMs);
    const gone = { ...state, reference: { ...state.reference, terminals: new Map() } };
    expect(decide([first], gone).decisions[0]).toMatchObject({ id, refusal: null, replay: true });
  });

  test('a key with another body is told what differs, and nothing is stored', () => {
    const books = smallBooks();
    const first = fresh();
    clearOne(books, first);
    const other = [
      { ...first, amountFen: fen(101) },
      { ...fresh(), callerKey: first.callerKey },
    ];
    const { decisions, writes } = decideOn(other, books);
    expect(decisions).toEqual([
      { status: 'key-reused', field: 'amountFen' },
      { status: 'key-reused', field: 'businessKey' },
    ]);
    expect(writes.outcomes).toEqual([]);
  });
});

describe('who may ask', () => {
  const withReference = (over: Partial<typeof smallReference>) =>
    smallBooks(undefined, { ...smallReference, ...over });
  const terminalWith = (over: object) => {
    const terminals = new Map(smallReference.terminals);
    const terminal = terminals.get(merchantTerminal(1));
    if (terminal !== undefined) terminals.set(terminal.id, { ...terminal, ...over });
    return withReference({ terminals });
  };

  test.for<[string, object, string]>([
    ['switched off', { active: false }, 'terminal-not-active'],
    ['not allowed to', { allowedKinds: ['refund'] }, 'kind-not-allowed'],
    ['of another sector', { sector: 'transit' }, 'kind-not-allowed'],
    ['in another batch', { batchNumber: 2 }, 'batch-mismatch'],
    ['of a participant that left', { participantId: 77 }, 'participant-not-active'],
  ])('a terminal that is %s is refused', ([, over, refusal]) => {
    expect(clearOne(terminalWith(over), fresh()).refusal).toBe(refusal);
  });

  test('a reversal is taken whatever batch its terminal is in by now: the batch is only its original’s name', () => {
    const payment = fresh();
    const { card, amountFen, businessKey } = payment;
    const original = { id: null, businessKey };
    const reversal = fresh({
      kind: 'reversal',
      card,
      amountFen,
      original,
      businessKey: `02${businessKey.slice(2)}`,
    });
    expect(clearOne(terminalWith({ batchNumber: 2 }), reversal).refusal).toBeNull();
    expect(clearOne(terminalWith({ batchNumber: 2 }), payment).refusal).toBe('batch-mismatch');
  });

  test('what has a name of its own is taken in whatever batch its terminal is in: no trace of the terminal names it', () => {
    const named = fresh({ businessKey: namedKey('medical 1', 'H-1') });
    expect(clearOne(terminalWith({ batchNumber: 2 }), named).refusal).toBeNull();
  });

  test('a terminal that nobody knows is refused like one that is switched off', () => {
    expect(clearOne(smallBooks(), fresh({ terminalId: 19_999_999 })).refusal).toBe('terminal-not-active');
  });

  test('a lost card neither pays nor is loaded, but what it paid goes back to it', () => {
    const books = smallBooks();
    const payment = fresh();
    const { id } = clearOne(books, payment);
    const card = books.cards.get(payment.card.cardId);
    if (card !== undefined) books.cards.set(card.cardId, { ...card, status: 'lost' });
    expect(clearOne(books, fresh()).refusal).toBe('card-lost');
    expect(clearOne(books, load(100, 'online')).refusal).toBe('card-lost');
    expect(clearOne(books, fresh({ kind: 'authorise' })).refusal).toBe('card-lost');
    const refund = fresh({ kind: 'refund', original: { id, businessKey: null } });
    expect(clearOne(books, refund).refusal).toBeNull();
  });

  describe('what is paid to the person and not to the plastic', () => {
    const terminals = new Map(smallReference.terminals);
    const bank = terminals.get(town.bankTerminal);
    if (bank !== undefined) terminals.set(bank.id, { ...bank, sector: 'subsidies' });
    const { programme } = town;
    const terms = {
      participantId: town.bankId,
      programme,
      purse: 'subsidy',
      perPaymentFen: 500n,
      active: true,
    };
    const tariffs = new Map([
      ...smallReference.tariffs,
      ['subsidies', new Map([[`${town.bankId} ${programme}`, terms]])],
    ]);
    const reference = { ...smallReference, terminals, tariffs };
    const subsidy = () =>
      fresh({
        ...{ kind: 'load', sector: 'subsidies', terminalId: town.bankTerminal },
        detail: { programme, period: '2026-11', purse: 'subsidy' },
      });

    test.for<[CardStatus, string, string | null]>([
      ['active', '2036-12-31', null],
      ['active', '2020-01-01', null],
      ['lost', '2036-12-31', null],
      ['locked', '2036-12-31', null],
      ['not-active', '2036-12-31', null],
      ['closed', '2036-12-31', 'card-closed'],
    ])('comes to the account of a card that is %s and good until %s: %s', ([status, expiresOn, refusal]) => {
      const books = smallBooks({ online: 0, subsidy: 0 }, reference);
      const card = books.cards.get(cardRef(0).cardId);
      if (card !== undefined) books.cards.set(card.cardId, { ...card, status, expiresOn });
      expect(clearOne(books, subsidy()).refusal).toBe(refusal);
    });
  });

  test('a card is good to the end of the day it expires on, in Hainan', () => {
    const books = smallBooks();
    const card = books.cards.get(cardRef(0).cardId);
    if (card !== undefined) books.cards.set(card.cardId, { ...card, expiresOn: town.firstDay });
    const midnight = Date.UTC(2026, 10, 22, 16);
    expect(clearOne(books, fresh(), midnight - 1).refusal).toBeNull();
    expect(clearOne(books, fresh(), midnight).refusal).toBe('card-expired');
  });
});

describe('what is a fault', () => {
  test.for([0n, -1n, -100n, amountFenMax + 1n])(
    'an amount of %s: no request may carry it, whatever it asks',
    (amount) => {
      const books = smallBooks();
      const { id } = clearOne(books, fresh());
      for (const kind of ['payment', 'authorise', 'refund', 'capture', 'reversal'] as const) {
        const request = fresh({ kind, amountFen: fen(amount), original: { id, businessKey: null } });
        expect(() => decideOn([request], books)).toThrow('no request may carry');
      }
      expect(() => decideOn([load(Number(amount), 'online')], books)).toThrow('no request may carry');
    },
  );

  test('a card that was resolved has a row', () => {
    const books = smallBooks();
    const request = fresh();
    const state = books.stateOf([request], noonMs);
    expect(() => decide([request], { ...state, cards: new Map() })).toThrow('no row');
  });
});

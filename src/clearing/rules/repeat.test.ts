import { describe, expect, test } from 'vitest';
import type { Outcome } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { reversalKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { cardRef, townRequest } from '#testing/town.ts';
import { said, sameRequest } from './repeat.ts';

const request = townRequest(1);
const answer: Outcome = {
  status: 'decided',
  id: 7n,
  kind: 'payment',
  cardAccountId: request.card.cardAccountId,
  businessDate: '2026-11-22',
  refusal: null,
  legs: [],
  amountFen: 100n,
  replay: false,
  callerKey: request.callerKey,
};

describe('what a request says', () => {
  test('its own words, in the codes of the journal', () => {
    expect(said({ ...request, detail: { line: '5' }, final: true })).toEqual({
      businessKey: request.businessKey,
      kind: 1,
      sector: 1,
      cardId: request.card.cardId,
      amountFen: 100n,
      originalId: null,
      localTime: '2026-11-22 08:00:00',
      detail: 'final=1;line=5',
    });
  });

  test('not under which caller’s key it came: a retry over another channel is still the same', () => {
    expect(said({ ...request, callerKey: null })).toEqual(said(request));
  });

  test('the order of its fields says nothing', () => {
    expect(said({ ...request, detail: { a: '1', b: '2' } })).toEqual(
      said({ ...request, detail: { b: '2', a: '1' } }),
    );
  });
});

describe('a request that met its first on its way', () => {
  test('the same again is given the answer of the first, marked as a replay', () => {
    expect(sameRequest({ ...request, callerKey: null }, request, answer)).toEqual({
      ...answer,
      replay: true,
    });
  });

  test.for<[Partial<Request>, string]>([
    [{ amountFen: fen(101) }, 'amountFen'],
    [{ amountFen: null }, 'amountFen'],
    [{ kind: 'authorise' }, 'kind'],
    [{ sector: 'transit' }, 'sector'],
    [{ card: cardRef(1) }, 'cardId'],
    [{ localTime: '2026-11-22 08:00:01' }, 'localTime'],
    [{ detail: { line: '5' } }, 'detail'],
    [{ final: true }, 'detail'],
    [{ original: { id: 9n, businessKey: null } }, 'originalId'],
    [
      {
        businessKey: reversalKey({ terminalId: 1, batchNumber: 1, traceNumber: 1, localDate: '2026-11-22' }),
      },
      'businessKey',
    ],
  ])('%o under the same key is told which field differs: %s', ([other, field]) => {
    expect(sameRequest({ ...request, ...other }, request, answer)).toEqual({ status: 'key-reused', field });
  });
});

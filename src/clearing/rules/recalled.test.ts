import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome, Refusal } from '#clearing/outcome.ts';
import { kindCodes, type Request } from '#clearing/request.ts';
import { callerKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { cardRef, townRequest } from '#testing/town.ts';
import { keptOutcome, recalledOutcome } from './recalled.ts';

const request = townRequest(1, { detail: { line: '5' } });
const outcome: Outcome = {
  status: 'decided',
  id: 250_361_234_567_168_000n,
  kind: 'payment',
  cardAccountId: request.card.cardAccountId,
  businessDate: '2026-11-22',
  refusal: null,
  legs: [
    { accountId: 16_000_002n, amountFen: -100n, balanceFen: 99_900n },
    { accountId: 24n, amountFen: 100n, balanceFen: null },
  ],
  amountFen: 100n,
  callerKey: request.callerKey,
  replay: false,
};

describe('a kept outcome', () => {
  test('is recalled for the same request as its replay', () => {
    expect(recalledOutcome(keptOutcome(request, outcome), request)).toEqual({ ...outcome, replay: true });
  });

  test('comes back whole, whatever was decided', () => {
    const amount = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
    const leg = fc.record({
      accountId: fc.bigInt({ min: 1n, max: 2n ** 62n }),
      amountFen: amount,
      balanceFen: fc.option(amount),
    });
    const decided = fc.record({
      kind: fc.constantFrom(...(Object.keys(kindCodes) as Request['kind'][])),
      amountFen: fc.option(fc.bigInt({ min: 1n, max: 10n ** 11n })),
      id: fc.bigInt({ min: 1n, max: 2n ** 62n }),
      refusal: fc.option(
        fc.constantFrom<Refusal>('insufficient-funds', 'card-lost', 'reversed-before-arrival'),
      ),
      legs: fc.array(leg, { maxLength: 4 }),
      detail: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ maxLength: 8 })),
      original: fc.option(
        fc.record({ id: fc.option(fc.bigInt({ min: 1n, max: 2n ** 62n })), businessKey: fc.constant(null) }),
      ),
      hasKey: fc.boolean(),
    });
    fc.assert(
      fc.property(decided, ({ hasKey, detail, original, ...said }) => {
        const key = hasKey ? request.callerKey : null;
        const asked: Request = {
          ...request,
          kind: said.kind,
          amountFen: said.amountFen === null ? null : fen(said.amountFen),
          detail,
          original,
          callerKey: key,
        };
        const was: Outcome = { ...outcome, ...said, callerKey: key };
        expect(recalledOutcome(keptOutcome(asked, was), asked)).toEqual({ ...was, replay: true });
      }),
    );
  });

  test.each<[string, Partial<Request>]>([
    ['amount', { amountFen: fen(101) }],
    ['no amount', { amountFen: null }],
    ['card', { card: cardRef(1) }],
    ['kind', { kind: 'authorise' }],
    ['sector', { sector: 'transit' }],
    ['time', { localTime: '2026-11-22 08:00:01' }],
    ['detail', { detail: {} }],
    ['final capture', { final: true }],
    ['original', { original: { id: 5n, businessKey: null } }],
    ['trace', { businessKey: townRequest(2).businessKey }],
    ['key', { callerKey: callerKey('10000001', 'another') }],
    ['no key', { callerKey: null }],
  ])('is not recalled for another %s: the database judges it', (_, over) => {
    expect(recalledOutcome(keptOutcome(request, outcome), { ...request, ...over })).toBeNull();
  });

  test('that answered a repeat under another key is not recalled for that key: it is not pinned', () => {
    const other = { ...request, callerKey: callerKey('10000001', 'another') };
    const kept = keptOutcome(other, { ...outcome, replay: true });
    expect(recalledOutcome(kept, other)).toBeNull();
    expect(recalledOutcome(kept, request)).toEqual({ ...outcome, replay: true });
  });

  test.each([
    '',
    'null',
    '{}',
    '[]',
    '[1]',
    'garbage',
    '[1,2,3,4,5,6,7,8,9,10,11,12,13,14]',
    keptOutcome(request, outcome).replace('[1,', '[2,'),
    keptOutcome(request, outcome).slice(0, -1),
    keptOutcome(request, outcome).replace('"250361234567168000"', '"x"'),
    keptOutcome(request, outcome).replace('"-100"', '"1.5"'),
    keptOutcome(request, outcome).replace(/\[\[.*$/, 'null]'),
  ])('that is not ours (%s) is not recalled and throws nothing', (text) => {
    expect(recalledOutcome(text, request)).toBeNull();
  });
});

import type { CardRef } from '#cards/store.ts';
import type { Outcome } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { type Run, startRun } from '#clearing/rules/run.ts';
import type { Reference } from '#clearing/rules/state.ts';
import { accountId, type Purse } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import type { Participant } from '#participants/store.ts';
import { purseRulesOf } from '#sectors/rules/purse-rules.ts';
import type { Prices } from '#sectors/transit/rules/ride.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import type { Terminal } from '#terminals/store.ts';
import { type MemoryClearing, memoryClearing } from '#testing/model/memory-clearing.ts';
import { cardRef, merchantTerminal, town, townPurseRules, townRequest, townTariff } from '#testing/town.ts';

const places: readonly (readonly [terminal: number, participant: number, sector: string])[] = [
  [merchantTerminal(1), 1, 'shops'],
  [merchantTerminal(2), 2, 'shops'],
  [town.operatorTerminal, town.operatorId, 'transit'],
  [town.bankTerminal, town.bankId, 'top-up'],
];
const effectiveFrom = '2020-01-01';
const limit = {
  product: town.product,
  effectiveFrom,
  perPaymentFen: 50_000n,
  perDayFen: 100_000n,
  pinFreeFen: 50_000n,
};
const rule = (purse: Purse) => ({
  participantId: town.bankId,
  purse,
  effectiveFrom,
  perLoadFen: 1_000_000n,
  balanceMaxFen: 9_000_000n,
});

/** No fare, pass, cap or category at all. */
export const noPrices: Prices = {
  tariffs: new Map(),
  distanceFares: new Map(),
  stations: new Map(),
  caps: new Map(),
  passes: new Map(),
  concessions: new Map(),
};

/** The small town's reference data, in memory. */
export const smallReference: Reference = {
  version: 1n,
  terminals: new Map(
    places.map(([id, participantId, sector]): [number, Terminal] => [
      id,
      {
        id,
        participantId,
        sector,
        allowedKinds: terminalKinds,
        batchNumber: 1,
        batchOpenedOn: '2026-11-22',
        active: true,
        keySealed: Buffer.alloc(1),
      },
    ]),
  ),
  participants: new Map(
    places.map(([, id, sector]): [number, Participant] => [
      id,
      { id, name: '商户', nameEn: 'A place', sector, active: true },
    ]),
  ),
  purseRules: purseRulesOf(townPurseRules),
  tariffs: new Map<string, unknown>([
    ['shops', { limits: new Map([[town.product, [limit]]]), mccRules: new Map() }],
    ['transit', { ...noPrices, tariffs: new Map([[`${town.operatorId} *`, [townTariff]]]) }],
    [
      'top-up',
      new Map((['online', 'e-purse'] as const).map((purse) => [`${town.bankId} ${purse}`, [rule(purse)]])),
    ],
  ]),
};

/** Noon of the town's first day in Hainan. */
export const noonMs = Date.UTC(2026, 10, 22, 4);

/** Two cards of the small town, with what is in their purses. */
export function smallBooks(
  stands: Partial<Record<Purse, number>> = { online: 100_000, 'e-purse': 0 },
  reference = smallReference,
): MemoryClearing {
  const cards = [0, 1].map((card) => ({
    card: cardRef(card),
    expiresOn: '2036-12-31',
    product: town.product,
    purses: Object.keys(stands) as Purse[],
  }));
  const books = memoryClearing(reference, town.firstDay, cards);
  for (const { card } of cards)
    for (const [purse, balance] of Object.entries(stands)) {
      const id = accountId(card.cardAccountId, purse as Purse);
      const account = books.accounts.get(id);
      if (account !== undefined) books.accounts.set(id, { ...account, balanceFen: BigInt(balance) });
    }
  return books;
}

/** The run of a group that consists of this one request, begun and not yet decided. */
export function runFor(books: MemoryClearing, request: Request, nowMs = noonMs): Run {
  return startRun(books.stateOf([request], nowMs));
}

let traces = 0;

/** A request of the town under a trace number that no other has. */
export const fresh = (over: Partial<Request> = {}) => townRequest(traces++, over);

export const tap = (over: Partial<Request> = {}) => {
  const transit = { sector: 'transit', terminalId: town.operatorTerminal, amountFen: null } as const;
  return fresh({ ...transit, detail: { line: '1' }, ...over });
};

export const load = (amount: number, purse: Purse, over: Partial<Request> = {}) => {
  const topUp = { kind: 'load', sector: 'top-up', terminalId: town.bankTerminal, detail: { purse } } as const;
  return fresh({ ...topUp, amountFen: fen(amount), ...over });
};

/** The reversal of a request: it names the original's trace and repeats its amount. */
export const reversal = (original: Request, over: Partial<Request> = {}) => {
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

/** A request that speaks of an entry by its id, from where that came. */
export const following = (
  kind: Request['kind'],
  original: Request,
  over: Partial<Request> & { id: bigint },
) => {
  const { sector, terminalId, card } = original;
  const { id, ...said } = over;
  return fresh({ kind, sector, terminalId, card, original: { id, businessKey: null }, ...said });
};

/** Clears one request alone; its outcome, which must have been decided. */
export function clearOne(books: MemoryClearing, request: Request, nowMs = noonMs): Outcome {
  const [decision] = books.clear([request], nowMs);
  if (decision?.status !== 'decided') throw new Error('not decided');
  return decision;
}

export function stand(
  books: MemoryClearing,
  purse: Purse,
  card: CardRef = cardRef(0),
): [balance: bigint, held: bigint] {
  const account = books.accounts.get(accountId(card.cardAccountId, purse));
  return [account?.balanceFen ?? -1n, account?.heldFen ?? -1n];
}

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountId, type Purse } from '#ledger/rules/accounts.ts';
import type { Account } from '#ledger/rules/entry.ts';
import { fen } from '#money/fen.ts';
import { connectLane, type LaneConnection, type Session } from '#platform/postgres.ts';
import { detailsOf } from '#testing/sector-details.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, town } from '#testing/town.ts';
import { sectors } from './all.ts';
import type { Plan, Sector, SectorRefusal, SectorRequest } from './contract.ts';

/** Every code that a sector may refuse with. One that is missing does not compile. */
const refusals: Record<SectorRefusal, true> = {
  'amount-missing': true,
  'amount-not-expected': true,
  'amount-wrong': true,
  'kind-not-allowed': true,
  'merchant-category-not-allowed': true,
  'pin-required': true,
  'station-unknown': true,
  'too-many-passes': true,
  'over-payment-limit': true,
  'over-day-limit': true,
  'over-balance-limit': true,
  'over-agent-limit': true,
  'legs-do-not-add-up': true,
  'no-tariff': true,
  'purse-not-allowed': true,
  'purpose-not-allowed': true,
  'purse-not-open': true,
};

const many = 300;
let opened: TestTown;
let lane: LaneConnection;
let statements = 0;
const counted: Session = {
  run: (statement, values) => {
    statements += 1;
    return lane.run(statement, values);
  },
};

beforeAll(async () => {
  opened = await openTestTown({ merchants: 1, cards: 0 });
  lane = await connectLane({ url: opened.url, idleInTransactionMs: 5_000, connectTimeoutMs: 5_000 });
});
afterAll(async () => {
  await lane.end();
  await opened.close();
});

const startMs = Date.UTC(2026, 10, 22);
const purseWith = (balance: number) => (purse: Purse) => ({
  id: accountId(cardRef(0).cardAccountId, purse),
  balanceFen: BigInt(balance),
  heldFen: 0n,
  floorFen: 0n,
  lastEntryId: 0n,
});

const requestsOf = (sector: Sector) =>
  fc.record({
    cardAccountId: fc.constant(cardRef(0).cardAccountId),
    product: fc.constantFrom(town.product, 'unheard-of'),
    participantId: fc.constantFrom(1, town.operatorId, town.bankId, town.hospitalId, 77),
    mcc: fc.constantFrom('0000', '5411'),
    rule:
      sector.direction === 'loads'
        ? fc.constant(null)
        : fc.constantFrom(
            { purses: ['online'] as const, split: false },
            { purses: ['medical', 'online'] as const, split: true },
          ),
    amountFen: fc.option(fc.integer({ min: 1, max: 100_000_000_000 }).map((amount) => fen(amount))),
    isHold: fc.boolean(),
    pinVerified: fc.boolean(),
    detail: detailsOf(sector),
    nowMs: fc.integer({ min: startMs, max: startMs + 200_000_000 }),
    entryId: fc.bigInt({ min: 1n, max: 2n ** 62n }),
    purse: fc
      .option(fc.integer({ min: 0, max: 1_000_000 }))
      .map((balance) => (balance === null ? (): Account | undefined => undefined : purseWith(balance))),
  });

function isPlan(planned: Plan<unknown> | SectorRefusal): planned is Plan<unknown> {
  return typeof planned !== 'string';
}

describe.for(sectors.map((sector) => [sector.name, sector] as const))('the sector %s', ([, sector]) => {
  test('it plans any request its fields allow, or refuses it by a code: it never throws', async () => {
    const tariffs = await sector.readTariffs(counted);
    let plans = 0;
    fc.assert(
      fc.property(fc.array(requestsOf(sector), { minLength: 1, maxLength: 6 }), (requests) => {
        let state: unknown;
        for (const request of requests) {
          const planned = sector.plan(request, tariffs, state);
          if (!isPlan(planned)) {
            expect(refusals).toHaveProperty(planned);
            continue;
          }
          plans += 1;
          for (const { amountFen } of [...planned.parts, ...planned.others])
            expect(amountFen).toBeGreaterThanOrEqual(0n);
          const ofPurses = planned.parts.reduce((sum, part) => sum + part.amountFen, 0n);
          if (request.amountFen !== null) expect(ofPurses).toBe(request.amountFen);
          const touched = planned.parts.flatMap((part) => part.purses);
          expect(touched.length).toBeGreaterThan(0);
          expect(new Set(touched).size, 'no two parts share a purse').toBe(touched.length);
          const allowed = request.rule?.purses ?? [sector.loads?.(request.detail)];
          for (const purse of touched) expect(allowed).toContain(purse);
          if (sector.direction === 'loads') expect(touched).toHaveLength(1);
          const funders = planned.others.map((funding) => funding.participantId);
          expect(new Set(funders).size, 'no two others are one').toBe(funders.length);
          for (const [name, text] of Object.entries(planned.note ?? {})) {
            expect(request.detail, 'a note has names of its own').not.toHaveProperty(name);
            expect(name).toMatch(/^(?!final$)[a-z-]+$/);
            expect(text).toMatch(/^[^;\0]+$/);
          }
          state = planned.state ?? state;
        }
      }),
      { numRuns: 500 },
    );
    expect(plans, 'some request is planned').toBeGreaterThan(0);
  });

  test('the same request, tariffs and state give the same plan, and leave all three alone', async () => {
    const tariffs = await sector.readTariffs(counted);
    const tariffsBefore = structuredClone(tariffs);
    fc.assert(
      fc.property(requestsOf(sector), requestsOf(sector), (first, second) => {
        const before = sector.plan(first, tariffs, undefined);
        const state = isPlan(before) ? (before.state ?? undefined) : undefined;
        const stateBefore = structuredClone(state);
        const once = sector.plan(second, tariffs, state);
        expect(sector.plan({ ...second }, tariffs, state)).toEqual(once);
        const undone = {
          entryId: first.entryId,
          participantId: first.participantId,
          amountFen: fen(1),
          whole: true,
          detail: { ...first.detail, ...(isPlan(before) ? before.note : {}) },
          nowMs: second.nowMs,
        };
        expect(sector.undo(undone, state)).toEqual(sector.undo({ ...undone }, structuredClone(state)));
        expect(state).toEqual(stateBefore);
      }),
    );
    expect(tariffs).toEqual(tariffsBefore);
  });

  const ownerRef = (place: number) => {
    const { bucket, cardAccountId } = cardRef(place);
    return { bucket, ownerId: cardAccountId };
  };

  /** A state for each of many card accounts, as plans leave them: the later, the further in time. */
  async function states(laterMs: number) {
    const tariffs = await sector.readTariffs(counted);
    const found = [];
    for (const request of fc.sample(requestsOf(sector), { numRuns: many * 40, seed: 46 })) {
      if (found.length === many) break;
      const one: SectorRequest = { ...request, product: town.product, nowMs: request.nowMs + laterMs };
      const planned = sector.plan(one, tariffs, undefined);
      if (isPlan(planned) && planned.state !== null)
        found.push({ ...ownerRef(found.length), state: planned.state });
    }
    return found;
  }

  test('what it keeps about many card accounts is read as it was written, each one’s own, the latest', async () => {
    const first = await states(0);
    if (first.length === 0) return expect(await sector.read(counted, [ownerRef(0)])).toEqual(new Map());
    expect(first).toHaveLength(many);
    await sector.write(counted, first);
    const later = (await states(86_400_000)).slice(0, many / 2);
    await sector.write(counted, later);
    const wanted = [...later, ...first.slice(many / 2)];
    const stranger = ownerRef(many + 5);
    const read = await sector.read(counted, [...first, stranger]);
    expect(read).toEqual(new Map(wanted.map((row) => [row.ownerId, row.state])));
  });

  test('it reads and writes with one statement at the most, whatever their number', async () => {
    const changed = await states(2 * 86_400_000);
    for (const some of [changed, changed.slice(0, 1)]) {
      statements = 0;
      await sector.read(counted, some.length > 0 ? some : [ownerRef(0)]);
      expect(statements).toBeLessThanOrEqual(1);
      statements = 0;
      if (some.length > 0) await sector.write(counted, some);
      expect(statements).toBe(some.length > 0 ? 1 : 0);
    }
  });
});

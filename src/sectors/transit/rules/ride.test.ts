import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { ridesIn } from './concession.ts';
import { lineKey, stationKey } from './full-fare.ts';
import { passesMax, passKey } from './passes.ts';
import { concessionKey, type Priced, type Prices, planPurchase, planRide, undoEntry } from './ride.ts';
import { newRider, type Rider } from './rider.ts';

const since = '2026-01-01';
const bus = 1;
const rail = 2;
const flat = { effectiveFrom: since, transferRate: '0.5', transferWindowMinutes: 60 };
const product = {
  participantId: bus,
  effectiveFrom: since,
  priceFen: 900n,
  kind: 'count' as const,
  code: 'T2',
  rides: 2,
  validDays: 60,
  lines: ['7'],
};
const terms = { participantId: bus, effectiveFrom: since, ridesPerMonth: 120, beyondRate: '0.85' };
const prices: Prices = {
  tariffs: new Map([
    [lineKey(bus, '*'), [{ ...flat, participantId: bus, line: '*', fareFen: 201n }]],
    [lineKey(rail, 'R1'), [{ ...flat, participantId: rail, line: 'R1', fareFen: 700n }]],
  ]),
  distanceFares: new Map([
    [
      lineKey(rail, 'R1'),
      [{ participantId: rail, line: 'R1', effectiveFrom: since, upToM: 5_000, fareFen: 300n }],
    ],
  ]),
  stations: new Map([
    [stationKey(rail, 'R1', 'A'), 0],
    [stationKey(rail, 'R1', 'B'), 4_000],
  ]),
  caps: new Map([[bus, [{ participantId: bus, effectiveFrom: since, perDayFen: 500n }]]]),
  passes: new Map([
    [passKey(bus, 'T2'), [product]],
    [
      passKey(bus, 'M'),
      [{ ...product, code: 'M', kind: 'monthly', rides: null, validDays: null, lines: ['*'] }],
    ],
  ]),
  concessions: new Map([
    [concessionKey(bus, 'student'), [{ ...terms, category: 'student', rate: '0.5' }]],
    [concessionKey(bus, 'senior-70'), [{ ...terms, category: 'senior-70', rate: '0' }]],
  ]),
};
const uncapped: Prices = { ...prices, caps: new Map() };

/** Noon of 2026-11-22 in Hainan. */
const noon = Date.UTC(2026, 10, 22, 4);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Taken extends Priced {
  readonly entryId: bigint;
  readonly participantId: number;
  readonly nowMs: number;
  readonly detail: Record<string, string>;
}
let entries = 0n;
const take = (
  before: Rider | undefined,
  over: { line?: string; nowMs?: number; participantId?: number; prices?: Prices } = {},
): Taken => {
  const { line = '5', nowMs = noon, participantId = bus, prices: of = uncapped } = over;
  const entryId = ++entries;
  const ends = participantId === rail ? { from: 'A', to: 'B' } : { from: undefined, to: undefined };
  const priced = planRide({ participantId, line, ...ends, nowMs, entryId }, of, before);
  if (typeof priced === 'string') throw new Error(priced);
  return { ...priced, entryId, participantId, nowMs, detail: { line, ...priced.note } };
};
const buy = (code: string, before: Rider = newRider, over: { nowMs?: number; amount?: number } = {}) => {
  const { nowMs = noon, amount = 900 } = over;
  const entryId = ++entries;
  return {
    entryId,
    bought: planPurchase(
      { participantId: bus, code, amountFen: fen(amount), nowMs, entryId },
      prices,
      before,
    ),
  };
};
const bought = (code: string, before: Rider = newRider, over = {}) => {
  const { entryId, bought: priced } = buy(code, before, over);
  if (typeof priced === 'string') throw new Error(priced);
  return { entryId, rider: priced.rider, note: priced.note };
};
const back = (ride: Taken, before: Rider, over: { amountFen?: bigint; whole?: boolean } = {}): Rider => {
  const { amountFen = ride.amountFen, whole = true } = over;
  const after = undoEntry(
    {
      entryId: ride.entryId,
      participantId: ride.participantId,
      amountFen: fen(amountFen),
      whole,
      detail: ride.detail,
      takenAtMs: ride.nowMs,
    },
    before,
  );
  if (after === null) throw new Error('nothing was undone');
  return after;
};
const granted = (category: string, over: Partial<Rider> = {}): Rider => ({
  ...newRider,
  grants: [{ category, fromDay: since, toDay: null }],
  ...over,
});

describe('a ride', () => {
  test('it pays the fare and opens the transfer, also to a line by distance', () => {
    const first = take(undefined);
    expect(first).toMatchObject({ amountFen: 201n, note: {} });
    const second = take(first.rider, { participantId: rail, line: 'R1', nowMs: noon + hourMs });
    expect(second).toMatchObject({ amountFen: 150n, note: { transfer: '1' } });
    expect(take(second.rider, { nowMs: noon + hourMs + 1 }).amountFen).toBe(201n);
  });

  test('a line that nobody has a fare for is refused, and so is a station that is not there', () => {
    const ride = { participantId: rail, line: 'R1', from: 'A', to: 'X', nowMs: noon, entryId: 1n };
    expect(planRide(ride, prices)).toBe('station-unknown');
    expect(planRide({ ...ride, line: 'R9' }, prices)).toBe('no-tariff');
  });

  test('taken back, it opens no transfer', () => {
    const first = take(undefined);
    const after = back(first, first.rider);
    expect(take(after, { nowMs: noon + 1 }).amountFen).toBe(201n);
  });

  test('of which only a part went back it opens none either, and counts as ridden', () => {
    const rider = granted('student');
    const first = take(rider);
    const after = back(first, first.rider, { amountFen: 1n, whole: false });
    expect([after.rides, after.tap.tappedAtMs]).toEqual([1, 0]);
  });

  test('who never rode has nothing to take back', () => {
    const ride = take(undefined);
    const undone = { ...ride, whole: true, takenAtMs: noon };
    expect(undoEntry(undone, undefined)).toBeNull();
  });
});

describe('the cap of the day', () => {
  const rideAt = (before: Rider | undefined, nowMs: number) => take(before, { nowMs, prices });

  test('the ride that reaches it pays the rest, later ones nothing; at midnight it begins anew', () => {
    const first = rideAt(undefined, noon);
    const second = rideAt(first.rider, noon + 2 * hourMs);
    const third = rideAt(second.rider, noon + 4 * hourMs);
    expect(third).toMatchObject({ amountFen: 98n, note: { capped: '1' } });
    const fourth = rideAt(third.rider, noon + 6 * hourMs);
    expect(fourth).toMatchObject({ amountFen: 0n, note: { capped: '1' } });
    expect(rideAt(fourth.rider, noon + 12 * hourMs).amountFen).toBe(201n);
  });

  test('what is taken back may be paid again the same day, and a part of it as a part', () => {
    const first = rideAt(undefined, noon);
    const second = rideAt(first.rider, noon + 2 * hourMs);
    const part = back(first, second.rider, { amountFen: 100n, whole: false });
    expect(rideAt(part, noon + 4 * hourMs).amountFen).toBe(198n);
    expect(rideAt(back(first, second.rider), noon + 4 * hourMs).amountFen).toBe(201n);
  });

  test('another operator’s rides do not count', () => {
    const full = rideAt(rideAt(rideAt(undefined, noon).rider, noon).rider, noon + 2 * hourMs);
    expect(
      take(full.rider, { participantId: rail, line: 'R1', nowMs: noon + 5 * hourMs, prices }).amountFen,
    ).toBe(300n);
  });
});

describe('a pass', () => {
  test.for([
    ['T2', 900, null],
    ['T2', 899, 'amount-wrong'],
    ['T2', 901, 'amount-wrong'],
    ['X', 900, 'no-tariff'],
  ] as const)('%s for %i: %s', ([code, amount, refusal]) => {
    const priced = buy(code, newRider, { amount }).bought;
    expect(typeof priced === 'string' ? priced : null).toBe(refusal);
  });

  test('without an amount it is not sold, and not more than eight at a time', () => {
    const purchase = { participantId: bus, code: 'T2', amountFen: null, nowMs: noon, entryId: 1n };
    expect(planPurchase(purchase, prices)).toBe('amount-missing');
    let rider = newRider;
    for (let i = 0; i < passesMax; i++) rider = bought('T2', rider).rider;
    expect(buy('T2', rider).bought).toBe('too-many-passes');
  });

  test('a counted one is good for so many rides on its lines, and says so; then the fare is paid', () => {
    const { rider, entryId, note } = bought('T2');
    expect(note).toEqual({ begins: '2026-11-22', ends: '2027-01-20' });
    expect(take(rider, { line: '8' }).amountFen).toBe(201n);
    const first = take(rider, { line: '7' });
    expect(first).toMatchObject({ amountFen: 0n, note: { pass: 'T2', bought: String(entryId) } });
    const second = take(first.rider, { line: '7' });
    expect(second.amountFen).toBe(0n);
    expect(take(second.rider, { line: '7' }).amountFen).toBe(201n);
  });

  test('a monthly one is good for the month, and no ride of a category is used up by it', () => {
    const { rider } = bought('M', granted('student'));
    const ride = take(rider);
    expect(ride).toMatchObject({ amountFen: 0n, note: { pass: 'M' } });
    expect(ride.rider.rides).toBe(0);
    expect(take(ride.rider, { nowMs: noon + 9 * dayMs }).amountFen).toBe(100n);
  });

  test('a counted one loses no ride where the ride costs nothing anyway', () => {
    const { rider } = bought('T2', granted('senior-70'));
    expect(take(rider, { line: '7' })).toMatchObject({ amountFen: 0n, note: { concession: 'senior-70' } });
  });

  test('a ride on it neither opens nor uses up a transfer', () => {
    const first = take(bought('T2').rider, { line: '8' });
    const onPass = take(first.rider, { line: '7', nowMs: noon + 1 });
    expect(onPass.note).toMatchObject({ pass: 'T2' });
    expect(take(onPass.rider, { line: '8', nowMs: noon + 2 }).amountFen).toBe(100n);
    expect(
      take(take(bought('T2').rider, { line: '7' }).rider, { line: '8', nowMs: noon + 1 }).amountFen,
    ).toBe(201n);
  });

  test('a ride that is taken back is given back to it, once', () => {
    const { rider } = bought('T2');
    const first = take(rider, { line: '7' });
    const second = take(first.rider, { line: '7' });
    const after = back(first, second.rider);
    expect(after.passes[0]?.ridesLeft).toBe(1);
    expect(take(after, { line: '7' }).amountFen).toBe(0n);
  });

  const returned = (entryId: bigint, before: Rider, whole: boolean) =>
    undoEntry(
      { entryId, participantId: bus, amountFen: fen(900), whole, detail: { pass: 'T2' }, takenAtMs: noon },
      before,
    );

  test('returned whole it is gone, also partly used: its rides are not given back to anything', () => {
    const { rider, entryId } = bought('T2');
    const ride = take(rider, { line: '7' });
    const after = returned(entryId, ride.rider, true);
    expect(after?.passes).toEqual([]);
    expect(back(ride, after as Rider).passes).toEqual([]);
    expect(take(after as Rider, { line: '7' }).amountFen).toBe(201n);
  });

  test('a part of its price given back leaves it good', () => {
    const { rider, entryId } = bought('T2');
    expect(returned(entryId, rider, false)).toBeNull();
  });
});

describe('a category', () => {
  test('it pays its part for the month’s rides; the ride after them pays 85 %, rounded down', () => {
    const at119 = take(granted('student', { month: '2026-11', rides: 119 }), { nowMs: noon });
    expect(at119).toMatchObject({ amountFen: 100n, note: { concession: 'student' } });
    const at120 = take(at119.rider, { nowMs: noon + 2 * hourMs });
    expect(at120).toMatchObject({ amountFen: 170n, note: { concession: 'student', beyond: '1' } });
    expect(at120.rider.rides).toBe(120);
  });

  test('the next month begins at nought', () => {
    const december = take(granted('student', { month: '2026-11', rides: 120 }), { nowMs: noon + 9 * dayMs });
    expect(december.amountFen).toBe(100n);
    expect(december.rider).toMatchObject({ month: '2026-12', rides: 1 });
  });

  test('it may change in the middle of a month; the month’s rides are those of both', () => {
    const grants = [
      { category: 'senior-70', fromDay: '2026-11-22', toDay: null },
      { category: 'student', fromDay: since, toDay: null },
    ];
    const before = take({ ...newRider, grants }, { nowMs: noon - dayMs });
    expect(before).toMatchObject({ amountFen: 100n, note: { concession: 'student' } });
    const after = take(before.rider, { nowMs: noon });
    expect(after).toMatchObject({ amountFen: 0n, note: { concession: 'senior-70' } });
    expect(after.rider.rides).toBe(2);
  });

  test('the cheaper of category and transfer holds; where both are the same no ride of the month is used up', () => {
    const first = take(granted('student'));
    const same = take(first.rider, { nowMs: noon + 1 });
    expect(same).toMatchObject({ amountFen: 100n, note: { transfer: '1' } });
    expect(same.rider.rides).toBe(1);
    const free = take(granted('senior-70'));
    const again = take(free.rider, { nowMs: noon + 1 });
    expect(again).toMatchObject({ amountFen: 0n, note: { concession: 'senior-70' } });
    expect(again.rider.rides).toBe(2);
  });

  test('a ride that the cap makes free uses up no ride of the month', () => {
    const full = { day: '2026-11-22', paid: [{ participantId: bus, paidFen: 500n }] };
    const ride = take(granted('student', full), { prices });
    expect(ride).toMatchObject({ amountFen: 0n, note: { capped: '1' } });
    expect(ride.rider.rides).toBe(0);
  });

  test('it counts only where the operator has terms for it', () => {
    expect(take(granted('student'), { participantId: rail, line: 'R1' }).amountFen).toBe(300n);
    expect(take(granted('veteran')).amountFen).toBe(201n);
  });

  test('a ride that is taken back is given back to its month; one beyond the month’s rides gives none back', () => {
    const before = granted('student', { month: '2026-11', rides: 119 });
    const last = take(before);
    const beyond = take(last.rider, { nowMs: noon + 2 * hourMs });
    expect(back(beyond, beyond.rider).rides).toBe(120);
    const after = back(last, beyond.rider);
    expect(after.rides).toBe(119);
    expect(take(after, { nowMs: noon + 4 * hourMs }).amountFen).toBe(100n);
    const december = take(last.rider, { nowMs: noon + 9 * dayMs });
    expect(back(last, december.rider)).toMatchObject({ month: '2026-12', rides: 1 });
  });
});

describe('whatever is ridden, bought and taken back', () => {
  const step = fc.record({
    minutes: fc.integer({ min: 0, max: 600 }),
    line: fc.constantFrom('5', '7'),
    what: fc.constantFrom('ride', 'ride', 'ride', 'back', 'buy'),
  });
  const category = fc.constantFrom('student', 'senior-70', 'none');

  test('no ride costs more than the full fare, no day more than the cap, and rides counted are rides less those taken back', () => {
    fc.assert(
      fc.property(category, fc.array(step, { maxLength: 80 }), (named, steps) => {
        let rider = granted(named);
        let now = noon;
        const taken: Taken[] = [];
        for (const { minutes, line, what } of steps) {
          now += minutes * 60_000;
          if (what === 'buy') {
            const { bought: priced } = buy('T2', rider, { nowMs: now });
            if (typeof priced !== 'string') rider = priced.rider;
          } else if (what === 'back') {
            const ride = taken.pop();
            if (ride !== undefined) rider = back(ride, rider);
          } else {
            const ride = take(rider, { line, nowMs: now, prices });
            expect(ride.amountFen).toBeLessThanOrEqual(201n);
            rider = ride.rider;
            taken.push(ride);
          }
          const dayOf = (ms: number) => Math.floor((ms + 8 * hourMs) / dayMs);
          const today = taken.filter((ride) => dayOf(ride.nowMs) === dayOf(now));
          expect(today.reduce((sum, ride) => sum + ride.amountFen, 0n)).toBeLessThanOrEqual(500n);
          const day = new Date(now + 8 * hourMs).toISOString().slice(0, 10);
          const counted = taken.filter((ride) => {
            const month = new Date(ride.nowMs + 8 * hourMs).toISOString().slice(0, 7);
            return month === day.slice(0, 7) && 'concession' in ride.note && !('beyond' in ride.note);
          });
          if (rider.month === day.slice(0, 7)) expect(ridesIn(rider, day)).toBe(counted.length);
          else expect(counted).toEqual([]);
          for (const pass of rider.passes) {
            const onIt = taken.filter((ride) => ride.note['bought'] === String(pass.entryId));
            expect(pass.ridesLeft).toBe(2 - onIt.length);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

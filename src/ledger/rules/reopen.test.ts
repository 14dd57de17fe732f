import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { accountsOf, purse } from '#testing/small/books.ts';
import type { Account } from './entry.ts';
import { captureHolds, type Hold, type HoldChange, placeHolds, releaseHolds, remainingFen } from './holds.ts';
import { reopenHolds, type Undoing } from './reopen.ts';

const hold = (code: 'e-purse' | 'online', amount: number, over: Partial<Hold> = {}): Hold => ({
  entryId: 5n,
  accountId: purse(code),
  amountFen: fen(amount),
  capturedFen: fen(0),
  freedFen: fen(0),
  endedBy: null,
  expiresAtMs: 1_000,
  state: 'open',
  ...over,
});
const undoing = (entryId: bigint, back: number, over: Partial<Undoing> = {}): Undoing => ({
  entryId,
  takenBack: back === 0 ? new Map() : new Map([[purse('online'), fen(back)]]),
  nowMs: 999,
  hasRoom: () => true,
  ...over,
});
const ended = { state: 'captured', endedBy: 9n, capturedFen: fen(60) } as const;

describe('a final capture of 60 of 100 that never was', () => {
  test.for([
    { free: 40, freed: 0n, held: 100n, again: 40n, why: 'all is held again' },
    { free: 15, freed: 25n, held: 75n, again: 15n, why: 'what came back, and what is free' },
    { free: 0, freed: 40n, held: 60n, again: 0n, why: 'what came back for certain' },
  ])('with $free free: $why', ({ free, freed, held, again }) => {
    // The 60 are back in the balance already.
    const before = accountsOf({ online: [60 + free, 0, 0] });
    const result = reopenHolds([hold('online', 100, ended)], before, undoing(9n, 60));
    expect(result.holds).toEqual([hold('online', 100, { freedFen: fen(Number(freed)) })]);
    expect(result.accounts).toMatchObject([{ balanceFen: BigInt(60 + free), heldFen: held }]);
    expect(result.heldAgainFen).toBe(again);
  });

  test('after its time nothing is held', () => {
    const before = accountsOf({ online: [100, 0, 0] });
    const result = reopenHolds([hold('online', 100, ended)], before, undoing(9n, 60, { nowMs: 1_000 }));
    expect(result.holds).toMatchObject([{ state: 'expired', capturedFen: 0n, endedBy: null }]);
    expect(result).toMatchObject({ accounts: [{ heldFen: 0n }], heldAgainFen: 0n });
  });

  test('on a purse that carries as many holds as it may, nothing is held', () => {
    const before = accountsOf({ online: [100, 0, 0] });
    const full = undoing(9n, 60, { hasRoom: () => false });
    const result = reopenHolds([hold('online', 100, ended)], before, full);
    expect(result.holds).toMatchObject([{ state: 'voided', freedFen: 100n, endedBy: null }]);
    expect(result).toMatchObject({ accounts: [{ heldFen: 0n }], heldAgainFen: -60n });
  });
});

describe('a capture that was not the last', () => {
  test('of a hold that is open still is held again, whatever else the purse has', () => {
    const before = accountsOf({ online: [100, 40, 0] });
    const open = hold('online', 100, { capturedFen: fen(60) });
    const result = reopenHolds([open], before, undoing(9n, 60, { hasRoom: () => false }));
    expect(result.holds).toEqual([hold('online', 100)]);
    expect(result).toMatchObject({ accounts: [{ heldFen: 100n }], heldAgainFen: 0n });
  });

  test('of a hold that another entry has ended since is free: that entry would have freed it too', () => {
    const before = accountsOf({ online: [30, 0, 0], 'e-purse': [20, 0, 0] });
    const full = hold('e-purse', 20, { capturedFen: fen(20), state: 'captured' });
    const voided = hold('online', 100, { capturedFen: fen(30), state: 'voided', endedBy: 8n });
    const takenBack = new Map([
      [purse('e-purse'), fen(20)],
      [purse('online'), fen(30)],
    ]);
    const result = reopenHolds([full, voided], before, undoing(9n, 0, { takenBack }));
    expect(result.holds).toEqual([
      hold('e-purse', 20, { state: 'voided', endedBy: 8n }),
      hold('online', 100, { state: 'voided', endedBy: 8n }),
    ]);
    expect(result).toMatchObject({ accounts: [{ heldFen: 0n }, { heldFen: 0n }], heldAgainFen: -50n });
  });

  test('of a hold that was captured in full opens it', () => {
    const before = accountsOf({ online: [30, 0, 0] });
    const full = hold('online', 100, { capturedFen: fen(100), state: 'captured' });
    expect(reopenHolds([full], before, undoing(9n, 30)).holds).toEqual([
      hold('online', 100, { capturedFen: fen(70) }),
    ]);
  });
});

describe('a void that never was', () => {
  const voided = hold('online', 100, { state: 'voided', endedBy: 9n, capturedFen: fen(40) });

  test.for([
    { free: 60, state: 'open', freed: 0n, held: 60n },
    { free: 1, state: 'open', freed: 59n, held: 1n },
    { free: 0, state: 'voided', freed: 60n, held: 0n },
  ])('with $free free of the 60 that it freed, $held are held again', ({ free, state, freed, held }) => {
    const result = reopenHolds([voided], accountsOf({ online: [free + 7, 7, 0] }), undoing(9n, 0));
    expect(result.holds).toMatchObject([{ state, freedFen: freed, endedBy: null, capturedFen: 40n }]);
    expect(result).toMatchObject({ accounts: [{ heldFen: held + 7n }], heldAgainFen: held });
  });

  test('leaves alone what it did not end', () => {
    const full = hold('e-purse', 20, { capturedFen: fen(20), state: 'captured' });
    const before = accountsOf({ online: [60, 0, 0], 'e-purse': [0, 0, 0] });
    expect(reopenHolds([full, voided], before, undoing(9n, 0)).holds).toEqual([
      { ...voided, state: 'open', endedBy: null },
    ]);
  });
});

test('more than was captured never comes back, and a purse that nobody locked is a fault', () => {
  const before = accountsOf({ online: [100, 0, 0] });
  expect(() => reopenHolds([hold('online', 100, ended)], before, undoing(9n, 61))).toThrow(RangeError);
  expect(() => reopenHolds([hold('online', 100, ended)], new Map(), undoing(9n, 60))).toThrow('not locked');
});

interface Step {
  readonly kind: 'capture' | 'final' | 'void';
  readonly amount: number;
}

/** An authorisation over two purses and what followed it, each under its own id from 10 on. */
function play(steps: readonly (Step & { readonly id: bigint })[]) {
  let accounts: Map<bigint, Account> = accountsOf({ 'e-purse': [30, 0, 0], online: [100, 0, 0] });
  const keep = (change: Pick<HoldChange, 'accounts' | 'holds'>) => {
    accounts = new Map([...accounts, ...change.accounts.map((one) => [one.id, one] as const)]);
    for (const one of change.holds) holds.set(one.accountId, one);
  };
  const holds = new Map<bigint, Hold>();
  const debits = [
    { accountId: purse('e-purse'), amountFen: fen(-30) },
    { accountId: purse('online'), amountFen: fen(-50) },
  ];
  const placed = placeHolds(debits, accounts, { entryId: 5n, expiresAtMs: 1_000 });
  if (typeof placed === 'string') throw new Error(placed);
  keep(placed);
  const taken = new Map<bigint, Map<bigint, ReturnType<typeof fen>>>();
  for (const { id, kind, amount } of steps) {
    const open = [...holds.values()].filter((one) => one.state === 'open');
    const change =
      kind === 'void'
        ? releaseHolds(open, accounts, { voidedBy: id })
        : captureHolds(open, accounts, { entryId: id, amountFen: fen(amount), final: kind === 'final' });
    if (typeof change === 'string') continue;
    keep(change);
    taken.set(id, new Map(change.debits.map((leg) => [leg.accountId, fen(-leg.amountFen)])));
  }
  const undo = (id: bigint) => {
    const takenBack = taken.get(id);
    if (takenBack === undefined) return;
    const credited = new Map(
      [...accounts].map(([key, one]) => [
        key,
        { ...one, balanceFen: one.balanceFen + (takenBack.get(key) ?? 0n) },
      ]),
    );
    accounts = credited;
    keep(
      reopenHolds([...holds.values()], credited, { entryId: id, takenBack, nowMs: 0, hasRoom: () => true }),
    );
  };
  return { undo, done: () => [...taken.keys()], stand: () => ({ accounts, holds }) };
}

const step = fc.record({
  kind: fc.constantFrom('capture' as const, 'capture' as const, 'final' as const, 'void' as const),
  amount: fc.integer({ min: 1, max: 60 }),
});

test('whatever followed an authorisation, taken back in any order, leaves it as it was placed', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.nat()),
      (steps, picks) => {
        const numbered = steps.map((one, i) => ({ ...one, id: BigInt(10 + i) }));
        const played = play(numbered);
        const left = played.done();
        while (left.length > 0) {
          const [id] = left.splice((picks.next().value ?? 0) % left.length, 1);
          if (id !== undefined) played.undo(id);
          const { accounts, holds } = played.stand();
          for (const one of holds.values())
            expect(accounts.get(one.accountId)?.heldFen).toBe(one.state === 'open' ? remainingFen(one) : 0n);
        }
        expect(played.stand()).toEqual(play([]).stand());
      },
    ),
  );
});

test('an end that is taken back stands as if it had never been, captures before it or not', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
      const captures = steps.map((one, i) => ({ ...one, kind: 'capture' as const, id: BigInt(10 + i) }));
      const played = play([...captures, { kind: 'void', amount: 1, id: 99n }]);
      played.undo(99n);
      expect(played.stand()).toEqual(play(captures).stand());
    }),
  );
});

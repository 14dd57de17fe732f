import { describe, expect, test } from 'vitest';
import { accountId, bucketOf } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { clearOne, fresh, noonMs, runFor, smallBooks, stand } from '#testing/small/group.ts';
import { cardRef } from '#testing/town.ts';
import { apply, legsNow, noEffect, outcomeRow, remember, startRun, writesOf } from './run.ts';

const { cardAccountId } = cardRef(0);
const online = accountId(cardAccountId, 'online');
const payable = accountId(1n, 'payable');
const weekMs = 7 * 86_400_000;

/** An effect that pays 100 from the online account. */
const paid = (balance: bigint) => ({
  ...noEffect,
  postings: [
    { accountId: payable, amountFen: fen(100) },
    { accountId: online, amountFen: fen(-100) },
  ],
  accounts: [{ id: online, balanceFen: balance, heldFen: 0n, floorFen: 0n, lastEntryId: 0n }],
});

describe('a run', () => {
  test('it begins with the state and has nothing to write', () => {
    const writes = writesOf(runFor(smallBooks(), fresh()));
    expect(Object.values(writes).flatMap((rows) => [...rows])).toEqual([]);
  });

  test('what is applied is seen by the next, journalled once, and told with the balance after it', () => {
    const request = fresh();
    const run = runFor(smallBooks(), request);
    const legs = apply(run, request, { id: 5n, effect: paid(99_900n), hasDetail: false });
    expect(legs).toEqual([
      { accountId: payable, amountFen: 100n, balanceFen: null },
      { accountId: online, amountFen: -100n, balanceFen: 99_900n },
    ]);
    expect(run.accounts.get(online)).toMatchObject({ balanceFen: 99_900n, lastEntryId: 5n });
    const { entries, postings, accounts } = writesOf(run);
    expect(entries).toMatchObject([{ id: 5n, ownerId: cardAccountId, participantId: 1, kind: 1, sector: 1 }]);
    expect(postings.map((row) => [row.entryId, row.accountId, row.amountFen, row.balanceFen])).toEqual([
      [5n, payable, 100n, null],
      [5n, online, -100n, 99_900n],
    ]);
    expect(accounts).toMatchObject([{ id: online, bucket: bucketOf(cardAccountId), balanceFen: 99_900n }]);
  });

  test('a purse changed twice is written once, as it stands at the end', () => {
    const request = fresh();
    const run = runFor(smallBooks(), request);
    apply(run, request, { id: 5n, effect: paid(99_900n), hasDetail: false });
    apply(run, request, { id: 6n, effect: paid(99_800n), hasDetail: false });
    expect(writesOf(run).accounts).toMatchObject([{ balanceFen: 99_800n, lastEntryId: 6n }]);
  });

  test('the state that was read is left as it was', () => {
    const books = smallBooks();
    const request = fresh();
    const state = books.stateOf([request], noonMs);
    const run = startRun(state);
    apply(run, request, {
      id: 5n,
      effect: { ...paid(1n), sectorState: { sector: 'shops', ownerId: cardAccountId, state: 'x' } },
      hasDetail: false,
    });
    expect(state.accounts.get(online)?.balanceFen).toBe(100_000n);
    expect(state.sectorStates.get('shops')?.has(cardAccountId)).toBe(false);
    expect(writesOf(run).sectorStates.get('shops')).toEqual([
      { bucket: bucketOf(cardAccountId), ownerId: cardAccountId, state: 'x' },
    ]);
  });
});

describe('holds whose time is over', () => {
  test('they are released before anybody asks what the purse can pay', () => {
    const books = smallBooks({ online: 1_000 });
    clearOne(books, fresh({ kind: 'authorise', amountFen: fen(1_000) }));
    const all = () => fresh({ amountFen: fen(1_000) });
    expect(clearOne(books, all(), noonMs + weekMs - 1).refusal).toBe('insufficient-funds');
    expect(clearOne(books, all(), noonMs + weekMs).refusal).toBeNull();
    expect(stand(books, 'online')).toEqual([0n, 0n]);
    expect([...books.holds.values()]).toMatchObject([{ state: 'expired', capturedFen: 0n }]);
  });

  test('what was captured of them stays captured', () => {
    const books = smallBooks({ online: 1_000 });
    const { id } = clearOne(books, fresh({ kind: 'authorise', amountFen: fen(1_000) }));
    clearOne(books, fresh({ kind: 'capture', amountFen: fen(300), original: { id, businessKey: null } }));
    clearOne(books, fresh(), noonMs + weekMs);
    expect(stand(books, 'online')).toEqual([600n, 0n]);
    expect([...books.holds.values()]).toMatchObject([{ state: 'expired', capturedFen: 300n }]);
  });
});

test('an outcome is remembered under both of its keys, or under one where there is one', () => {
  const request = fresh();
  const run = runFor(smallBooks(), request);
  const known = { ...outcomeRow(request, 5n, 'card-lost'), businessDate: '2026-11-22', legs: [] };
  remember(run, known);
  expect(run.known.get(request.businessKey)).toBe(known);
  expect(run.known.get(request.callerKey ?? '')).toBe(known);
  const silent = fresh({ callerKey: null });
  remember(run, { ...outcomeRow(silent, 6n, null), businessDate: '2026-11-22', legs: [] });
  expect(run.known.size).toBe(3);
});

test('the row that is pinned says what the request said, and how it ended', () => {
  const request = fresh({ detail: { line: '5' }, final: true, original: { id: 3n, businessKey: null } });
  expect(outcomeRow(request, 5n, 'card-lost')).toEqual({
    id: 5n,
    bucket: request.card.bucket,
    callerKey: request.callerKey,
    businessKey: request.businessKey,
    kind: 1,
    sector: 1,
    cardId: request.card.cardId,
    amountFen: 100n,
    originalId: 3n,
    localTime: '2026-11-22 08:00:00',
    detail: 'final=1;line=5',
    refusal: 'card-lost',
  });
  expect(() => outcomeRow({ ...request, sector: 'nowhere' }, 5n, null)).toThrow('unknown sector');
});

test('how much of an original went back counts what this group gave back', () => {
  const request = fresh();
  const run = runFor(smallBooks(), request);
  const legs = [{ accountId: online, amountFen: -100n, returnedFen: 10n }];
  expect(legsNow(run, 9n, legs)).toEqual(legs);
  const corrections = [{ entryId: 9n, accountId: online, originalFen: fen(100), returnedFen: fen(40) }];
  apply(run, request, { id: 10n, effect: { ...noEffect, corrections }, hasDetail: false });
  expect(legsNow(run, 9n, legs)).toEqual([{ accountId: online, amountFen: -100n, returnedFen: 40n }]);
  expect(legsNow(run, 8n, legs), 'of that original only').toEqual(legs);
});

test('what went back of a fund’s part is kept in the bucket of the card, where its entry is', () => {
  const request = fresh();
  const run = runFor(smallBooks(), request);
  const fund = accountId(900_005n, 'receivable');
  const corrections = [{ entryId: 9n, accountId: fund, originalFen: fen(100), returnedFen: fen(100) }];
  apply(run, request, { id: 10n, effect: { ...noEffect, corrections }, hasDetail: false });
  expect(writesOf(run).corrections).toMatchObject([{ accountId: fund, bucket: request.card.bucket }]);
  expect(bucketOf(900_005n), 'which is another than the fund’s own').not.toBe(request.card.bucket);
});

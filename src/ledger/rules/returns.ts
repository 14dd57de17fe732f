import { absFen, type Fen, fen, minFen } from '#money/fen.ts';
import { isPurse } from './accounts.ts';
import type { Posting } from './entry.ts';

/** A leg of an entry that is to be taken back, with what went back before. */
export interface OriginalLeg {
  readonly accountId: bigint;
  readonly amountFen: bigint;
  readonly returnedFen: bigint;
}

/** What of an entry's purse leg has gone back, after this correction. */
export interface Correction {
  readonly entryId: bigint;
  readonly accountId: bigint;
  readonly originalFen: Fen;
  readonly returnedFen: Fen;
}

export interface Return {
  readonly postings: Posting[];
  readonly corrections: Correction[];
}

export type ReturnRefusal = 'refund-exceeds-original' | 'already-returned' | 'not-returnable';

/**
 * The entry that gives back part of an original: to the purses it came from, the one that paid last first,
 * and never more to a purse than it paid. What the counter account got is taken from it. What others paid a part
 * of is taken back as a whole or not at all: nobody can say whose part comes back first.
 */
export function returnPart(
  entryId: bigint,
  legs: readonly OriginalLeg[],
  amountFen: Fen,
): Return | ReturnRefusal {
  if (amountFen <= 0n) throw new RangeError('what is given back is something');
  assertWithin(legs);
  if (isShared(legs)) return 'not-returnable';
  const postings: Posting[] = [];
  const corrections: Correction[] = [];
  let rest: bigint = amountFen;
  for (const leg of purseLegs(legs)) {
    const originalFen = absFen(leg.amountFen);
    const part = minFen(fen(rest), fen(originalFen - leg.returnedFen));
    if (part === 0n) continue;
    rest -= part;
    postings.push({ accountId: leg.accountId, amountFen: fen(leg.amountFen < 0n ? part : -part) });
    corrections.push({
      entryId,
      accountId: leg.accountId,
      originalFen: fen(originalFen),
      returnedFen: fen(leg.returnedFen + part),
    });
  }
  if (rest > 0n) return 'refund-exceeds-original';
  return { postings: withCounter(postings, legs), corrections };
}

/** The entry that takes back the whole of an original, which nothing may have gone back from before. */
export function returnWhole(entryId: bigint, legs: readonly OriginalLeg[]): Return | ReturnRefusal {
  if (legs.some((leg) => leg.returnedFen > 0n)) return 'already-returned';
  if (isShared(legs)) return returnEvery(entryId, legs);
  const amountFen = purseLegs(legs).reduce((sum, leg) => sum + absFen(leg.amountFen), 0n);
  return returnPart(entryId, legs, fen(amountFen));
}

/** Whether others than the purses paid a part: then there are several counter accounts, or no purse at all. */
function isShared(legs: readonly OriginalLeg[]): boolean {
  return legs.filter((leg) => !isPurse(leg.accountId)).length > 1;
}

/** Every leg turned round; each is marked as returned, so that it cannot happen twice. */
function returnEvery(entryId: bigint, legs: readonly OriginalLeg[]): Return {
  assertWithin(legs);
  const postings = legs.map((leg) => ({ accountId: leg.accountId, amountFen: fen(-leg.amountFen) }));
  const corrections = legs.map((leg) => {
    const originalFen = fen(absFen(leg.amountFen));
    return { entryId, accountId: leg.accountId, originalFen, returnedFen: originalFen };
  });
  return { postings: postings.sort(byAccount), corrections };
}

/** More can never have gone back than there was: a leg that says so would turn a refund round. */
function assertWithin(legs: readonly OriginalLeg[]): void {
  for (const { amountFen, returnedFen } of legs)
    if (returnedFen < 0n || returnedFen > absFen(amountFen))
      throw new RangeError('more went back than there was');
}

function purseLegs(legs: readonly OriginalLeg[]): OriginalLeg[] {
  return legs.filter((leg) => isPurse(leg.accountId)).sort((a, b) => (a.accountId < b.accountId ? 1 : -1));
}

function withCounter(postings: readonly Posting[], legs: readonly OriginalLeg[]): Posting[] {
  const counters = legs.filter((leg) => !isPurse(leg.accountId));
  const [counter] = counters;
  if (counter === undefined || counters.length > 1) throw new Error('an original has one counter account');
  const sum = postings.reduce((total, posting) => total + posting.amountFen, 0n);
  return [...postings, { accountId: counter.accountId, amountFen: fen(-sum) }].sort(byAccount);
}

/** Legs stand in the order of their accounts: rows, hashes and locks all use the same. */
export function byAccount(a: Pick<Posting, 'accountId'>, b: Pick<Posting, 'accountId'>): number {
  return a.accountId < b.accountId ? -1 : 1;
}

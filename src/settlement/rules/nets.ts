import { type AccountCode, accountCode, accountOwner, type Purse, purses } from '#ledger/rules/accounts.ts';
import type { DayTotal } from '#ledger/rules/day-totals.ts';

/** What a day comes to for one participant: credits are what we owe it, debits what it owes us. */
export interface Net {
  readonly participantId: number;
  readonly creditFen: bigint;
  readonly debitFen: bigint;
  readonly creditCount: number;
  readonly debitCount: number;
}

/** What we owe the participant after the day; negative is what it owes us. */
export function netFen(net: Pick<Net, 'creditFen' | 'debitFen'>): bigint {
  return net.creditFen - net.debitFen;
}

/** Nets the day's totals per participant, over what we owe it and what it owes us; in the order of their ids. */
export function netsOf(totals: readonly DayTotal[]): Net[] {
  const nets = new Map<number, Net>();
  for (const total of totals) {
    if (isControl(total)) continue;
    const participantId = Number(accountOwner(total.accountId));
    nets.set(participantId, plus(nets.get(participantId) ?? { participantId, ...nothing }, total));
  }
  return [...nets.values()].sort((a, b) => a.participantId - b.participantId);
}

/** What the day moved on all accounts of a kind. */
export interface KindTotal extends Movement {
  readonly kind: AccountCode;
}

const kinds: readonly AccountCode[] = [...purses, 'payable', 'receivable'];

/** The day's totals per kind of account, every kind with a row: four kinds of purses and two of participants. */
export function kindTotalsOf(totals: readonly DayTotal[]): KindTotal[] {
  const sums = new Map<AccountCode, KindTotal>(kinds.map((kind) => [kind, { kind, ...nothing }]));
  for (const total of totals) {
    const kind = accountCode(total.accountId);
    if (isControl(total) !== (purses as readonly string[]).includes(kind as Purse)) {
      throw new RangeError('a day total is of a control account of purses or of a participant');
    }
    sums.set(kind, plus(sums.get(kind) ?? { kind, ...nothing }, total));
  }
  return kinds.map((kind) => sums.get(kind) ?? { kind, ...nothing });
}

/** What the day moved on all purses together. With all nets it makes zero. */
export function purseMovementFen(totals: readonly DayTotal[]): bigint {
  return movementFen(totals.filter(isControl));
}

/** Credits less debits: zero over all accounts, or money came from nowhere. */
export function movementFen(totals: readonly Pick<Movement, 'creditFen' | 'debitFen'>[]): bigint {
  return totals.reduce((sum, total) => sum + total.creditFen - total.debitFen, 0n);
}

type Movement = Omit<DayTotal, 'accountId'>;

const nothing: Movement = { creditFen: 0n, debitFen: 0n, creditCount: 0, debitCount: 0 };

/** Owner 0 has the control accounts: all purses of a kind move as one. */
function isControl(total: DayTotal): boolean {
  return accountOwner(total.accountId) === 0n;
}

function plus<Sum extends Movement>(sum: Sum, total: DayTotal): Sum {
  return {
    ...sum,
    creditFen: sum.creditFen + total.creditFen,
    debitFen: sum.debitFen + total.debitFen,
    creditCount: sum.creditCount + total.creditCount,
    debitCount: sum.debitCount + total.debitCount,
  };
}

import { writeBatchUpload } from '#iso8583/unionpay/batch-upload.ts';
import { isFieldFault } from '#iso8583/unionpay/field-fault.ts';
import {
  type ClaimedTotals as BatchTotals,
  readSettlementTotals,
  type SettlementResult,
  writeSettlementTotals,
} from '#iso8583/unionpay/field48.ts';
import { type Entry, isStanding } from './terminal-state.ts';

const debits: readonly Entry['kind'][] = ['payment', 'capture'];
const credits: readonly Entry['kind'][] = ['refund', 'void', 'cancel-capture'];

const adjustments: readonly Entry['kind'][] = ['adjustment', 'tip'];

/** What stands of a batch: a sale that was given another total is one record, under its own trace and with that total. */
export function standingRecords(entries: readonly Entry[]): Entry[] {
  const standing = entries.filter(isStanding);
  const changes = standing.filter(({ kind }) => adjustments.includes(kind));
  const totals = new Map(changes.map(({ fields, amount }) => [fields[61]?.slice(0, 12), amount]));
  return standing
    .filter((entry) => !changes.includes(entry))
    .map((entry) => {
      const total = entry.kind === 'payment' ? totals.get(entry.batch + entry.trace) : undefined;
      return total === undefined ? entry : { ...entry, amount: total };
    });
}

/** Payments and completions on one side, what went back on the other. What was reversed does not count. */
export function totalsOf(entries: readonly Entry[]): BatchTotals {
  const standing = standingRecords(entries);
  const of = (kinds: readonly Entry['kind'][]) => standing.filter(({ kind }) => kinds.includes(kind));
  const sum = (some: readonly Entry[]) => some.reduce((total, { amount }) => total + BigInt(amount), 0n);
  const [debit, credit] = [of(debits), of(credits)];
  return {
    debitFen: sum(debit),
    debitCount: debit.length,
    creditFen: sum(credit),
    creditCount: credit.length,
  };
}

const nothing: BatchTotals = { debitFen: 0n, debitCount: 0, creditFen: 0n, creditCount: 0 };

/** Field 48 of a settlement: what the terminal took of cards of here, and nothing of cards from abroad. */
export function settlementField(domestic: BatchTotals): string {
  return writeSettlementTotals({ domestic, domesticResult: null, foreign: nothing, foreignResult: null });
}

/** What the host found; null where it does not say. */
export function settlementResult(field48: string | undefined): SettlementResult {
  const read = readSettlementTotals(field48 ?? '');
  return isFieldFault(read) ? null : read.domesticResult;
}

/** Field 48 of an upload. */
export function uploadField(entries: readonly Entry[]): string {
  return writeBatchUpload(
    entries.map(({ trace, cardNumber, amount }) => ({
      isForeignCard: false,
      traceNumber: Number(trace),
      cardNumber,
      amountFen: BigInt(amount),
    })),
  );
}

import { StartError } from '#platform/start-error.ts';
import type { Original } from '#testing/pos/requests.ts';
import { type Entry, isStanding, type PosKind } from '#testing/pos/terminal-state.ts';
import { kindWords } from './words.ts';

/** What speaks of another transaction, and of which kinds. */
const spokenOf = {
  void: ['payment'],
  refund: ['payment'],
  adjust: ['payment'],
  tip: ['payment'],
  complete: ['authorise'],
  cancel: ['authorise', 'capture'],
} as const satisfies Readonly<Record<string, readonly PosKind[]>>;

/**
 * The last that can still be spoken of so, or the one of a reference number, which may be of a batch that is settled.
 * Throws StartError.
 */
export function originalOf(
  entries: readonly Entry[],
  asked: keyof typeof spokenOf,
  text: string,
): Entry | Original {
  const kinds: readonly PosKind[] = spokenOf[asked];
  const standing = entries.filter((entry) => isStanding(entry) && kinds.includes(entry.kind));
  const isFree = (entry: Entry) =>
    asked === 'refund'
      ? remainder(entries, entry) > 0n
      : followersOf(entries, entry, [...takers, ...changers]).length === 0;
  const found =
    text === 'last'
      ? standing.findLast(isFree)
      : standing.findLast(({ rrn, trace }) => text === rrn || text === trace);
  if (found !== undefined) return found;
  if (text !== 'last') return { rrn: text.toUpperCase(), approval: null };
  const names = kinds.map((kind) => kindWords[kind]).join(' / ');
  throw new StartError(`本批次没有可处理的 ${names}。This batch has none of these left: ${names}.`);
}

/** What of it was not given back or taken yet. Throws StartError where that is nothing. */
export function leftOf(entries: readonly Entry[], original: Entry): bigint {
  const left = remainder(entries, original);
  if (left > 0n) return left;
  throw new StartError(
    `凭证号 ${original.trace} 的交易已无余额可处理。Nothing is left of the transaction of trace ${original.trace}.`,
  );
}

/** The entry itself, where the terminal has it. Throws StartError. */
export function known(original: Entry | Original): Entry {
  if ('amount' in original) return original;
  throw new StartError(
    '终端不认识该参考号,请同时给出金额,或改用退货。The terminal does not know this reference: say the amount too, or give it back with refund.',
  );
}

const remainder = (entries: readonly Entry[], original: Entry): bigint =>
  followersOf(entries, original, takers).reduce(
    (left, { amount }) => left - BigInt(amount),
    BigInt(original.amount),
  );

/** These take of what a transaction was. */
const takers: readonly PosKind[] = ['void', 'refund', 'capture', 'cancel-hold', 'cancel-capture'];
/** These say another total, once; a sale that has one is not voided. */
const changers: readonly PosKind[] = ['adjustment', 'tip'];

/** What stands and speaks of it: by its batch and trace, in field 61. */
const followersOf = (
  entries: readonly Entry[],
  { batch, trace }: Entry,
  kinds: readonly PosKind[],
): Entry[] =>
  entries.filter(
    (entry) =>
      isStanding(entry) && kinds.includes(entry.kind) && entry.fields[61]?.slice(0, 12) === batch + trace,
  );

import type { PayeeCard } from '#cards/people/find-payees.ts';
import { amountFenMax } from '#money/fen.ts';
import type { FileCause } from './causes.ts';
import type { FileLine } from './file-text.ts';

/** What a line says by itself, before anybody is looked for. */
export interface ReadLine {
  readonly lineNo: number;
  readonly said: FileLine | null;
  readonly amountFen: bigint | null;
  readonly cause: FileCause | null;
}

export interface LineTerms {
  readonly checkIdNumber: (text: string) => boolean;
  readonly perLineMaxFen: bigint;
}

const amountPattern = /^[1-9]\d{0,11}$/;

/** Judges what stands in a line. `lineNo` is the place it has in its batch; a line that says another is malformed. */
export function judgeText(said: FileLine | null, lineNo: number, terms: LineTerms): ReadLine {
  if (said === null || said.lineNo !== lineNo)
    return { lineNo, said: null, amountFen: null, cause: 'line-malformed' };
  const amountFen = readAmount(said.amount);
  return { lineNo, said, amountFen, cause: textCause(said, amountFen, terms) };
}

function readAmount(text: string): bigint | null {
  const amount = amountPattern.test(text) ? BigInt(text) : null;
  return amount !== null && amount <= amountFenMax ? amount : null;
}

function textCause(said: FileLine, amountFen: bigint | null, terms: LineTerms): FileCause | null {
  if (!terms.checkIdNumber(said.idNumber)) return 'id-number-wrong';
  if (amountFen === null) return 'amount-wrong';
  return amountFen > terms.perLineMaxFen ? 'over-line-max' : null;
}

/** Judges whom a good line names: why they are not paid by it, or null. */
export function judgePayee(name: string, payee: PayeeCard | undefined, isClaimed: boolean): FileCause | null {
  if (payee === undefined) return 'person-unknown';
  if (!payee.nameMatches(name)) return 'name-differs';
  if (!payee.usable) return 'card-not-usable';
  return isClaimed ? 'duplicate-person' : null;
}

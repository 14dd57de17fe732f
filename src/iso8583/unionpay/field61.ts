import { EncodeError } from '#iso8583/message.ts';
import { codeOf, digitsOf, isDigits } from './digits.ts';
import type { FieldFault } from './field-fault.ts';
import { isMonthDay } from './year-of.ts';

/** Field 61: the transaction that a void, a refund or a completion is about. */
export interface OriginalTrace {
  /** 0 where the terminal does not know it: a refund of another day may only know the reference number, field 37. */
  readonly batchNumber: number;
  readonly traceNumber: number;
  /** MMDD; null where it was not said or is "0000". */
  readonly monthDay: string | null;
  /** How it was authorised, and by whom: of transactions that were made offline. */
  readonly authorisation?: { readonly mode: string; readonly institution: string };
}

const traceDigits = 12;
const datedDigits = 16;
const wholeDigits = 29;

/** Reads batch n6, trace n6, and the date n4 with or without the mode n2 and the institution n11 after it. */
export function readOriginalTrace(value: string): OriginalTrace | FieldFault {
  if (!isDigits(value)) return fault('wrong-content', null);
  if (![traceDigits, datedDigits, wholeDigits].includes(value.length)) return fault('wrong-length', null);
  const monthDay = value.slice(traceDigits, datedDigits);
  const isDated = monthDay !== '' && monthDay !== '0000';
  if (isDated && !isMonthDay(monthDay)) return fault('wrong-content', '61.3');
  return {
    batchNumber: Number(value.slice(0, 6)),
    traceNumber: Number(value.slice(6, traceDigits)),
    monthDay: isDated ? monthDay : null,
    ...(value.length === wholeDigits && {
      authorisation: { mode: value.slice(16, 18), institution: value.slice(18) },
    }),
  };
}

/** @throws EncodeError for a number of more than six digits, or a date that is none. */
export function writeOriginalTrace(original: OriginalTrace): string {
  const { batchNumber, traceNumber, monthDay, authorisation } = original;
  if (monthDay !== null && !isMonthDay(monthDay)) throw new EncodeError('wrong-content', 61);
  const trace = digitsOf(batchNumber, 6, 61) + digitsOf(traceNumber, 6, 61);
  if (!authorisation) return trace + (monthDay ?? '');
  const { mode, institution } = authorisation;
  return trace + (monthDay ?? '0000') + codeOf(mode, 2, 61) + codeOf(institution, 11, 61);
}

function fault(error: FieldFault['error'], subField: string | null): FieldFault {
  return { error, field: 61, subField };
}

import { codeOf, digitsOf, isDigits } from './digits.ts';
import type { FieldFault } from './field-fault.ts';

/** Field 60: which transaction it is, in which batch, and what the terminal can do. */
export interface TransactionKind {
  /** 60.1: "22" is a purchase, "23" its void, "25" a refund, "01" an inquiry, "00" a message about the terminal. */
  readonly type: string;
  /** 60.2 */
  readonly batchNumber: number;
  /** 60.3: "001", "003" and "004" sign on, "201" settles or uploads, "202" and "207" end an upload, "301" is an echo. */
  readonly networkCode: string;
  /** 60.4: "5" reads chips by contact, "6" without. This and what follows may be missing, from the last on. */
  readonly readCapability?: string;
  /** 60.5 */
  readonly chipCondition?: string;
  /** 60.6: "1" can be paid a part. */
  readonly partialApproval?: string;
  /** 60.7 */
  readonly accountType?: string;
}

/** The digits after 60.3, which is 11 in. */
const optionalParts = [
  { name: 'readCapability', digits: 1 },
  { name: 'chipCondition', digits: 1 },
  { name: 'partialApproval', digits: 1 },
  { name: 'accountType', digits: 3 },
] as const;
const requiredDigits = 11;
const wholeLengths: readonly number[] = [11, 12, 13, 14, 17];

/** Reads 11 to 17 digits. A part that is not there as a whole is a wrong length. */
export function readTransactionKind(value: string): TransactionKind | FieldFault {
  if (!isDigits(value)) return { error: 'wrong-content', field: 60, subField: null };
  if (!wholeLengths.includes(value.length)) return { error: 'wrong-length', field: 60, subField: null };
  const optional: { -readonly [name in (typeof optionalParts)[number]['name']]?: string } = {};
  let at = requiredDigits;
  for (const { name, digits } of optionalParts) {
    if (at < value.length) optional[name] = value.slice(at, at + digits);
    at += digits;
  }
  return {
    type: value.slice(0, 2),
    batchNumber: Number(value.slice(2, 8)),
    networkCode: value.slice(8, 11),
    ...optional,
  };
}

/**
 * The digits up to the last part that is said; one before it that is not is zero.
 * @throws EncodeError for a part of another length.
 */
export function writeTransactionKind(kind: TransactionKind): string {
  const said = optionalParts.findLastIndex(({ name }) => kind[name] !== undefined) + 1;
  const optional = optionalParts
    .slice(0, said)
    .map(({ name, digits }) => codeOf(kind[name] ?? '0'.repeat(digits), digits, 60));
  return [
    codeOf(kind.type, 2, 60),
    digitsOf(kind.batchNumber, 6, 60),
    codeOf(kind.networkCode, 3, 60),
    ...optional,
  ].join('');
}

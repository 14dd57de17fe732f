import { EncodeError } from '#iso8583/message.ts';
import { digitsOf, isDigits } from './digits.ts';
import type { FieldFault } from './field-fault.ts';

/** A transaction of an unbalanced batch, as its terminal remembers it. */
export interface UploadedRecord {
  readonly isForeignCard: boolean;
  readonly traceNumber: number;
  /** Secret: it must not reach a log. */
  readonly cardNumber: string;
  readonly amountFen: bigint;
}

/** As many as field 48 holds in its 322 digits. */
export const recordsMax = 8;

const countDigits = 2;
const recordDigits = 40;
const uploadCountDigits = 4;

/**
 * Field 48 of a batch upload (0320, 60.3 = 201): how many records there are, n2, and the records: card of China "00" or
 * of abroad "01", trace number n6, card number n20 with zeros before it, amount n12. UnionPay terminals send it so.
 */
export function readBatchUpload(value: string): UploadedRecord[] | FieldFault {
  if (!isDigits(value)) return fault('wrong-content', null);
  const count = Number(value.slice(0, countDigits));
  if (count < 1 || count > recordsMax) return fault('wrong-content', null);
  if (value.length !== countDigits + count * recordDigits) return fault('wrong-length', null);
  const records: UploadedRecord[] = [];
  for (let at = countDigits; at < value.length; at += recordDigits) {
    const record = recordOf(value.slice(at, at + recordDigits));
    if (record === null) return fault('wrong-content', `48.${records.length + 1}`);
    records.push(record);
  }
  return records;
}

/** @throws EncodeError for no record or more than fit, and for a value that has no place in a record. */
export function writeBatchUpload(records: readonly UploadedRecord[]): string {
  if (records.length < 1 || records.length > recordsMax) throw new EncodeError('wrong-length', 48);
  return digitsOf(records.length, countDigits, 48) + records.map(recordDigitsOf).join('');
}

/** Field 48 of the end of an upload (60.3 = 202, or 207 of a balanced batch): how many records were sent, n4. */
export function readUploadCount(value: string): { readonly recordCount: number } | FieldFault {
  if (!isDigits(value)) return fault('wrong-content', null);
  return value.length === uploadCountDigits ? { recordCount: Number(value) } : fault('wrong-length', null);
}

/** @throws EncodeError for more than 9999. */
export function writeUploadCount(recordCount: number): string {
  return digitsOf(recordCount, uploadCountDigits, 48);
}

/** A card number begins with no zero, so the zeros before it are not its own. */
function recordOf(digits: string): UploadedRecord | null {
  const read = /^0([01])(\d{6})0*([1-9]\d{9,18})(\d{12})$/.exec(digits);
  if (read === null) return null;
  const [, foreign, trace, cardNumber = '', amount = ''] = read;
  return {
    isForeignCard: foreign === '1',
    traceNumber: Number(trace),
    cardNumber,
    amountFen: BigInt(amount),
  };
}

function recordDigitsOf({ isForeignCard, traceNumber, cardNumber, amountFen }: UploadedRecord): string {
  if (!/^[1-9]\d{9,18}$/.test(cardNumber)) throw new EncodeError('wrong-content', 48);
  return [
    isForeignCard ? '01' : '00',
    digitsOf(traceNumber, 6, 48),
    cardNumber.padStart(20, '0'),
    digitsOf(amountFen, 12, 48),
  ].join('');
}

function fault(error: FieldFault['error'], subField: string | null): FieldFault {
  return { error, field: 48, subField };
}

import type { UploadedRecord } from '#channels/pos/ports.ts';

/** Card type 2, trace 6, card number 20 with zeros before it, amount 12. */
const record = /^\d{2}(\d{6})(\d{20})(\d{12})$/;
const recordLength = 40;
const countLength = 2;

/**
 * Reads field 48 of an upload: how many records, and the records. Of a card number only its last four digits are kept.
 * Which total a record is part of it does not say. Null where it is none.
 */
export function readUploads(field48: string | undefined): UploadedRecord[] | null {
  if (field48 === undefined || !/^\d{2,}$/.test(field48)) return null;
  const count = Number(field48.slice(0, countLength));
  if (field48.length !== countLength + count * recordLength) return null;
  return Array.from({ length: count }, (_, i) => {
    const at = countLength + i * recordLength;
    const [, trace, card = '', amount = ''] = record.exec(field48.slice(at, at + recordLength)) ?? [];
    return {
      traceNumber: Number(trace),
      side: null,
      amountFen: BigInt(amount),
      cardTail: card.slice(-4),
    };
  });
}

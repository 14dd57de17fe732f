import { isFieldFault } from '#iso8583/unionpay/field-fault.ts';
import { readTransactionKind } from '#iso8583/unionpay/field60.ts';

/** What of field 60 a transaction is judged by; what is not said is empty. */
export interface TerminalData {
  /** 60.1: which form of a transaction it is, "22" for a purchase. */
  readonly form: string;
  /** 60.2; null where nothing is said. */
  readonly batchNumber: number | null;
  /** 60.3: what is asked of the network, "001" for a sign-on. */
  readonly network: string;
  /** 60.6: whether only a part is meant. */
  readonly isPartial: boolean;
}

const nothingSaid: TerminalData = { form: '', batchNumber: null, network: '', isPartial: false };

/**
 * Reads field 60; null where it is none. Where the layout has text in it, and not UnionPay's digits, it says nothing
 * unless it looks like them.
 */
export function readTerminalData(value: string | undefined, isText = false): TerminalData | null {
  if (value === undefined) return nothingSaid;
  const kind = readTransactionKind(value);
  if (isFieldFault(kind)) return isText ? nothingSaid : null;
  const { type, batchNumber, networkCode, partialApproval } = kind;
  return {
    form: type,
    batchNumber: batchNumber === 0 ? null : batchNumber,
    network: networkCode,
    isPartial: partialApproval === '1',
  };
}

/** Field 60 with another batch number in it. */
export function withBatchNumber(value: string, batchNumber: number): string {
  return value.slice(0, 2) + String(batchNumber).padStart(6, '0') + value.slice(8);
}

const detailsMax = 8;
const detailField = /^([a-z][A-Za-z]{0,31})=([^;=]{1,64})$/;

/** Field 57, the sector's own fields: "line=28;from=A1"; null where it cannot be read. */
export function readDetail(value: string | undefined): Record<string, string> | null {
  const text = value?.trim() ?? '';
  if (text === '') return {};
  const pieces = text.split(';', detailsMax + 1);
  if (pieces.length > detailsMax) return null;
  const detail: Record<string, string> = {};
  for (const piece of pieces) {
    const [, name, said] = detailField.exec(piece) ?? [];
    if (name === undefined || said === undefined || Object.hasOwn(detail, name)) return null;
    detail[name] = said;
  }
  return detail;
}

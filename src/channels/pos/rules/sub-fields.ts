/** Field 60 as UnionPay's terminals fill it; what is left out is empty. */
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

/** Reads field 60; null where it is none. */
export function readTerminalData(value: string | undefined): TerminalData | null {
  if (value === undefined) return nothingSaid;
  if (!/^\d{8,17}$/.test(value)) return null;
  const batchNumber = Number(value.slice(2, 8));
  return {
    form: value.slice(0, 2),
    batchNumber: batchNumber === 0 ? null : batchNumber,
    network: value.slice(8, 11),
    isPartial: value[13] === '1',
  };
}

/** Field 60 with another batch number in it. */
export function withBatchNumber(value: string, batchNumber: number): string {
  return value.slice(0, 2) + String(batchNumber).padStart(6, '0') + value.slice(8);
}

/** Field 61: which transaction of the terminal's is meant. */
export interface OriginalTrace {
  readonly batchNumber: number;
  readonly traceNumber: number;
  /** "MMDD" where it is said. */
  readonly date: string | null;
}

/** Reads field 61; null where it names nothing, 'format' where it cannot be read. */
export function readOriginalTrace(value: string | undefined): OriginalTrace | null | 'format' {
  if (value === undefined) return null;
  if (!/^\d{12,29}$/.test(value)) return 'format';
  const batchNumber = Number(value.slice(0, 6));
  if (batchNumber === 0) return null;
  const date = value.slice(12, 16);
  return {
    batchNumber,
    traceNumber: Number(value.slice(6, 12)),
    date: date.length < 4 || date === '0000' ? null : date,
  };
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

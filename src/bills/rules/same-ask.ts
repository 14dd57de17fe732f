/** What a terminal asks when it pays a bill. */
export interface Asked {
  readonly utilityId: number;
  readonly customerNumber: string;
  readonly billNumber: string;
  readonly amountFen: bigint;
  readonly cardId: bigint;
  readonly purse: string | null;
  readonly batchNumber: number;
  readonly traceNumber: number;
  /** "2026-11-22 08:30:00". */
  readonly localTime: string;
}

/** The fields as the wire names them. */
const fields = {
  cardNumber: 'cardId',
  utility: 'utilityId',
  customerNumber: 'customerNumber',
  billNumber: 'billNumber',
  amount: 'amountFen',
  purse: 'purse',
  batchNumber: 'batchNumber',
  traceNumber: 'traceNumber',
  localTime: 'localTime',
} as const satisfies Record<string, keyof Asked>;

export type AskedField = keyof typeof fields;

/** The first field in which a repeat is not what was asked first, or null for an honest repeat. */
export function differingAsk(repeat: Asked, first: Asked): AskedField | null {
  const names = Object.keys(fields) as AskedField[];
  return names.find((name) => repeat[fields[name]] !== first[fields[name]]) ?? null;
}

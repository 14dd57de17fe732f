/** What a request says, as far as a repeat must say the same again. */
export interface Said {
  readonly businessKey: string;
  readonly kind: number;
  readonly sector: number;
  readonly cardId: bigint;
  readonly amountFen: bigint | null;
  readonly originalId: bigint | null;
  /** "2026-11-22 08:30:00". */
  readonly localTime: string;
  readonly detail: string | null;
}

const fields = [
  'kind',
  'sector',
  'cardId',
  'amountFen',
  'originalId',
  'localTime',
  'detail',
  'businessKey',
] as const;

/** The fields in which a key may be found reused. */
export type SaidField = (typeof fields)[number];

/** The first field in which a request differs from the one its key was used for, or null for a true repeat. */
export function differingField(said: Said, before: Said): SaidField | null {
  for (const field of fields) if (said[field] !== before[field]) return field;
  return null;
}

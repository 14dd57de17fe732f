import { idMax } from '#platform/columns.ts';

const length = 12;

/** Field 37 of our own making: the id of what was decided, in base 36. */
export function retrievalNumber(id: bigint): string {
  const text = id.toString(36).toUpperCase().padStart(length, '0');
  if (text.length > length) throw new RangeError('an id that is too long for a retrieval number');
  return text;
}

/** Field 38: the end of the retrieval number. */
export const approvalCode = (number: string): string => number.slice(-6);

/** The id in a retrieval number of ours; null for one that cannot be ours. */
export function readRetrievalNumber(text: string | undefined): bigint | null {
  if (text === undefined || !/^[0-9A-Z]{12}$/.test(text)) return null;
  let id = 0n;
  for (const digit of text) id = id * 36n + BigInt(Number.parseInt(digit, 36));
  return id === 0n || id > idMax ? null : id;
}

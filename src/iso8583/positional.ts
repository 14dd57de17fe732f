import type { PartLayout } from './layout/layout.ts';

/** Which part of a value is wrong, counted from 1, and how. */
export interface PartFault {
  readonly part: number;
  readonly fault: 'wrong-length' | 'wrong-content';
  /** In characters from the first. */
  readonly offset: number;
}

const patterns: Readonly<Record<PartLayout['type'], RegExp>> = {
  n: /^[0-9]*$/,
  a: /^[A-Za-z ]*$/,
  an: /^[A-Za-z0-9 ]*$/,
  ans: /^\P{Cc}*$/u,
  z: /^[0-9=]*$/,
  b: /^[0-9A-F]*$/,
  xn: /^[CD][0-9]*$/,
};

/** Bytes are two characters of a value each. */
const lengthOf = (part: PartLayout) => (part.type === 'b' ? 2 * part.len : part.len);

/** The parts by name. The last ones may be missing as a whole; a part that is cut is a fault. */
export function splitParts(
  parts: readonly PartLayout[],
  value: string,
): Readonly<Record<string, string | undefined>> | PartFault {
  const fault = partFault(parts, value);
  if (fault !== null) return fault;
  const values: Record<string, string> = {};
  let at = 0;
  for (const part of parts) {
    if (at === value.length) break;
    values[part.name] = value.slice(at, at + lengthOf(part));
    at += lengthOf(part);
  }
  return values;
}

/** The value of parts by name; throws for one of another length, and for one that is missing before one that is there. */
export function joinParts(
  parts: readonly PartLayout[],
  values: Readonly<Record<string, string | undefined>>,
): string {
  const given = parts.findLastIndex((part) => values[part.name] !== undefined) + 1;
  return parts
    .slice(0, given)
    .map((part) => {
      const value = values[part.name];
      if (value?.length === lengthOf(part) && patterns[part.type].test(value)) return value;
      throw new Error(`the part ${part.name} is not ${part.len} of ${part.type}`);
    })
    .join('');
}

export function isPartFault(split: object): split is PartFault {
  return 'fault' in split && 'part' in split;
}

/** The first part that is cut, that holds what its type does not, or that is one too many; null where all is well. */
export function partFault(parts: readonly PartLayout[], value: string): PartFault | null {
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (at === value.length) return null;
    const end = at + lengthOf(part);
    if (end > value.length) return { part: index + 1, fault: 'wrong-length', offset: at };
    if (!patterns[part.type].test(value.slice(at, end)))
      return { part: index + 1, fault: 'wrong-content', offset: at };
    at = end;
  }
  return at === value.length ? null : { part: parts.length + 1, fault: 'wrong-length', offset: at };
}

import { partsOfSettlement } from '#iso8583/dialects/parts.ts';
import { isPartFault, splitParts } from '#iso8583/positional.ts';

/** What stands for a value that is not shown. */
export const hidden = '****';

/** A value as people may see it, or null where it has not the form that it is known by. */
type Show = (value: string) => string | null;

/**
 * The values that are shown; every other is hidden. What is written here also stays when a log takes out what could be
 * a card number: no eight digits stand together, not even with spaces, hyphens or points between them, except of an
 * amount of 100,000 yuan or more.
 */
const shown: Readonly<Record<number, Show>> = {
  2: maskCard,
  3: digits(6),
  4: fen(12),
  5: fen(12),
  6: fen(12),
  7: shaped(/^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2T$3:$4:$5'),
  11: digits(6),
  12: shaped(/^(\d\d)(\d\d)(\d\d)$/, '$1:$2:$3'),
  13: shaped(/^(\d\d)(\d\d)$/, '$1-$2'),
  15: shaped(/^(\d\d)(\d\d)$/, '$1-$2'),
  18: digits(4),
  22: digits(3),
  24: digits(3),
  25: digits(2),
  26: digits(2),
  37: tailOf(/^[A-Z0-9]{12}$/, 6),
  38: shaped(/^([A-Za-z0-9]{6})$/, '$1'),
  39: shaped(/^([A-Z0-9]{2})$/, '$1'),
  41: shortOrTail(/^[A-Za-z0-9]{8}$/),
  42: shortOrTail(/^[A-Za-z0-9]{15}$/),
  48: settlement,
  49: digits(3),
  50: digits(3),
  51: digits(3),
  // Batches count from 1, and no card's number begins with 0, nor has a terminal's field 60 the length of one.
  60: shaped(/^(\d\d)(0\d{5})(\d{3})(?:\d{1,3}|\d{6})?$/, 'type $1 batch $2 network $3'),
  61: shaped(/^(0\d{5})(\d{6})(?:\d{4}|\d{6}|\d{17})?$/, 'batch $1 trace $2'),
  66: digits(1),
  70: digits(3),
  74: count(10),
  75: count(10),
  76: count(10),
  77: count(10),
  86: fen(16),
  87: fen(16),
  88: fen(16),
  89: fen(16),
  90: shaped(/^(\d{4})(\d{6})\d{32}$/, 'type $1 trace $2'),
};

/** How the version of 1993 differs. */
const shownOf1993: Readonly<Record<number, Show>> = {
  12: shaped(/^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6'),
  15: shaped(/^(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3'),
  22: () => null,
  25: digits(4),
  26: digits(4),
  39: digits(3),
  48: () => null,
  60: () => null,
  61: () => null,
  90: () => null,
};

/** The value as it may be seen, **** where that is not certain. */
export function showValue(field: number, value: string, version: 0 | 1): string {
  const show = (version === 1 ? shownOf1993[field] : undefined) ?? shown[field];
  return show?.(value) ?? hidden;
}

/** The first six and the last four digits. */
function maskCard(value: string): string | null {
  return /^\d{13,19}$/.test(value) ? `${value.slice(0, 6)}******${value.slice(-4)}` : null;
}

function shaped(pattern: RegExp, shape: string): Show {
  return (value) => (pattern.test(value) ? value.replace(pattern, shape) : null);
}

function digits(length: number): Show {
  return (value) => (value.length === length && /^\d+$/.test(value) ? value : null);
}

function count(length: number): Show {
  return (value) => (value.length === length && /^\d+$/.test(value) ? String(BigInt(value)) : null);
}

/** Fen as yuan: "123.45". */
function fen(length: number): Show {
  return (value) => (value.length === length && /^\d+$/.test(value) ? yuan(value) : null);
}

function yuan(value: string): string {
  const trimmed = value.replace(/^0+/, '').padStart(3, '0');
  return `${trimmed.slice(0, -2)}.${trimmed.slice(-2)}`;
}

function tailOf(pattern: RegExp, length: number): Show {
  return (value) => (pattern.test(value) ? `${hidden}${value.slice(-length)}` : null);
}

/** A number of ours is short and padded with zeros; another's may be as long as a card's. */
function shortOrTail(pattern: RegExp): Show {
  return (value) => {
    if (!pattern.test(value)) return null;
    const short = value.replace(/^0+(?=.)/, '');
    const isShort = short.length <= 8 && !/\d{8}/.test(short);
    return isShort ? short : `${hidden}${value.slice(-4)}`;
  };
}

/** The totals of a batch; every other use of field 48 is hidden. */
function settlement(value: string): string | null {
  if (!/^\d{62}$/.test(value)) return null;
  const parts = splitParts(partsOfSettlement, value);
  if (isPartFault(parts)) return null;
  const { debitFen = '', debitCount, creditFen = '', creditCount, result } = parts;
  return `debit ${yuan(debitFen)} in ${debitCount} credit ${yuan(creditFen)} in ${creditCount} result ${result}`;
}

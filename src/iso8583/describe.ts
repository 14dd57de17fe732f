import { nameOf, typeLine } from './describe/field-names.ts';
import { hidden, showValue } from './describe/shown-values.ts';
import type { MessageLayout } from './layout/layout.ts';
import { type Fields, type FormatError, isFormatError, type Message } from './message.ts';

/** So many digits of a card's number in another field are the card's number. */
const windowDigits = 8;
const separatorsOfTrack = /[=D]/;

/**
 * A message for people: its type, then one line a field. Of a card the first six and last four digits are shown, of
 * tracks, PINs, keys, chip data and free text nothing. Shown is only what is known and has the form it is known by;
 * everything else is ****.
 */
export function describe(layout: MessageLayout, message: Message | FormatError): string {
  if (isFormatError(message)) return describeError(message);
  const version = layout.version ?? 0;
  const windows = windowsOfCards(message.fields);
  const lines = Object.entries(message.fields).map(([number, value]) => {
    const field = Number(number);
    if (value === undefined) return null;
    const isKnown =
      layout.fields[number] !== undefined && (field === 2 || !holdsCard(seenOf(field, value), windows));
    return `F${field} ${nameOf(field, version)} ${isKnown ? showValue(field, value, version) : hidden}`;
  });
  return [typeLine(message.mti), ...lines.filter((line) => line !== null)].join('\n');
}

function describeError({ error, field, subField, offset }: FormatError): string {
  const where = subField === null ? field : `${field} (${subField})`;
  return `格式错误 cannot be read: ${error}${field === null ? '' : ` in field ${where}`}, byte ${offset}`;
}

/** Every run of digits of a card's number, so that one that was put in a wrong field is not shown there. */
function windowsOfCards(fields: Fields): readonly string[] {
  const cards = [
    fields[2],
    ...[fields[35], fields[36]].map((track) => track?.split(separatorsOfTrack, 1)[0]),
  ];
  return cards.flatMap((card = '') =>
    Array.from({ length: Math.max(0, card.length - windowDigits + 1) }, (_, at) =>
      card.slice(at, at + windowDigits),
    ).filter((window) => !/^(\d)\1+$/.test(window)),
  );
}

/** Numbers of ours and amounts: the zeros before them only fill their field, and are not shown. */
const filled: readonly number[] = [4, 5, 6, 41, 42];

/** What of a value may be shown: noughts that are not shown make no card's number. */
function seenOf(field: number, value: string): string {
  return filled.includes(field) ? value.replace(/^0+/, '') : value;
}

function holdsCard(value: string, windows: readonly string[]): boolean {
  return windows.some((window) => value.includes(window));
}

import type { Encoding, FieldLayout, PartLayout } from '#iso8583/layout/layout.ts';
import type { FieldShape } from './fields-1987.ts';

/** How a dialect writes each kind of field. */
export interface Writing {
  readonly digits: Encoding;
  readonly text: Encoding;
  readonly bytes: 'binary' | 'hex-ascii';
  readonly signed: Encoding;
  readonly lengths: Encoding;
}

/** The fields written one way, with the parts of those that are made of others. */
export function layOut(
  shapes: Readonly<Record<number, FieldShape>>,
  writing: Writing,
  parts: Readonly<Record<number, readonly PartLayout[]>>,
): Record<string, FieldLayout> {
  const fields: Record<string, FieldLayout> = {};
  for (const [number, shape] of Object.entries(shapes)) {
    const found = parts[Number(number)];
    fields[number] = { ...layOutField(shape, writing), ...(found === undefined ? {} : { parts: found }) };
  }
  return fields;
}

function layOutField([type, len, variable]: FieldShape, writing: Writing): FieldLayout {
  const enc = encodingOf(type, writing);
  const length = variable === undefined ? {} : ({ var: variable, lenEnc: writing.lengths } as const);
  // What is counted is padded before it, what is listed after it: a card number is no quantity.
  const pad = enc === 'bcd' ? { pad: variable === undefined ? ('left' as const) : ('right' as const) } : {};
  return { type, len, enc, ...length, ...pad };
}

function encodingOf(type: FieldLayout['type'], writing: Writing): Encoding {
  if (type === 'n' || type === 'z') return writing.digits;
  if (type === 'b') return writing.bytes;
  return type === 'xn' ? writing.signed : writing.text;
}

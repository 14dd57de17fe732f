import { asciiBinmap, asciiHexmap, cupBcd, ebcdic } from './dialects/iso87.ts';
import { iso93 } from './dialects/iso93.ts';
import { unionpayPos } from './dialects/unionpay.ts';
import type { FieldLayout, MessageLayout } from './layout/layout.ts';

export type DialectName = 'unionpay-pos' | 'cup-bcd' | 'ascii-binmap' | 'ebcdic' | 'ascii-hexmap' | 'iso93';

/** The layouts that a listener may be given by name. */
export const dialects: Readonly<Record<DialectName, MessageLayout>> = {
  'unionpay-pos': unionpayPos,
  'cup-bcd': cupBcd,
  'ascii-binmap': asciiBinmap,
  ebcdic,
  'ascii-hexmap': asciiHexmap,
  iso93,
};

/**
 * The layout with words of some fields replaced, as a terminal differs from its dialect: `{22: {pad: 'right'}}`, or
 * `{63: {enc: 'gbk'}}`. A field that the layout does not have is added, and is then given whole.
 */
export function withFields(
  layout: MessageLayout,
  changes: Readonly<Record<string, Partial<FieldLayout>>>,
): MessageLayout {
  const fields: Record<string, FieldLayout> = { ...layout.fields };
  for (const [number, change] of Object.entries(changes)) {
    fields[number] = { ...fields[number], ...change } as FieldLayout;
  }
  return { ...layout, fields };
}

const pinBlockField = 52;
const pinBlockBytes = { short: 8, long: 16 } as const;

/**
 * The layout with PIN blocks of 16 bytes (ISO 9564-1 format 4), as ciphers like SM4 make them. One that carries the
 * block otherwise than in 8 bytes is left as it is: whoever wrote it knew.
 */
export function withLongPinBlock(layout: MessageLayout): MessageLayout {
  const field = layout.fields[pinBlockField];
  const isShort = field?.type === 'b' && field.len === pinBlockBytes.short;
  return isShort ? withFields(layout, { [pinBlockField]: { len: pinBlockBytes.long } }) : layout;
}

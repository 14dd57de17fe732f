import type { FieldLayout, MessageLayout } from './layout.ts';

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

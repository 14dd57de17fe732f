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

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

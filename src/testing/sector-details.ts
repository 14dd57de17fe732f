import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import type { Sector } from '#sectors/contract.ts';

export type Detail = Record<string, string>;

interface FieldSchema {
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Details that a sector's schema accepts, drawn from the schema itself: a new sector brings its own. */
export function detailsOf(sector: Sector): Arbitrary<Detail> {
  const { properties = {}, required = [] } = z.toJSONSchema(sector.detail);
  const fields = Object.entries(properties).map(([name, schema]) => {
    const text = textOf(schema as FieldSchema);
    return [name, required.includes(name) ? text : fc.option(text, { nil: undefined })] as const;
  });
  return fc
    .record(Object.fromEntries(fields))
    .map(
      (detail) =>
        Object.fromEntries(Object.entries(detail).filter(([, text]) => text !== undefined)) as Detail,
    )
    .filter((detail) => sector.detail.safeParse(detail).success);
}

function textOf({
  enum: choices,
  const: only,
  pattern,
  minLength = 0,
  maxLength = 40,
}: FieldSchema): Arbitrary<string> {
  if (only !== undefined) return fc.constant(only);
  if (choices !== undefined) return fc.constantFrom(...choices);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength, maxLength });
}

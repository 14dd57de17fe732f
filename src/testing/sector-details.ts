import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import type { Sector } from '#sectors/contract.ts';
import { town } from './town.ts';

export type Detail = Record<string, string>;

interface DetailSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  /** A detail of several shapes. */
  readonly anyOf?: readonly DetailSchema[];
}

interface FieldSchema {
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Details that a sector's schema accepts, drawn from the schema itself: a new sector brings its own. */
export function detailsOf(sector: Sector): Arbitrary<Detail> {
  const schema = z.toJSONSchema(sector.detail) as DetailSchema;
  const shapes = (schema.anyOf ?? [schema]).map(detailsOfShape);
  return fc.oneof(...shapes).filter((detail) => sector.detail.safeParse(detail).success);
}

function detailsOfShape({ properties = {}, required = [] }: DetailSchema): Arbitrary<Detail> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const text = drawn(name, textOf(schema as FieldSchema));
    return [name, required.includes(name) ? text : fc.option(text, { nil: undefined })] as const;
  });
  return fc
    .record(Object.fromEntries(fields))
    .map(
      (detail) =>
        Object.fromEntries(Object.entries(detail).filter(([, text]) => text !== undefined)) as Detail,
    );
}

/** Names that the test town knows: one drawn at random would hardly ever be among them. */
const known: Readonly<Record<string, string>> = { programme: town.programme };

function drawn(name: string, text: Arbitrary<string>): Arbitrary<string> {
  const one = known[name];
  return one === undefined ? text : fc.oneof(fc.constant(one), text);
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

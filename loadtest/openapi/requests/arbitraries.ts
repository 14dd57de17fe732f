import fc from 'fast-check';
import type { Schema } from './document.ts';
import type { Known } from './known.ts';

export interface ArbitraryTools {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly known: Known;
}

const itemsMax = 4;
const choicesMax = 1_000_000;
const textMax = 300;

/** Values that a schema allows, with things that exist where a field has the name of such a thing. */
export function valuesOf(schema: Schema, tools: ArbitraryTools, name = ''): fc.Arbitrary<unknown> {
  const bySchema = anyOf(schema, tools, name);
  if (!tools.known.has(name)) return bySchema;
  const existing = fc.nat(choicesMax).map((choice) => tools.known.pick(name, choice));
  return fc.oneof({ weight: 12, arbitrary: existing }, { weight: 1, arbitrary: bySchema });
}

function anyOf(schema: Schema, tools: ArbitraryTools, name: string): fc.Arbitrary<unknown> {
  const target = resolved(schema, tools);
  if (target.enum !== undefined) return fc.constantFrom(...target.enum);
  const several = target.anyOf ?? target.oneOf;
  if (several !== undefined) return fc.oneof(...several.map((one) => valuesOf(one, tools, name)));
  const types = Array.isArray(target.type) ? target.type : [target.type ?? 'string'];
  return fc.oneof(...types.map((type) => ofType(String(type), target, tools)));
}

function resolved(schema: Schema, { schemas }: ArbitraryTools): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

function ofType(type: string, schema: Schema, tools: ArbitraryTools): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objects(schema, tools);
    case 'array': {
      const { items = {}, minItems = 0, maxItems = itemsMax } = schema;
      return fc.array(valuesOf(items, tools), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, itemsMax)),
      });
    }
    case 'integer':
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return texts(schema);
  }
}

function objects(schema: Schema, tools: ArbitraryTools): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, valuesOf(inner, tools, name)]),
  );
  const named = fc.record(fields, { requiredKeys: [...required] });
  if (typeof additionalProperties !== 'object') return named;
  const others = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), valuesOf(additionalProperties, tools), {
    maxKeys: 3,
  });
  return fc.tuple(named, others).map(([one, other]) => ({ ...other, ...one }));
}

/** Boundaries come as often as everything between them. */
function numbers({ minimum = -(2 ** 40), maximum = Number.MAX_SAFE_INTEGER }: Schema): fc.Arbitrary<number> {
  const between = fc.bigInt({ min: BigInt(minimum), max: BigInt(maximum) }).map(Number);
  return fc.oneof(fc.constantFrom(minimum, maximum), between);
}

function texts({ pattern, minLength = 0, maxLength = textMax, format }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, textMax)) };
  return fc.oneof(fc.string({ ...length, unit: 'grapheme' }), fc.string({ ...length, unit: 'binary' }));
}

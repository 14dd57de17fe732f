import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

function hasEscapedName(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) =>
      (!Array.isArray(value) && JSON.stringify(name).includes('\\')) || hasEscapedName(inner),
  );
}

describe('strict JSON', () => {
  test('is whatever JSON says, as long as each name stands once and is written as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        if (text.includes('__proto__') || text.includes('\\u0000')) return;
        expect(parse(text)).toEqual(hasEscapedName(value) ? undefined : { value: JSON.parse(text) });
      }),
      { numRuns: 2_000 },
    );
  });

  test('has no name twice in one object, at whatever depth', () => {
    const at = fc.array(fc.constantFrom('list', 'object'), { maxLength: 6 });
    fc.assert(
      fc.property(at, fc.string(), fc.jsonValue(), (path, name, value) => {
        const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
        const wrap = (inner: string) =>
          path.reduce((text, kind) => (kind === 'list' ? `[1,${text}]` : `{"in":${text}}`), inner);
        expect(parse(wrap(`{${member}, ${member}}`))).toBeUndefined();
      }),
    );
  });

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":1,"b":2}}',
    '[{"a" \n:1,"a"\t:2}]',
    '{"":1,"":2}',
    '{"__proto__":1}',
    '{"a":{"\\u005f_proto__":{}}}',
    '{"a":"b\\u0000c"}',
    '{"\\u0000":1}',
    '{"a":"\\\\\\u0000"}',
  ])('refuses %s', (text) => expect(parse(text)).toBeUndefined());

  test.each([
    '{"a":"b:","c":"\\":\\"a\\":"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":["a","a"],"b":"a"}',
    '{"constructor":1,"toString":2,"hasOwnProperty":3}',
    '{"1":1,"2":2,"a":3}',
    '{"a":"\\\\u0000"}',
    '"a:b"',
    '7',
    'null',
  ])('takes %s', (text) => expect(parse(text)).toEqual({ value: JSON.parse(text) }));

  test('reads no name by what was read before', () => {
    for (const before of ['{"a":1,"\\\\":2}', '{"amount":1,"\\\\u0061":2}']) JSON.parse(before);
    for (const text of ['{"a":1,"\\u0061":2}', '{"amount":1,"\\u0061mount":2}', '{"a":1,"\\u0062":2}'])
      expect(parse(text)).toBeUndefined();
    expect(parse('{"a":1,"b":"\\u0061"}')).toEqual({ value: { a: 1, b: 'a' } });
  });

  test('does not run out of stack or time, however deep or long the sender makes it', () => {
    const startedAt = performance.now();
    expect(parse(`${'['.repeat(250_000)}${']'.repeat(250_000)}`)).toBeDefined();
    expect(parse(`"${'\\"'.repeat(250_000)}"`)).toBeDefined();
    expect(parse(`"${'x'.repeat(500_000)}`)).toBeUndefined();
    expect(parse(`[${'"",'.repeat(160_000)}""]`)).toBeDefined();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});

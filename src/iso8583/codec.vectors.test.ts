import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileCodec } from './codec.ts';
import { dialects } from './dialects.ts';
import type { FieldLayout, MessageLayout } from './layout/layout.ts';
import { isLayoutFault, readLayout } from './layout/read-layout.ts';
import { withFields } from './layout/with-fields.ts';
import type { Fields } from './message.ts';

interface Vector {
  readonly id: string;
  readonly spec: string;
  readonly specOverrides?: Readonly<Record<string, Partial<FieldLayout>>>;
  readonly hex: string;
  readonly mti: string;
  readonly fields: Fields;
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/iso8583', name), 'utf8'));
const { vectors } = fixture('messages.json') as { vectors: readonly Vector[] };

const ofFiles = new Map(
  ['spec-cup-bcd.json', 'spec-ascii-binmap.json'].map((name) => [name, layoutOf(name)]),
);
const ofNames = new Map([
  ['spec-cup-bcd.json', dialects['cup-bcd']],
  ['spec-ascii-binmap.json', dialects['ascii-binmap']],
]);

function layoutOf(name: string): MessageLayout {
  const layout = readLayout(fixture(name));
  if (isLayoutFault(layout)) throw new Error(layout.fault);
  return layout;
}

describe.each([
  ['the layouts of the files', ofFiles],
  ['our dialects', ofNames],
])('messages with known meaning, by %s', (_, layouts) => {
  test.each(vectors.map((vector) => [vector.id, vector] as const))(
    '%s says what it says, both ways',
    (_id, vector) => {
      const codec = compileCodec(
        withFields(layouts.get(vector.spec) as MessageLayout, vector.specOverrides ?? {}),
      );
      const message = { mti: vector.mti, fields: vector.fields };
      expect(codec.decode(Buffer.from(vector.hex, 'hex'))).toEqual(message);
      expect(codec.encode(message).toString('hex')).toBe(vector.hex);
    },
  );
});

test('our dialects have every field of the files, as the files have it', () => {
  for (const [name, layout] of ofFiles) {
    const ours = ofNames.get(name)?.fields ?? {};
    const bare = Object.fromEntries(
      Object.keys(layout.fields).map((number) => {
        const { parts: _, ...field } = ours[number] ?? {};
        return [number, field];
      }),
    );
    expect(bare).toEqual(layout.fields);
  }
});

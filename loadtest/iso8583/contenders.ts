import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import type { Message } from '#iso8583/message.ts';
import { iso8583Oracle, jsposOracle, type Oracle } from '#testing/iso8583/oracles.ts';

/** Who writes or reads the purchase, in which dialect. */
export interface Contender {
  readonly name: 'ours' | Oracle['name'];
  readonly dialect: 'cup-bcd' | 'ascii-binmap';
  readonly does: 'encode' | 'decode';
  run(): unknown;
}

/** A purchase of 15 fields with chip data (55) and a MAC, as the fixtures have it in both dialects. */
const purchase = 'purchase-contact-19pan';

/** Each does the same work on the same message. iso_8583 has no bytes of variable length: its field 55 is text. */
export function contenders(): readonly Contender[] {
  return (['cup-bcd', 'ascii-binmap'] as const).flatMap((dialect) => {
    const { message, bytes } = purchaseOf(dialect);
    const layout = dialects[dialect];
    const codec = compileCodec(layout);
    const oracle = dialect === 'cup-bcd' ? jsposOracle(layout) : iso8583Oracle(layout);
    const of = (name: Contender['name'], encode: () => unknown, decode: () => unknown): Contender[] => [
      { name, dialect, does: 'encode', run: encode },
      { name, dialect, does: 'decode', run: decode },
    ];
    return [
      ...of(
        'ours',
        () => codec.encode(message),
        () => codec.decode(bytes),
      ),
      ...of(oracle.name, oracle.writing(message), oracle.reading(bytes)),
    ];
  });
}

function purchaseOf(dialect: Contender['dialect']): { message: Message; bytes: Buffer } {
  const file = join(import.meta.dirname, '../../fixtures/iso8583/messages.json');
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
    vectors: readonly (Message & { id: string; hex: string })[];
  };
  const found = vectors.find(({ id }) => id === `dom-${dialect}-${purchase}`);
  if (found === undefined) throw new Error(`the fixtures have no ${purchase} in ${dialect}`);
  return { message: { mti: found.mti, fields: found.fields }, bytes: Buffer.from(found.hex, 'hex') };
}

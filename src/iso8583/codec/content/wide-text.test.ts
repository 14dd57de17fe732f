import { expect, test } from 'vitest';
import { asBytes, openReading, startReading } from '#iso8583/codec/reading.ts';
import { gbkText } from './wide-text.ts';

const decoder = new TextDecoder('gbk', { fatal: true });

function read(bytes: Uint8Array): string | null {
  const from = openReading();
  startReading(from, bytes);
  return gbkText.read(from, bytes.length);
}

test('every pair of GBK that is a character is read as the platform reads it, and written as itself', () => {
  let count = 0;
  const to = { bytes: asBytes(Buffer.alloc(2)), at: 0 };
  for (let pair = 0x8140; pair <= 0xffff; pair++) {
    const bytes = Buffer.of(pair >> 8, pair & 0xff);
    const text = read(bytes);
    if (text === null) continue;
    count++;
    to.at = 0;
    expect(text).toBe(decoder.decode(bytes));
    expect(gbkText.write(to, text)).toBe(2);
    expect(to.bytes.equals(bytes)).toBe(true);
  }
  // All pairs but those of private use, and one that is the ideographic space again.
  expect(count).toBe(23_940 - 2_048 - 1);
});

test('Latin and Chinese stand together, and units are bytes', () => {
  expect(read(Buffer.from('435550d3e0b6ee', 'hex'))).toBe('CUP余额');
});

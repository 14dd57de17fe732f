import { describe, expect, test } from 'vitest';
import { compileCodec } from '#iso8583/codec.ts';
import { unionpayPos } from './unionpay.ts';

const codec = compileCodec(unionpayPos);
const hexOf = (fields: Readonly<Record<number, string>>) =>
  codec.encode({ mti: '0200', fields }).toString('hex').slice(20);

describe("UnionPay's terminals", () => {
  test.each([
    ['22', 'pad the entry mode behind', '051', '0510'],
    ['23', 'pad the card sequence before', '001', '0001'],
    ['48', 'send totals as digits in BCD, counted as digits', '12'.repeat(31), `0062${'12'.repeat(31)}`],
    ['62', 'are sent working keys as bytes, counted as bytes', 'AB'.repeat(24), `0024${'ab'.repeat(24)}`],
    ['44', 'read text in GBK, counted as bytes', '余额不足', '08d3e0b6eeb2bbd7e3'],
  ])('%s: they %s', (field, ...[, value, hex]) => {
    expect(hexOf({ [field]: value })).toBe(hex);
    expect(codec.decode(codec.encode({ mti: '0200', fields: { [field]: value } }))).toEqual({
      mti: '0200',
      fields: { [field]: value },
    });
  });

  test('an entry mode that is padded before is refused: it would be another', () => {
    const bytes = codec.encode({ mti: '0200', fields: { 22: '051' } });
    bytes.set([0x00, 0x51], bytes.length - 2);
    expect(codec.decode(bytes)).toMatchObject({ error: 'wrong-padding', field: 22 });
  });
});

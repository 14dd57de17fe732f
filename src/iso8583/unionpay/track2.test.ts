import { describe, expect, test } from 'vitest';
import { readTrack2 } from './track2.ts';

describe('track 2', () => {
  test('begins with the card number, and says until when the card is good and where it may be used', () => {
    expect(readTrack2('6217001234567890123=30122061234567890')).toEqual({
      cardNumber: '6217001234567890123',
      expiry: '3012',
      serviceCode: '206',
    });
    expect(readTrack2('6228480402564890=3012')).toMatchObject({
      cardNumber: '6228480402564890',
      serviceCode: null,
    });
  });

  test.each([
    ['', 'wrong-content'],
    ['6217001234567890123', 'wrong-content'],
    ['6217001234567890123=', 'wrong-content'],
    ['6217001234567890123D3012206', 'wrong-content'],
    ['6217001234567890123=30122', 'wrong-content'],
    ['621700123=3012206', 'wrong-content'],
    ['62170012345678901234=3012206', 'wrong-content'],
    ['6217001234567890123=301220612345678901', 'wrong-length'],
  ])('that cannot be is refused, and not said', (value, error) => {
    expect(readTrack2(value)).toEqual({ error, field: 35, subField: null });
  });
});

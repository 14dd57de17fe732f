import { describe, expect, test } from 'vitest';
import { isSimple } from './query-password.ts';

describe('six digits', () => {
  test.each(['000000', '111111', '999999', '012345', '123456', '456789', '987654', '543210'])(
    '%s are too simple: equal, or a run up or down',
    (digits) => expect(isSimple(digits)).toBe(true),
  );

  test.each(['246813', '135790', '112233', '123457', '890123', '100000', '987655'])('%s will do', (digits) =>
    expect(isSimple(digits)).toBe(false),
  );

  test.each(['', '12345', '1234567', '12345a', '１２３４５６', '123456\n'])('%j are none', (digits) =>
    expect(() => isSimple(digits)).toThrow(RangeError),
  );
});

import { expect, test } from 'vitest';
import { causeTexts, fileCauses } from './causes.ts';

test.each([...Object.keys(fileCauses), 'card-closed', 'no-tariff'])(
  '%s is said in both languages',
  (cause) => {
    const { zh, en } = causeTexts(cause);
    expect(zh).toMatch(/^\p{Script=Han}+$/u);
    expect(en).toMatch(/^[A-Z][\x20-\x7e]+$/);
  },
);

test('a cause that nobody has worded is still told by its code', () => {
  expect(causeTexts('over-balance-limit')).toEqual({
    zh: '被拒绝:over-balance-limit',
    en: 'Refused: over-balance-limit',
  });
});

import { describe, expect, test } from 'vitest';
import { isRequestId, requestIdLetters } from './request-id.ts';

describe('a name of a request', () => {
  test.each([
    ['of ours', requestIdLetters],
    ['a random UUID', '3f2a9c1e-5b7d-4c8e-9a1f-0b2d4e6f8a1c'],
    ['a UUID that begins with the time', '0199b3a1-7c2e-7d4f-8a5b-c6d7e8f9a0b1'],
  ])('is %s', (_, id) => {
    expect(isRequestId(id)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['two of them', [requestIdLetters, requestIdLetters]],
    ['a card number', '6223164991230014'],
    ['a card number dressed as a UUID', '62231649-9123-4014-8abc-0b2d4e6f8a1c'],
    ['a key', '000102030405060708090a0b0c0d0e0f'],
    ['a UUID of no version that we know', '3f2a9c1e-5b7d-1c8e-9a1f-0b2d4e6f8a1c'],
    ['a UUID in capitals', '3F2A9C1E-5B7D-4C8E-9A1F-0B2D4E6F8A1C'],
    ['a word', 'checkout'],
    ['one of ours with more behind it', `${requestIdLetters}\n`],
    ['a password', 'Correct-Horse-9-Battery'],
  ])('is not %s', (_, id) => {
    expect(isRequestId(id)).toBe(false);
  });
});

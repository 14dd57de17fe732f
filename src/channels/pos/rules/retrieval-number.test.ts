import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstIdOfGroup } from '#platform/ids.ts';
import { approvalCode, readRetrievalNumber, retrievalNumber } from './retrieval-number.ts';

test('an id is found again in its retrieval number', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 36n ** 12n - 1n), (id) => {
      expect(readRetrievalNumber(retrievalNumber(id))).toBe(id);
      expect(approvalCode(retrievalNumber(id))).toBe(retrievalNumber(id).slice(6));
    }),
  );
});

test('ids fit until 2060', () => {
  expect(retrievalNumber(firstIdOfGroup(255, Date.UTC(2060, 0, 1), 0n))).toHaveLength(12);
});

test('what is no retrieval number names nothing', () => {
  for (const text of [undefined, '', '000000000000', '12345678901', 'abcdefghijkl', '1234567890 2'])
    expect(readRetrievalNumber(text)).toBeNull();
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isRequestId } from '#platform/rules/request-id.ts';
import { currentRequestId, newRequestId, runAsRequest } from './current-request.ts';

test('each new id is another one, and of the shape that is accepted', () => {
  const ids = Array.from({ length: 5_000 }, newRequestId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !isRequestId(id))).toEqual([]);
});

test('what a request waits for is still its own, however many are under way', async () => {
  const seen = await Promise.all(
    ['one', 'two', 'three'].map((id, place) =>
      runAsRequest(id, async () => {
        await sleep(10 - place * 3);
        return currentRequestId();
      }),
    ),
  );
  expect(seen).toEqual(['one', 'two', 'three']);
  expect(currentRequestId()).toBeUndefined();
});

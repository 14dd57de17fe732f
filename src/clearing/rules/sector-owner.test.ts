import { expect, test } from 'vitest';
import { smallReference } from '#testing/small/group.ts';
import { cardRef, townRequest } from '#testing/town.ts';
import { sectorOwner } from './sector-owner.ts';

test('a sector that keeps something about cards is read by the card account of the request', () => {
  const request = townRequest(1, { card: cardRef(7) });
  expect(sectorOwner(request, smallReference)).toBe(cardRef(7).cardAccountId);
});

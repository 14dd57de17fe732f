import { expect, test } from 'vitest';
import { cardField, presentedCard } from './card-number.ts';

const card = '6217001234567890123';

test('a card is presented by its number, its track, or both', () => {
  expect(presentedCard({ 2: card })).toBe(card);
  expect(presentedCard({ 35: `${card}=30122061234567890` })).toBe(card);
  expect(presentedCard({ 2: card, 35: `${card}=3012` })).toBe(card);
  expect(presentedCard({})).toBeNull();
});

test('a card that is missing or none is told by the field it would stand in', () => {
  expect(cardField({})).toBe(2);
  expect(cardField({ 2: '1' })).toBe(2);
  expect(cardField({ 2: '6228480402564890', 35: `${card}=3012` })).toBe(35);
});

test("a number that is not the track's is no card", () => {
  expect(presentedCard({ 2: '6228480402564890', 35: `${card}=3012` })).toBe('format');
  expect(presentedCard({ 35: '=3012' })).toBe('format');
  expect(presentedCard({ 2: '1' })).toBe('format');
});

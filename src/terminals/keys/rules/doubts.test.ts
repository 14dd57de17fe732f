import { expect, test } from 'vitest';
import { openDoubts } from './doubts.ts';

const wrong = (terminalId: number) => ({ terminalId, isRight: false });
const right = (terminalId: number) => ({ terminalId, isRight: true });

test('ten wrong MACs of a terminal in a row are enough', () => {
  const doubts = openDoubts();
  for (let tries = 1; tries < 10; tries++) expect(doubts.areEnough(wrong(1))).toBe(false);
  expect(doubts.areEnough(wrong(1))).toBe(true);
});

test('a right MAC of the terminal ends the row, one of another terminal does not', () => {
  const doubts = openDoubts();
  for (let tries = 1; tries < 10; tries++) doubts.areEnough(wrong(1));
  expect(doubts.areEnough(right(1))).toBe(false);
  for (let tries = 1; tries < 10; tries++) expect(doubts.areEnough(wrong(1))).toBe(false);
  doubts.areEnough(right(2));
  expect(doubts.areEnough(wrong(1))).toBe(true);
});

test('a terminal has proved itself by one right MAC, and no other has', () => {
  const doubts = openDoubts();
  doubts.areEnough(wrong(1));
  expect(doubts.hasProved(1)).toBe(false);
  doubts.areEnough(right(1));
  expect([doubts.hasProved(1), doubts.hasProved(2)]).toEqual([true, false]);
});

test('many terminals behind one connection may be wrong once each, and no more than a hundred at a time', () => {
  const doubts = openDoubts();
  for (let id = 1; id <= 100; id++) expect(doubts.areEnough(wrong(id))).toBe(false);
  doubts.areEnough(right(1));
  expect(doubts.areEnough(wrong(101))).toBe(false);
  expect(doubts.areEnough(wrong(102))).toBe(true);
});

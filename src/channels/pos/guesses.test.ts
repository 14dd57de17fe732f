import { expect, test } from 'vitest';
import { countGuesses, type Sender } from './guesses.ts';

const from = (address: string, proved: readonly number[] = []): Sender => ({
  address,
  hasProved: (terminalId) => proved.includes(terminalId),
});
let now = 1_000_000;
const spent = () => {
  const guesses = countGuesses(() => now);
  for (let wrong = 0; wrong < 10; wrong++) {
    expect(guesses.areTooMany(from('10.0.0.1'), 12)).toBe(false);
    guesses.note(from('10.0.0.1'), 12);
  }
  return guesses;
};

test('ten wrong MACs in a terminal’s name from one address are all that is looked at in a minute', () => {
  const guesses = spent();
  expect(guesses.areTooMany(from('10.0.0.1'), 12)).toBe(true);
  now += 59_999;
  expect(guesses.areTooMany(from('10.0.0.1'), 12)).toBe(true);
  now += 1;
  expect(guesses.areTooMany(from('10.0.0.1'), 12)).toBe(false);
});

test('the terminal itself is let in from another address, and on a connection that showed its key', () => {
  const guesses = spent();
  expect(guesses.areTooMany(from('10.0.0.2'), 12)).toBe(false);
  expect(guesses.areTooMany(from('10.0.0.1', [12]), 12)).toBe(false);
  expect(guesses.areTooMany(from('10.0.0.1', [13]), 12)).toBe(true);
  expect(guesses.areTooMany(from('10.0.0.1'), 13)).toBe(false);
});

test('one network of IPv6 is one address', () => {
  const guesses = countGuesses(() => now);
  for (let wrong = 0; wrong < 10; wrong++) guesses.note(from(`2001:db8:1:2::${wrong}`), 12);
  expect(guesses.areTooMany(from('2001:db8:1:2:3::4'), 12)).toBe(true);
  expect(guesses.areTooMany(from('2001:db8:1:3::4'), 12)).toBe(false);
});

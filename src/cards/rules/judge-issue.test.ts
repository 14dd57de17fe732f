import { describe, expect, test } from 'vitest';
import { heldKey, judgeIssue } from './judge-issue.ts';

const asked = (number: string, person: string, product = 'standard') => ({
  numberDigest: number,
  idNumberDigest: person,
  product,
});
const nobody = { numbers: new Map(), held: new Map() };

describe('a batch of cards', () => {
  test('is issued whole where nobody has anything, a person with two products too', () => {
    const cards = [asked('n1', 'p1'), asked('n2', 'p2'), asked('n3', 'p1', 'senior')];
    expect(judgeIssue(cards, nobody, null)).toEqual([null, null, null]);
  });

  test('refuses a number that a card has, and a product that a person has', () => {
    const taken = {
      numbers: new Map([['n1', null]]),
      held: new Map([[heldKey(asked('', 'p2')), 4n]]),
    };
    expect(judgeIssue([asked('n1', 'p1'), asked('n2', 'p2')], taken, 5n)).toEqual([
      'card-number-taken',
      'person-has-card',
    ]);
  });

  test('tells a line that stands twice in its file, in this batch or an earlier one', () => {
    const taken = {
      numbers: new Map([['n9', 5n]]),
      held: new Map([[heldKey(asked('', 'p9')), 5n]]),
    };
    const cards = [
      asked('n1', 'p1'),
      asked('n1', 'p2'),
      asked('n2', 'p1'),
      asked('n9', 'p3'),
      asked('n3', 'p9'),
    ];
    expect(judgeIssue(cards, taken, 5n)).toEqual([
      null,
      'duplicate-in-file',
      'duplicate-in-file',
      'duplicate-in-file',
      'duplicate-in-file',
    ]);
  });

  test('a line that is not issued takes nothing from those after it', () => {
    const taken = { numbers: new Map(), held: new Map([[heldKey(asked('', 'p1')), null]]) };
    expect(judgeIssue([asked('n1', 'p1'), asked('n1', 'p2')], taken, 5n)).toEqual(['person-has-card', null]);
  });

  test('without a file there is no line that stands twice', () => {
    const cards = [asked('n1', 'p1'), asked('n1', 'p2'), asked('n2', 'p1')];
    expect(judgeIssue(cards, nobody, null)).toEqual([null, 'card-number-taken', 'person-has-card']);
  });
});

import { expect, test } from 'vitest';
import { parseJson } from './parse-json.ts';

test('a text that is JSON is read', () => {
  expect(parseJson('{"a": [1, 2]}')).toEqual({ json: { a: [1, 2] } });
  expect(parseJson('null')).toEqual({ json: null });
});

test.each([
  ['{"a": a}', 1, 7],
  ['{"a": 1,}', 1, 9],
  ['[1 2]', 1, 4],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
  ['{\n  a: 1\n}', 2, 3],
  ["{'a': 1}", 1, 2],
  ['[tru, 1]', 1, 5],
  ['["\\x"]', 1, 4],
  ['["a\tb"]', 1, 4],
  ['[01]', 1, 3],
  ['{"a": 1}\nx', 2, 1],
  ['{"a": 1', 1, 8],
  ['{"a": "b', 1, 9],
  ['{', 1, 2],
  ['', 1, 1],
])('of %j the first wrong character is told by its line and column', (text, line, column) => {
  expect(parseJson(text)).toEqual({ wrongAt: { line, column } });
});

import { expect, test } from 'vitest';
import { contractsFrom, generationOf, schemaGeneration, sessionName } from './generation.ts';

test('a session says which schema it asks of', () => {
  expect(generationOf(sessionName('lane'))).toBe(schemaGeneration);
  expect(generationOf('one-card lane, schema 17')).toBe(17);
});

test('one whose name does not say so is of the versions before names did', () => {
  expect(['one-card', 'one-card lane', 'one-card backup'].map(generationOf)).toEqual([1, 1, 1]);
});

test('what is not ours has none', () => {
  expect(['psql', '', 'one-cardinal', 'other, schema 1'].map(generationOf)).toEqual([null, null, null, null]);
});

test('a migration says from which schema on it may drop what was used before', () => {
  expect(
    contractsFrom('-- run outside a transaction\n-- when no session before schema 2 is there\ndrop'),
  ).toBe(2);
  expect(contractsFrom('-- when no session is there\ndrop')).toBeNull();
});

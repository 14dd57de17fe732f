import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choiceOf, dayOf, numberOf, readListQuery, textOf } from './list-query.ts';

const form = {
  filters: [
    choiceOf('sector', ['shops', 'transit']),
    numberOf('participant'),
    dayOf('since'),
    textOf('name', /^[^<>]{1,20}$/),
  ],
  afterPattern: /^\d{1,9}$/,
};
const read = (text: string) => readListQuery(new URLSearchParams(text), form);

describe('the query of a list', () => {
  test('says what it says, in the order of the filters', () => {
    expect(read('participant=17&sector=shops&after=5')).toEqual({
      said: { sector: 'shops', participant: '17' },
      after: '5',
    });
    expect(read('')).toEqual({ said: {}, after: null });
  });

  test('a word without a value says nothing, as a form sends it', () => {
    expect(read('sector=&participant=++&name=')).toEqual({ said: {}, after: null });
  });

  test.each([
    ['colour=red', [{ word: 'colour', fault: 'unknown' }]],
    ['colour=', [{ word: 'colour', fault: 'unknown' }]],
    ['6217001234567890=1', [{ word: '…', fault: 'unknown' }]],
    ['sector=fish', [{ word: 'sector', fault: 'shape' }]],
    ['sector=shops|transit', [{ word: 'sector', fault: 'shape' }]],
    ['sector=shops&sector=transit', [{ word: 'sector', fault: 'twice' }]],
    ['participant=01', [{ word: 'participant', fault: 'shape' }]],
    ['since=2026-13-01', [{ word: 'since', fault: 'shape' }]],
    ['since=2026-1-1', [{ word: 'since', fault: 'shape' }]],
    ['after=x', [{ word: 'after', fault: 'shape' }]],
    ['name=<b>', [{ word: 'name', fault: 'shape' }]],
  ])('%s is refused, and not ignored', (text, faults) => {
    expect(read(text)).toEqual({ faults });
  });

  test('what is needed must be said', () => {
    const needs = { ...form, filters: [{ ...numberOf('participant'), needed: true as const }] };
    const needed = { faults: [{ word: 'participant', fault: 'needed' }] };
    expect(readListQuery([], needs)).toEqual(needed);
    expect(readListQuery([['participant', '']], needs)).toEqual(needed);
    expect(readListQuery([['participant', '7']], needs)).toEqual({ said: { participant: '7' }, after: null });
  });

  test('whatever is sent, nothing is taken that its filter does not allow', () => {
    const word = fc.constantFrom('sector', 'participant', 'since', 'name', 'after', 'x', '__proto__');
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.string()), { maxLength: 5 }), (pairs) => {
        const answer = readListQuery(pairs, form);
        if ('faults' in answer) return;
        for (const [name, value] of Object.entries(answer.said))
          expect(form.filters.find((filter) => filter.word === name)?.pattern.test(value)).toBe(true);
      }),
    );
  });
});

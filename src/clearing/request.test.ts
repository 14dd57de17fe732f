import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustsField } from '#idempotency/rules/adjusted-sale.ts';
import { sectors } from '#sectors/all.ts';
import { townRequest } from '#testing/town.ts';
import { detailFields, detailText, pinnedDetail, saidDetail } from './request.ts';

const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((text) => text !== 'final' && text !== adjustsField);
const fields = fc.dictionary(name, fc.stringMatching(/^[A-Z0-9=.-]{1,12}$/), { maxKeys: 4 });
const asking = (detail: Record<string, string>, final = false) => townRequest(1, { detail, final });

describe('what a request says, and what its sector notes', () => {
  test.for([
    [{}, {}, null],
    [{ line: '5' }, {}, 'line=5'],
    [{}, { pass: 'T20' }, ';;pass=T20'],
    [{ line: '5' }, { pass: 'T20', bought: '7' }, 'line=5;;bought=7;pass=T20'],
  ] as const)('%j with %j is kept as %s', ([detail, note, text]) => {
    expect(pinnedDetail(asking(detail), note)).toBe(text);
  });

  test('a repeat has to say what the request said, and not what was noted', () => {
    fc.assert(
      fc.property(fields, fields, fc.boolean(), (detail, note, final) => {
        const request = asking(detail, final);
        expect(saidDetail(pinnedDetail(request, note))).toBe(detailText(request));
      }),
    );
  });

  test('the sale that is given another total is part of what a repeat says again, and no sector has such a field', () => {
    const request = { ...asking({ line: '5' }), adjusts: 42 };
    expect(pinnedDetail(request, { pass: 'T20' })).toBe('adjusts=42;line=5;;pass=T20');
    expect(detailText(request)).not.toBe(detailText(asking({ line: '5' })));
    for (const { detail } of sectors) expect(detail.safeParse({ [adjustsField]: '42' }).success).toBe(false);
  });

  test('the holder reads both', () => {
    fc.assert(
      fc.property(fields, fields, (detail, noted) => {
        const note = Object.fromEntries(Object.entries(noted).filter(([field]) => !(field in detail)));
        expect(detailFields(pinnedDetail(asking(detail), note))).toEqual({ ...detail, ...note });
      }),
    );
  });
});

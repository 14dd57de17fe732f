import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { purses } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { detailsOf } from '#testing/sector-details.ts';
import { sectorNamed, sectorOfCode, sectors } from './all.ts';

describe('the list of sectors', () => {
  test('no two sectors share a name or a code', () => {
    expect(new Set(sectors.map((sector) => sector.name)).size).toBe(sectors.length);
    expect(new Set(sectors.map((sector) => sector.code)).size).toBe(sectors.length);
  });

  test('a sector is found by its name and by its code; a code that no sector has is a fault', () => {
    for (const sector of sectors) {
      expect(sectorNamed(sector.name)).toBe(sector);
      expect(sectorOfCode(sector.code)).toBe(sector);
    }
    expect(sectorNamed('nowhere')).toBeUndefined();
    expect(() => sectorOfCode(0)).toThrow(RangeError);
  });

  // The codes stand in the journal: a line here is added with a sector and never changed.
  test.for([
    ['shops', 1],
    ['transit', 2],
    ['top-up', 3],
    ['medical', 5],
    ['utilities', 4],
    ['subsidies', 6],
  ] as const)('%s keeps the code %i', ([name, code]) => {
    expect(sectorNamed(name)?.code).toBe(code);
  });
});

// What every sector must do, whoever writes it. A new sector passes by being added to the list.
describe.for(sectors.map((sector) => [sector.name, sector] as const))('the sector %s', ([, sector]) => {
  const details = detailsOf(sector);

  test('its name is a word for keys and addresses, and its code fits the journal', () => {
    expect(sector.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(Number.isInteger(sector.code) && sector.code > 0 && sector.code < 32_768).toBe(true);
    expect(['pays', 'loads']).toContain(sector.direction);
  });

  test('its own fields are text, and a field it does not know is refused', () => {
    fc.assert(
      fc.property(details, (detail) => {
        expect(sector.detail.parse(detail)).toEqual(detail);
        expect(sector.detail.safeParse({ ...detail, surprise: 'x' }).success).toBe(false);
        for (const name of Object.keys(detail))
          expect(sector.detail.safeParse({ ...detail, [name]: 7 }).success).toBe(false);
      }),
    );
  });

  test('its own fields are kept as "name=value;…", so that they cannot be mistaken for one another', () => {
    fc.assert(
      fc.property(details, (detail) => {
        for (const [name, text] of Object.entries(detail)) {
          expect(name).not.toMatch(/[=;]|^final$/);
          expect(text).not.toMatch(/[;\0]/);
        }
      }),
    );
  });

  test('one that loads names the purse that a load goes to; one that pays leaves it to the purse rules', () => {
    expect(sector.loads !== undefined).toBe(sector.direction === 'loads');
    fc.assert(
      fc.property(details, (detail) => {
        const loaded = sector.loads?.(detail);
        if (loaded === undefined) return;
        expect(purses).toContain(loaded);
        expect(sector.loads?.({ ...detail })).toBe(loaded);
      }),
    );
  });

  test('it takes back also what it knows nothing about: what it keeps then is nothing or a state', () => {
    const undone = {
      entryId: 8_000_000_000_000_000n,
      participantId: 1,
      amountFen: fen(100),
      whole: true,
      detail: {},
      nowMs: Date.UTC(2026, 10, 22),
    };
    const after = sector.undo(undone, undefined);
    expect(after).not.toBeUndefined();
    expect(sector.undo(undone, undefined)).toEqual(after);
  });

  test('one that redoes leaves what it kept before it took something back, or nothing where it knew nothing', () => {
    const what = { entryId: 8_000_000_000_000_000n, participantId: 1, amountFen: fen(100), detail: {} };
    const undone = { ...what, nowMs: Date.UTC(2026, 10, 22) };
    const nothing = sector.undo({ ...undone, whole: true }, undefined);
    if (sector.redo === undefined) return;
    expect(sector.redo(undone, nothing ?? undefined)).toEqual(nothing);
  });
});

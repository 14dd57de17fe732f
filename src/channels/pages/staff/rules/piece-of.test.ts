import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pieceOf } from './piece-of.ts';

test('pieces one after the other are the whole list, sorted, none twice', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 })),
      fc.integer({ min: 1, max: 5 }),
      (keys, limit) => {
        const seen: string[] = [];
        let after: string | null = null;
        for (;;) {
          const piece: string[] = pieceOf(keys, (key) => key, { after, limit });
          seen.push(...piece);
          if (piece.length < limit) break;
          after = piece.at(-1) ?? null;
        }
        expect(seen).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)));
      },
    ),
  );
});

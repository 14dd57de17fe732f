import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sectorTotals, sumOfSectors } from './sector-totals.ts';

const total = fc.record({
  sector: fc.constantFrom('shops', 'transit', 'medical'),
  creditFen: fc.bigInt(0n, 1_000_000n),
  debitFen: fc.bigInt(0n, 1_000_000n),
  creditCount: fc.nat(1_000),
  debitCount: fc.nat(1_000),
});

test('sectors add up to what the participants add up to, one row each, in order', () => {
  fc.assert(
    fc.property(fc.array(total), (totals) => {
      const sectors = sectorTotals(totals);
      const sum = (rows: readonly { creditFen: bigint; debitFen: bigint }[]) =>
        rows.reduce((all, row) => all + row.creditFen - row.debitFen, 0n);
      expect(sum(sectors)).toBe(sum(totals));
      expect(sectors.reduce((all, row) => all + row.netFen, 0n)).toBe(sum(totals));
      expect(sectors.reduce((all, row) => all + row.participants, 0)).toBe(totals.length);
      expect(sumOfSectors(sectors)).toMatchObject({ netFen: sum(totals), participants: totals.length });
      const counts = (rows: readonly { creditCount: number; debitCount: number }[]) =>
        rows.reduce((all, row) => all + row.creditCount - row.debitCount, 0);
      expect(counts([sumOfSectors(sectors)])).toBe(counts(totals));
      const names = sectors.map(({ sector }) => sector);
      expect(names).toEqual([...new Set(totals.map(({ sector }) => sector))].sort());
    }),
  );
});

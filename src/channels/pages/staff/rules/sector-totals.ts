/** What a day comes to for one participant, with where it belongs. */
interface ParticipantTotal {
  readonly sector: string;
  readonly creditFen: bigint;
  readonly debitFen: bigint;
  readonly creditCount: number;
  readonly debitCount: number;
}

/** The same for all participants of a sector. */
export interface SectorTotal extends ParticipantTotal {
  readonly participants: number;
  readonly netFen: bigint;
}

/** Adds up a day's totals by sector, in the order of the sectors' names; nothing is lost on the way. */
export function sectorTotals(totals: readonly ParticipantTotal[]): SectorTotal[] {
  const sums = new Map<string, SectorTotal>();
  for (const total of totals) {
    const sum = sums.get(total.sector);
    sums.set(total.sector, {
      sector: total.sector,
      participants: (sum?.participants ?? 0) + 1,
      creditFen: (sum?.creditFen ?? 0n) + total.creditFen,
      debitFen: (sum?.debitFen ?? 0n) + total.debitFen,
      creditCount: (sum?.creditCount ?? 0) + total.creditCount,
      debitCount: (sum?.debitCount ?? 0) + total.debitCount,
      netFen: (sum?.netFen ?? 0n) + total.creditFen - total.debitFen,
    });
  }
  return [...sums.values()].sort((a, b) => (a.sector < b.sector ? -1 : 1));
}

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
    const netFen = total.creditFen - total.debitFen;
    sums.set(total.sector, plus(sums.get(total.sector), { ...total, participants: 1, netFen }));
  }
  return [...sums.values()].sort((a, b) => (a.sector < b.sector ? -1 : 1));
}

/** What all sectors together come to. */
export function sumOfSectors(sectors: readonly SectorTotal[]): SectorTotal {
  return sectors.reduce(plus, nothing);
}

const nothing: SectorTotal = {
  ...{ sector: '', participants: 0, creditCount: 0, debitCount: 0 },
  ...{ creditFen: 0n, debitFen: 0n, netFen: 0n },
};

function plus(sum: SectorTotal | undefined, more: SectorTotal): SectorTotal {
  if (sum === undefined) return more;
  return {
    sector: sum.sector,
    participants: sum.participants + more.participants,
    creditFen: sum.creditFen + more.creditFen,
    debitFen: sum.debitFen + more.debitFen,
    creditCount: sum.creditCount + more.creditCount,
    debitCount: sum.debitCount + more.debitCount,
    netFen: sum.netFen + more.netFen,
  };
}

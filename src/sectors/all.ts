import type { Sector } from './contract.ts';
import { medical } from './medical/medical.ts';
import { shops } from './shops/shops.ts';
import { subsidies } from './subsidies/subsidies.ts';
import { topUp } from './top-up/top-up.ts';
import { transit } from './transit/transit.ts';
import { utilities } from './utilities/utilities.ts';

/** Every sector there is. A new one is a folder and a line here. */
export const sectors: readonly Sector[] = [shops, transit, topUp, utilities, medical, subsidies];

/** Those that a terminal may post by itself. */
export const terminalSectors: readonly Sector[] = sectors.filter((sector) => sector.ofRoom !== true);

const byName = new Map(sectors.map((sector) => [sector.name, sector]));
const byCode = new Map(sectors.map((sector) => [sector.code, sector]));

export function sectorNamed(name: string): Sector | undefined {
  return byName.get(name);
}

/** The sector of a code that the journal holds; one that is gone is a fault. */
export function sectorOfCode(code: number): Sector {
  const sector = byCode.get(code);
  if (sector === undefined) throw new RangeError('a sector code that no sector has');
  return sector;
}

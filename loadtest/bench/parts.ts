import type { Part, Wants } from './figures/measured.ts';
import { httpParts } from './http-parts.ts';
import { measureOurs, type OurLoad, openOurs } from './our-way.ts';
import { measureRaw, openRaw } from './raw-limit.ts';
import { buildUsualTown, measureUsual, openUsualWay } from './usual-way.ts';
import type { World } from './world.ts';

/** Opens what is asked for, in the order in which a round runs it. */
export async function openParts(world: World, wants: Wants): Promise<Part[]> {
  return [
    ...(await usualParts(world, wants)),
    ...(await ourParts(world, wants)),
    ...(await rawParts(world, wants)),
    ...(await httpParts(world, wants)),
  ];
}

async function usualParts(world: World, wants: Wants): Promise<Part[]> {
  const loads = [1, 8, 32].filter((inFlight) => wants(`a${inFlight}`));
  if (loads.length === 0) return [];
  await buildUsualTown(world);
  const db = openUsualWay(world);
  return loads.map((inFlight) => ({
    name: `a${inFlight}`,
    what: `the usual way, ${inFlight} in flight`,
    measure: (seconds) => measureUsual(world, db, { inFlight, seconds }),
  }));
}

const ourLoads: readonly (Omit<OurLoad, 'seconds'> & { name: string; what: string })[] = [
  ...[1, 8, 32, 128, 512].map((inFlight) => ({
    name: `b${inFlight}`,
    inFlight,
    what: `our path, ${inFlight} in flight`,
  })),
  { name: 'd', inFlight: 512, oneMerchant: true, what: 'our path, 512 in flight, all to one participant' },
];

async function ourParts(world: World, wants: Wants): Promise<Part[]> {
  const loads = ourLoads.filter(({ name }) => wants(name));
  if (loads.length === 0) return [];
  const ours = await openOurs(world);
  return loads.map((load) => ({
    name: load.name,
    what: load.what,
    measure: (seconds) => measureOurs(world, ours, { ...load, seconds }),
  }));
}

async function rawParts(world: World, wants: Wants): Promise<Part[]> {
  if (!wants('c')) return [];
  const lanes = await openRaw(world);
  return [
    {
      name: 'c',
      what: 'the same rows only: groups of 512, two connections',
      measure: (seconds) => measureRaw(world, lanes, seconds),
    },
  ];
}

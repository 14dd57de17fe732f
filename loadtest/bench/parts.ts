import type { Part, Wants } from './figures/measured.ts';
import { httpParts } from './http-parts.ts';
import { measureOurs, type OurLoad, type Ours, openOurs } from './our-way.ts';
import { measureRaw, openRaw } from './raw-limit.ts';
import { tcpParts } from './tcp-parts.ts';
import { buildUsualTown, measureUsual, openUsualWay } from './usual-way.ts';
import type { World } from './world.ts';

/**
 * Opens what is asked for, in the order in which a round runs it. Both towns are always built: every part then
 * meets the same books, and the parts with a service need purses that are filled.
 */
export async function openParts(world: World, wants: Wants): Promise<Part[]> {
  await buildUsualTown(world);
  const ours = await openOurs(world);
  const parts = [...usualParts(world), ...ourParts(world, ours), ...(await rawParts(world))];
  const served = [...(await httpParts(world, wants)), ...(await tcpParts(world, wants))];
  return [...parts.filter(({ name }) => wants(name)), ...served];
}

function usualParts(world: World): Part[] {
  const db = openUsualWay(world);
  return [1, 8, 32].map((inFlight) => ({
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

function ourParts(world: World, ours: Ours): Part[] {
  return ourLoads.map((load) => ({
    name: load.name,
    what: load.what,
    measure: (seconds) => measureOurs(world, ours, { ...load, seconds }),
  }));
}

async function rawParts(world: World): Promise<Part[]> {
  const lanes = await openRaw(world);
  return [
    {
      name: 'c',
      what: 'the same rows only: groups of 512, two connections',
      measure: (seconds) => measureRaw(world, lanes, seconds),
    },
  ];
}

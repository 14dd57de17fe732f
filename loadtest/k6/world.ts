import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { admitToken } from '#access/tokens.ts';
import { openClearing } from '#clearing/open.ts';
import { seedUtilities, utilities } from '#demo/utilities.ts';
import { presentCards } from '#loadtest/bench/http/present-cards.ts';
import { terminalKeyOf } from '#loadtest/bench/http/signed-request.ts';
import { openRedis, startOn } from '#loadtest/bench/served.ts';
import { traffic } from '#loadtest/bench/workload.ts';
import { openWorld, type World } from '#loadtest/bench/world.ts';
import { openPool, type Session, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { insertTerminals } from '#terminals/store.ts';
import { addAgency } from '#testing/subsidies/subsidy-town.ts';
import { cardRef, loadTown, town } from '#testing/town.ts';
import type { Journey } from './journey-table.ts';
import { gateTerminal, holderToken } from './journeys/parts/names.ts';
import type { LoadOptions } from './options.ts';
import type { Measured } from './run-k6.ts';

/** What a journey runs on: the bench's town with gates and signed-in holders, and the service in front of it. */
export interface LoadWorld {
  readonly world: World;
  readonly addresses: readonly string[];
  readonly measured: Measured;
  readonly cards: number;
}

const cardsInAll = { short: 8_000, usual: 100_000 };
export const gates = 200;
export const holders = 2_000;

/** Builds the town, fills its purses through the one path, and starts the instances; each has seen every card. */
export async function openLoadWorld({ journey, isShort }: LoadOptions): Promise<LoadWorld> {
  const cards = isShort ? cardsInAll.short : cardsInAll.usual;
  const world = await openWorld(cards, isShort ? 'usual' : 'long');
  const owner = sessionOf(world.owner);
  await addGates(world, owner);
  await signInHolders(owner, holders);
  if (journey.beside === 'subsidies') await addAgency(owner, cards);
  if (journey.beside === 'bills') await addUtilities(world, owner);
  await fillPurses(world, journey);
  const redis = journey.withRedis ? await openRedis(world) : null;
  const servicePids: number[] = [];
  const addresses: string[] = [];
  for (let instance = 1; instance <= journey.instances; instance++) {
    const service = await startOn(world, redis);
    servicePids.push(service.pid);
    addresses.push(`http://127.0.0.1:${service.port}`);
    await presentCards({ port: service.port, cards, localDate: `2026-11-0${instance}` });
  }
  await world.owner.query('vacuum analyze');
  const { postgresPid } = world;
  return { world, cards, addresses, measured: { postgresPid, servicePids, redisPid: redis?.pid ?? null } };
}

/** One validator takes a million taps a day by its trace numbers; a rush hour has many. */
async function addGates(world: World, owner: Session): Promise<void> {
  const secrets = openSecrets(world);
  await insertTerminals(
    owner,
    Array.from({ length: gates }, (_, gate) => ({
      id: gateTerminal(gate),
      participantId: town.operatorId,
      sector: 'transit',
      allowedKinds: ['payment', 'reversal'] as const,
      batchNumber: 1,
      active: true,
      keySealed: secrets.seal(terminalKeyOf(gateTerminal(gate))),
    })),
  );
}

/** Signs in the holders of so many cards, from card 0 on. */
export async function signInHolders(owner: Session, count: number): Promise<void> {
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  for (let card = 0; card < count; card++) {
    const { cardAccountId: subjectId } = cardRef(card);
    await admitToken(owner, { role: 'holder', subjectId, token: holderToken(card), expiresAt });
  }
}

const standIn = join(import.meta.dirname, '../../fixtures/utility/stand-in.ts');

/** The demonstration's utilities, in a thread of this process, with their books in memory. */
async function addUtilities(world: World, owner: Session): Promise<void> {
  const secrets = openSecrets(world);
  const keys = Object.fromEntries(
    utilities.map(({ id }) => [id, secrets.demoSecret(`utility ${id}`).toString('hex')]),
  );
  const worker = new Worker(standIn, { workerData: { port: 0, keys, inventsBills: true } });
  world.onClose(() => worker.terminate());
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await seedUtilities(owner, secrets, port);
}

async function fillPurses({ url, cards }: World, { purse }: Journey): Promise<void> {
  const pool = openPool(url, 4);
  const silent = () => undefined;
  const clearing = await openClearing({
    url,
    pool,
    lanes: 2,
    groupSizeMax: 512,
    queueLengthMax: 8_192,
    requestTimeoutMs: 60_000,
    groupTimeoutMs: 60_000,
    watch: { groupCleared: silent, groupRunAgain: silent, answeredEarly: silent, fault: silent },
  });
  try {
    const load = { cards, amountFen: traffic.openingFen };
    await loadTown(clearing, load);
    if (purse !== 'online') await loadTown(clearing, { ...load, purse });
  } finally {
    await clearing.close();
    await pool.end();
  }
}

import { join } from 'node:path';
import { connectDemoBank, demoBank, demoBankKey } from '#demo/bank.ts';
import { seedReference } from '#demo/seed.ts';
import { seedSignIns } from '#demo/seed-sign-ins.ts';
import { seedUtilities, startDemoUtilities } from '#demo/utilities.ts';
import type { Log } from '#platform/log.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Database } from './database.ts';
import { startStandInBank } from './stand-in-bank.ts';

/** A bank and a utility for the demonstration: small real servers on this machine, stopped with the service. */
export interface DemoPlaces {
  readonly bankAddress: string;
  readonly utilityPort: number;
  stop(): Promise<void>;
}

/** Starts them. Their books are kept with the service's own data, where there is a place for it. */
export async function startDemoPlaces(
  database: Database,
  secrets: Secrets,
  { log, bankTimeoutMs }: { readonly log: Log; readonly bankTimeoutMs: number },
): Promise<DemoPlaces> {
  const journal = database.embedded ? { journal: join(database.dataDir, 'stand-in-bank.jsonl') } : {};
  const bank = await startStandInBank({
    ...journal,
    lateMs: 2 * bankTimeoutMs,
    balanceFen: 10_000_000,
    key: demoBankKey(secrets),
    clientId: demoBank.clientId,
  });
  try {
    const utilities = await startDemoUtilities(secrets, database.dataDir, log);
    const stop = async () => {
      await utilities.stop();
      await bank.stop();
    };
    return { bankAddress: bank.address, utilityPort: utilities.port, stop };
  } catch (error) {
    await bank.stop();
    throw error;
  }
}

/** Enrols the demonstration's people, prices and places. Needs the owner's pool; what is there already stays. */
export async function seedDemo(owner: Pool, secrets: Secrets, places: DemoPlaces): Promise<void> {
  const session = sessionOf(owner);
  await seedReference(session, secrets);
  await seedSignIns(owner, secrets);
  await connectDemoBank(session, secrets, places.bankAddress);
  await seedUtilities(session, secrets, places.utilityPort);
}

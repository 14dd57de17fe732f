import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { putUtilities } from '#bills/utilities/store.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { makeFolder } from '#platform/files/make-folder.ts';
import type { Log } from '#platform/log.ts';
import type { Session } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { insertTerminals } from '#terminals/store.ts';
import { terminalId } from './hainan.ts';

/** Water, power and gas of the demonstration. */
export const utilities = [
  { id: 400_001, name: '海口水务', nameEn: 'Haikou Water', sector: 'utilities', active: true, mcc: '4900' },
  { id: 400_002, name: '海南电网', nameEn: 'Hainan Power', sector: 'utilities', active: true, mcc: '4900' },
  { id: 400_003, name: '海南燃气', nameEn: 'Hainan Gas', sector: 'utilities', active: true, mcc: '4900' },
] as const;

/** Customers of the demonstration: every number of ten digits has two bills a month. */
export const demoCustomerNumber = '1000000001';

/** Where the stand-in of the demonstration listens. */
export interface DemoUtilities {
  readonly port: number;
  stop(): Promise<void>;
}

const standIn = join(import.meta.dirname, '../../fixtures/utility/stand-in.ts');
const keyOf = (secrets: Secrets, id: number) => secrets.demoSecret(`utility ${id}`);

/** Starts the utilities' own server in a thread, on a free port of this machine; its books are in the data folder. */
export async function startDemoUtilities(
  secrets: Secrets,
  dataDir: string,
  log: Log,
): Promise<DemoUtilities> {
  const folder = join(dataDir, 'demo-utilities');
  makeFolder(folder);
  const keys = Object.fromEntries(utilities.map(({ id }) => [id, keyOf(secrets, id).toString('hex')]));
  const worker = new Worker(standIn, { workerData: { port: 0, keys, folder, inventsBills: true } });
  // Without the stand-in no demonstration bill can be paid; everything else goes on.
  worker.on('error', (error) => log.error('the stand-in utility died', { error }));
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    port,
    stop: async () => {
      await worker.terminate();
    },
  };
}

const timeouts = { queryTimeoutMs: 2_000, writeOffTimeoutMs: 5_000 };
/** The place of the terminal under which a utility's bills are paid. Its key is thrown away: nobody signs for it. */
const billPlace = 9;

/** Enrols the utilities and says where they are spoken to; the port is another one at each start. */
export async function seedUtilities(owner: Session, secrets: Secrets, port: number): Promise<void> {
  await enrolParticipants(owner, utilities);
  await insertTerminals(
    owner,
    utilities.map(({ id, sector }) => ({
      id: terminalId(id, billPlace),
      participantId: id,
      sector,
      allowedKinds: ['payment', 'refund', 'reversal'],
      batchNumber: 1,
      active: true,
      keySealed: secrets.seal(randomBytes(32)),
    })),
  );
  await putUtilities(
    owner,
    utilities.map(({ id }) => ({
      ...timeouts,
      participantId: id,
      terminalId: terminalId(id, billPlace),
      baseUrl: `http://127.0.0.1:${port}/${id}`,
      keySealed: secrets.seal(keyOf(secrets, id)),
      active: true,
    })),
  );
}

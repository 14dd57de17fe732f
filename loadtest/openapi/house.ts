import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoSignIns, demoSignIns } from '#demo/sign-ins.ts';
import { readConfig } from '#platform/config.ts';
import { openLog } from '#platform/log.ts';
import { openOwnerPool, type Session, sessionOf } from '#platform/postgres.ts';
import { verify } from '#settlement/verify.ts';
import { startService } from '#start/start-service.ts';

/** The whole service with its demonstration, on data of its own. */
export interface House {
  readonly port: number;
  readonly signIns: DemoSignIns;
  /** The owner of the books: opens sessions as a sign-in does, so that nobody waits for one-time codes. */
  readonly owner: Session;
  /** Lines of the log that report a fault. */
  readonly faults: readonly string[];
  /** Whether the books hold after all of it. */
  verify(): Promise<boolean>;
  close(): Promise<void>;
}

const faultsMax = 200;

export async function openHouse(): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), 'one-card-fuzz-'));
  // The database's own user must reach it.
  chmodSync(dataDir, 0o755);
  const faults: string[] = [];
  const log = openLog('error', {
    write: (line: string) => {
      if (faults.length < faultsMax) faults.push(line);
    },
  });
  const config = readConfig({
    ...{ DATA_DIR: dataDir, DEMO: 'yes', HOST: '127.0.0.1', PORT: '0', POS_PORT: '0' },
    // The story has its webhooks sent to this machine.
    WEBHOOK_PRIVATE_NETWORKS: 'yes',
  });
  const service = await startService(config, log);
  const pool = openOwnerPool(service.database.url);
  return {
    port: Number(new URL(service.address).port),
    signIns: demoSignIns(service.secrets),
    owner: sessionOf(pool),
    faults,
    verify: async () => (await verify(pool)).ok,
    close: async () => {
      await pool.end();
      await service.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

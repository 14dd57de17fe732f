import { join } from 'node:path';
import type { Config } from '#platform/config.ts';
import { defaultDataDir, hasCluster } from '#platform/embedded/data-folder.ts';
import { isAlive } from '#platform/embedded/process-life.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import type { Log } from '#platform/log.ts';
import { StartError } from '#platform/start-error.ts';

/** The database that the service works on, and the folder for what does not belong into it. */
export interface Database {
  readonly url: string;
  readonly dataDir: string;
  readonly embedded: boolean;
  /** The process of our own server, as it is now; null where it is another's. */
  serverPid(): number | null;
  /** Starts our own server again whenever it dies; its port stays the same. */
  watch(log: Log): void;
  stop(): Promise<void>;
}

const lookEveryMs = 1_000;

/** The database of DATABASE_URL, or one of our own in the data folder. */
export async function openDatabase(config: Config): Promise<Database> {
  const dataDir = dataDirOf(config);
  const { databaseUrl: url } = config;
  if (url === undefined) return embedded(dataDir);
  const nothing = { watch: () => undefined, stop: async () => undefined };
  return { url, dataDir, embedded: false, serverPid: () => null, ...nothing };
}

/** The same for a command that works on what is there: a new database would be an empty one in the wrong folder. */
export async function openExistingDatabase(config: Config): Promise<Database> {
  const dataDir = dataDirOf(config);
  if (config.databaseUrl === undefined && !hasCluster(dataDir))
    throw new StartError(
      `文件夹 ${dataDir} 中还没有数据库:请用 DATA_DIR 指明所在文件夹,或先运行 npm start 创建。There is no database in ${dataDir} yet: say with DATA_DIR where it is, or make one with npm start.`,
    );
  return openDatabase(config);
}

function dataDirOf({ dataDir }: Config): string {
  return dataDir ?? defaultDataDir(join(import.meta.dirname, '../..'));
}

async function embedded(dataDir: string): Promise<Database> {
  let server = await startEmbeddedPostgres({ dataDir });
  let timer: NodeJS.Timeout | undefined;
  let starting: Promise<void> | null = null;
  const restart = async (log: Log) => {
    log.error('the embedded database died; it is started again', { pid: server.pid });
    try {
      // The dead one is given up first, or it would count as somebody who still uses the new one.
      await server.stop();
      server = await startEmbeddedPostgres({ dataDir });
    } catch (error) {
      log.error('the embedded database could not be started again', { error });
    }
    starting = null;
  };
  return {
    url: server.url,
    dataDir,
    embedded: true,
    serverPid: () => server.pid,
    watch: (log) => {
      timer = setInterval(() => {
        if (starting === null && !isAlive(server.pid)) starting = restart(log);
      }, lookEveryMs);
    },
    stop: async () => {
      clearInterval(timer);
      await starting;
      await server.stop();
    },
  };
}

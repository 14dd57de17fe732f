import pg from 'pg';
import { type Clearing, type ClearingOptions, openClearing } from '#clearing/open.ts';
import { openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { createTestDatabase } from '#platform/testing/test-database.ts';
import { buildTown, type TownSize } from './town.ts';

/** A town on a real database of its own, and as many instances of the one path as a test opens on it. */
export interface TestTown {
  readonly url: string;
  /** As the service sees the books. */
  readonly pool: Pool;
  /** The owner of the books: may write reference data, add constraints, end other sessions. */
  readonly owner: pg.Pool;
  open(options?: Partial<ClearingOptions>): Promise<Clearing>;
  /** Closes every instance and drops the database. */
  close(): Promise<void>;
}

const silent: ClearingOptions['watch'] = {
  groupCleared: () => undefined,
  groupRunAgain: () => undefined,
  answeredEarly: () => undefined,
  fault: () => undefined,
};

/** A town of the size given, or one that the caller builds himself. */
export async function openTestTown(
  size: TownSize | ((owner: ReturnType<typeof sessionOf>) => Promise<void>),
): Promise<TestTown> {
  const database = await createTestDatabase();
  const { url } = database;
  const owner = new pg.Pool({ connectionString: url, max: 2 });
  owner.on('error', () => undefined);
  const pool = openPool(url, 4);
  const instances: Clearing[] = [];
  if (typeof size === 'function') await size(sessionOf(owner));
  else await buildTown(sessionOf(owner), size);
  return {
    url,
    pool,
    owner,
    open: async (options = {}) => {
      const clearing = await openClearing({
        url,
        pool,
        lanes: 1,
        // Tests that ask for two lanes want both of them used, however little is under way.
        spreadFrom: 0,
        groupSizeMax: 200,
        queueLengthMax: 20_000,
        requestTimeoutMs: 20_000,
        groupTimeoutMs: 10_000,
        watch: silent,
        ...options,
      });
      instances.push(clearing);
      return clearing;
    },
    close: async () => {
      await Promise.all(instances.map((clearing) => clearing.close()));
      await Promise.all([pool.end(), owner.end()]);
      await database.drop();
    },
  };
}

import pg from 'pg';
import { shardingClasses } from './classes.ts';
import { readCatalogue } from './read-catalogue.ts';
import { type Catalogue, citusScript, judgeSharding } from './rules/judge-sharding.ts';

export interface ShardingFindings {
  readonly catalogue: Catalogue;
  /** How many tables are in each class. */
  readonly counts: Readonly<Record<'bucket' | 'reference' | 'local', number>>;
  readonly problems: readonly string[];
  /** drizzle/citus.sql as it should be. */
  readonly script: string;
}

/** Whether the tables of a migrated database can be spread over machines as their classes say. */
export async function checkSharding(url: string): Promise<ShardingFindings> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const catalogue = await readCatalogue(client);
    const classes = Object.values(shardingClasses);
    const count = (wanted: string) => classes.filter((found) => found === wanted).length;
    return {
      catalogue,
      counts: { bucket: count('bucket'), reference: count('reference'), local: count('local') },
      problems: judgeSharding(catalogue, shardingClasses),
      script: citusScript(shardingClasses),
    };
  } finally {
    await client.end();
  }
}

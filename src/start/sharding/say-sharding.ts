import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { checkSharding } from '#platform/schema/sharding/check-sharding.ts';

export interface ShardingOrder {
  /** The file of drizzle/citus.sql. */
  readonly script: string;
  /** Writes the script where it is not as it should be. */
  readonly write: boolean;
}

/** What is said of a migrated database: whether its tables could be spread over machines, and what keeps them. */
export async function sayShardingOf(
  url: string,
  { script, write }: ShardingOrder,
): Promise<{ text: string; isGood: boolean }> {
  const found = await checkSharding(url);
  if (write) writeFileSync(script, found.script);
  const isWritten = existsSync(script) && readFileSync(script, 'utf8') === found.script;
  const problems = [
    ...found.problems,
    ...(isWritten
      ? []
      : ['drizzle/citus.sql is not what the classes say: npm run check:sharding -- --write']),
  ];
  const { bucket, reference, local } = found.counts;
  const { uniqueKeys, foreignKeys } = found.catalogue;
  const lines = [
    ...problems.map((problem) => `WRONG  ${problem}`),
    `sharding: ${found.catalogue.tables.length} tables (${bucket} by bucket, ${reference} reference, ${local} local), ` +
      `${uniqueKeys.length} unique keys, ${foreignKeys.length} foreign keys, ${problems.length} wrong`,
  ];
  return { text: `${lines.join('\n')}\n`, isGood: problems.length === 0 };
}

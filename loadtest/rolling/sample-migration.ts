import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { migrationFaults } from '#platform/schema/rules/migration-rule.ts';

/** What a next version might add to the hottest table: an index, a column, and a check on it. */
const sampleMigration = `-- run outside a transaction
create index concurrently if not exists outcomes_sample on idempotency.outcomes (card_id, id);--> statement-breakpoint
alter table idempotency.outcomes add column sample_note text;--> statement-breakpoint
alter table idempotency.outcomes add constraint outcomes_sample_note check (length(sample_note) < 100) not valid;--> statement-breakpoint
alter table idempotency.outcomes validate constraint outcomes_sample_note;
`;

const tag = '9999_sample';
/** After every real one. */
export const sampleEntry = { idx: 9_999, version: '7', when: 4_000_000_000_000, tag, breakpoints: true };

/** Writes it as a folder of its own. Throws where it would not keep the zero-downtime rule. */
export function writeSample(folder: string): string {
  const faults = migrationFaults([{ tag, sql: sampleMigration }]);
  if (faults.length > 0) throw new Error(`the sample migration breaks the rule: ${JSON.stringify(faults)}`);
  mkdirSync(join(folder, 'meta'), { recursive: true });
  const journal = { version: '7', dialect: 'postgresql', entries: [sampleEntry] };
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify(journal));
  writeFileSync(join(folder, `${tag}.sql`), sampleMigration);
  return folder;
}

/** What is not as the migration leaves it. */
export async function sampleProblems(books: pg.Client): Promise<string[]> {
  const { rows } = await books.query<{ times: number; valid: boolean; checked: boolean }>(
    `select (select count(*)::int from drizzle.__drizzle_migrations where created_at = $1) as times,
      (select indisvalid from pg_index where indexrelid = to_regclass('idempotency.outcomes_sample')) as valid,
      (select convalidated from pg_constraint where conname = 'outcomes_sample_note') as checked`,
    [sampleEntry.when],
  );
  const [found] = rows;
  const isRight = found?.times === 1 && found.valid && found.checked;
  return isRight ? [] : [`the migration did not run once and whole: ${JSON.stringify(found)}`];
}

import { bigint, pgSchema, text, uuid } from 'drizzle-orm/pg-core';

export const platform = pgSchema('platform');

/** One row: which data set this is. Redis keys carry it, so an answer from another data set is never heard. */
export const dataSet = platform.table('data_set', {
  id: uuid('id').primaryKey().defaultRandom(),
  /** Set by the first instance: an instance with another master key refuses to start. */
  keyCheckValue: text('key_check_value'),
});

/** One row: raised by a trigger whenever a reference table changes; each group compares it with its memory. */
export const referenceVersion = platform.table('reference_version', {
  version: bigint('version', { mode: 'bigint' }).primaryKey(),
});

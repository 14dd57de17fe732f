import type { Purse } from '#ledger/rules/accounts.ts';
import { codeColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { type PurseRule, type PurseRules, purseRulesOf } from './rules/purse-rules.ts';

const all: Statement = {
  name: 'sectors-purse-rules',
  text: 'select sector, mcc, effective_from, purses, split from sectors.purse_rules',
};

/** Every purse rule: reference data, kept in memory by whoever asks. */
export async function readPurseRules(session: Session): Promise<PurseRules> {
  const { rows } = await session.run(all);
  return purseRulesOf(
    rows.map((row) => ({
      sector: row[0] as string,
      mcc: row[1] as string,
      effectiveFrom: row[2] as string,
      purses: row[3] as Purse[],
      split: row[4] as boolean,
    })),
  );
}

const insert: Statement = {
  name: 'sectors-insert-purse-rules',
  text: `insert into sectors.purse_rules (sector, mcc, effective_from, purses, split)
    select n.sector, n.mcc, n.effective_from, string_to_array(n.purses, ' '), n.split
    from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bool[])
      n(sector, mcc, effective_from, purses, split)
    on conflict do nothing`,
};

/** Adds purse rules that hold from their day on; those that are there are left alone. */
export async function insertPurseRules(session: Session, rules: readonly PurseRule[]): Promise<void> {
  await session.run(insert, [
    textColumn(rules, (rule) => rule.sector),
    codeColumn(rules, (rule) => rule.mcc),
    codeColumn(rules, (rule) => rule.effectiveFrom),
    textColumn(rules, (rule) => rule.purses.join(' ')),
    codeColumn(rules, (rule) => String(rule.split)),
  ]);
}

import type { Purse } from '#ledger/rules/accounts.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { LoadRule } from './rules/load.ts';

const readRulesText: Statement = {
  name: 'top-up-rules',
  text: 'select participant_id, purse, effective_from, per_load_fen, balance_max_fen from top_up.rules',
};

export async function readRules(session: Session): Promise<LoadRule[]> {
  const { rows } = await session.run(readRulesText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    purse: row[1] as Purse,
    effectiveFrom: row[2] as string,
    perLoadFen: row[3] as bigint,
    balanceMaxFen: row[4] as bigint,
  }));
}

const insertRulesText: Statement = {
  name: 'top-up-insert-rules',
  text: `insert into top_up.rules (participant_id, purse, effective_from, per_load_fen, balance_max_fen)
    select * from unnest($1::int[], $2::text[], $3::date[], $4::bigint[], $5::bigint[]) on conflict do nothing`,
};

/** Adds rules that hold from their day on; those that are there are left alone. */
export async function insertRules(session: Session, rules: readonly LoadRule[]): Promise<void> {
  await session.run(insertRulesText, [
    numberColumn(rules, (rule) => rule.participantId),
    codeColumn(rules, (rule) => rule.purse),
    codeColumn(rules, (rule) => rule.effectiveFrom),
    numberColumn(rules, (rule) => rule.perLoadFen),
    numberColumn(rules, (rule) => rule.balanceMaxFen),
  ]);
}

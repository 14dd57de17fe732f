import { bucketOf, type Purse } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { OwnerRef } from '#sectors/contract.ts';
import type { AgentDay } from './rules/agent.ts';
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

// Every group locks its card accounts first, in the order of their ids, and the agents after them, in the order of
// theirs; nobody takes a card account after an agent. So no two groups wait for each other in a ring. This is the
// one sector that locks rows of its own: a second one would have to take its turn in the same order everywhere.
const lockAgentsText: Statement = {
  name: 'top-up-lock-agents',
  text: `select a.participant_id::bigint, a.per_day_fen, a.day, a.used_fen
    from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select * from top_up.agents where bucket = k.bucket and participant_id = k.id for update) a`,
};

/** Locks the agents among these participants until the transaction ends, and reads their day; banks have no row. */
export async function lockAgents(
  session: Session,
  owners: readonly OwnerRef[],
): Promise<Map<bigint, AgentDay>> {
  const inOrder = [...owners].sort((a, b) => (a.ownerId < b.ownerId ? -1 : 1));
  const { rows } = await session.run(lockAgentsText, [
    numberColumn(inOrder, (owner) => owner.bucket),
    numberColumn(inOrder, (owner) => owner.ownerId),
  ]);
  return new Map(
    rows.map((row) => [
      row[0] as bigint,
      { perDayFen: row[1] as bigint, day: row[2] as string, usedFen: fen(row[3] as bigint) },
    ]),
  );
}

const writeAgentsText: Statement = {
  name: 'top-up-write-agents',
  text: `update top_up.agents a set day = n.day, used_fen = n.used_fen
    from unnest($1::smallint[], $2::bigint[], $3::date[], $4::bigint[]) n(bucket, id, day, used_fen)
    where a.bucket = n.bucket and a.participant_id = n.id`,
};

/** Writes what agents have taken. Their rows are locked by `lockAgents`, so nobody else writes them meanwhile. */
export async function writeAgents(
  session: Session,
  changed: readonly (OwnerRef & { readonly state: AgentDay })[],
): Promise<void> {
  const { rowCount } = await session.run(writeAgentsText, [
    numberColumn(changed, (row) => row.bucket),
    numberColumn(changed, (row) => row.ownerId),
    codeColumn(changed, (row) => row.state.day),
    numberColumn(changed, (row) => row.state.usedFen),
  ]);
  if (rowCount !== changed.length) throw new Error('an agent that was locked has no row');
}

const insertAgentsText: Statement = {
  name: 'top-up-insert-agents',
  text: `insert into top_up.agents (bucket, participant_id, per_day_fen, day)
    select n.bucket, n.id, n.per_day_fen, date '2000-01-01'
    from unnest($1::smallint[], $2::int[], $3::bigint[]) n(bucket, id, per_day_fen)
    on conflict do nothing`,
};

/** Enrols agents with what they may take a day; those that are there are left alone. */
export async function insertAgents(
  session: Session,
  agents: readonly { readonly participantId: number; readonly perDayFen: bigint }[],
): Promise<void> {
  await session.run(insertAgentsText, [
    numberColumn(agents, (agent) => bucketOf(BigInt(agent.participantId))),
    numberColumn(agents, (agent) => agent.participantId),
    numberColumn(agents, (agent) => agent.perDayFen),
  ]);
}

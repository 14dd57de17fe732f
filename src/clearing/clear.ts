import type { Session, Statement } from '#platform/postgres.ts';
import type { Decision } from './outcome.ts';
import { type ReadOptions, readGroup } from './read-group.ts';
import type { Request } from './request.ts';
import { decide } from './rules/decide.ts';
import type { LaneHead } from './store.ts';
import { writeGroup } from './write-group.ts';

/** A group's decisions, committed, and where the lane's chain stands now. */
export interface Cleared {
  readonly decisions: readonly Decision[];
  readonly head: LaneHead | null;
}

/** The group needs reference data of a version this instance has not yet: nothing was done. */
export interface Stale {
  readonly staleFor: bigint;
}

export interface ClearOptions extends Omit<ReadOptions, 'laneNextId'> {
  readonly head: LaneHead | null;
}

const begin: Statement = { name: 'begin', text: 'begin' };
const rollback: Statement = { name: 'rollback', text: 'rollback' };
const commit: Statement = { name: 'commit', text: 'commit' };

// A commit waits for the standby for what it wrote itself. A repeat writes nothing, and what it repeats may have been
// committed on this machine alone (its session was ended while it waited): this makes it wait for all before it.
const awaitStandby: Statement = {
  name: 'clearing-await-standby',
  text: `select case when current_setting('synchronous_standby_names') <> ''
    then pg_logical_emit_message(true, 'one-card', '') end`,
};

/**
 * Clears one group in one transaction: lock, read, decide, write, commit. Every request gets a decision; a
 * repeat gets the one it had. Throws when nothing is known to be committed; the group may then run again.
 */
export async function clear(
  session: Session,
  requests: readonly Request[],
  options: ClearOptions,
): Promise<Cleared | Stale> {
  const { head, lane } = options;
  try {
    const [, state] = await Promise.all([
      session.run(begin),
      readGroup(session, requests, { ...options, laneNextId: head?.nextId ?? 0n }),
    ]);
    if ('staleFor' in state) {
      await session.run(rollback);
      return state;
    }
    const { decisions, writes } = decide(requests, state);
    if (writes.outcomes.length === 0) {
      await Promise.all([session.run(awaitStandby), session.run(commit)]);
      return { decisions, head };
    }
    return { decisions, head: await writeGroup(session, writes, { lane, head, state }) };
  } catch (error) {
    // Queued behind what was sent already; on a dead connection there is nothing to roll back.
    await session.run(rollback).catch(() => undefined);
    throw error;
  }
}

import { type Waiting, waitingOf, waitingSql } from '#platform/limits/waiting.ts';
import type { Session, Statement } from '#platform/postgres.ts';

const unbalanced: Statement = {
  name: 'batches-unbalanced',
  text: waitingSql(`select settled_at from terminals.batches where state = 'unbalanced'`),
};

/** Batches whose terminal and we do not agree, and that are not closed yet. */
export async function countUnbalanced(session: Session): Promise<Waiting> {
  return waitingOf((await session.run(unbalanced)).rows);
}

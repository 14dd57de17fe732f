import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** A terminal as staff see it: nothing of its keys. */
export interface TerminalLine {
  readonly id: number;
  readonly participantId: number;
  readonly sector: string;
  readonly allowedKinds: readonly string[];
  readonly active: boolean;
  readonly batchNumber: number;
  readonly batchOpenedOn: string;
  readonly batchState: 'open' | 'unbalanced' | 'closed';
  /** When its working keys were taken into use, or offered; null for one that never signed on. */
  readonly signedOnAt: Date | null;
  /** When a batch of it was settled last. */
  readonly settledAt: Date | null;
}

/** What of the terminals is asked for; null asks for all. */
export interface TerminalsAsked {
  readonly participantId: number | null;
  readonly sector: string | null;
  readonly active: boolean | null;
  readonly batchState: string | null;
  /** The last of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

const terminalPageMax = 500;

// The page is cut first: keys and settlements are looked up for its rows alone.
const page: Statement = {
  name: 'terminals-page',
  text: `select t.id, t.participant_id, t.sector, t.allowed_kinds, t.active, t.batch_number, t.opened_on, t.state,
      greatest(k.used_since, k.offered_at), s.settled_at
    from (
      select t.*, b.opened_on, b.state from terminals.terminals t
      join terminals.batches b on b.terminal_id = t.id and b.batch_number = t.batch_number
      where t.id > $1 and ($2::int is null or t.participant_id = $2) and ($3::text is null or t.sector = $3)
        and ($4::bool is null or t.active = $4) and ($5::text is null or b.state = $5)
      order by t.id limit $6) t
    left join terminals.pos_keys k on k.terminal_id = t.id
    left join lateral (
      select max(settled_at) as settled_at from terminals.batches where terminal_id = t.id
        and batch_number > t.batch_number - 2 and batch_number <= t.batch_number) s on true
    order by t.id`,
};

/** A page of terminals, in the order of their numbers. */
export async function listTerminals(session: Session, asked: TerminalsAsked): Promise<TerminalLine[]> {
  const { participantId, sector, active, batchState, after, limit } = asked;
  requirePageLimit(limit, terminalPageMax);
  const { rows } = await session.run(page, [after ?? 0, participantId, sector, active, batchState, limit]);
  return rows.map((row) => ({
    id: row[0] as number,
    participantId: row[1] as number,
    sector: row[2] as string,
    allowedKinds: row[3] as string[],
    active: row[4] as boolean,
    batchNumber: row[5] as number,
    batchOpenedOn: row[6] as string,
    batchState: row[7] as TerminalLine['batchState'],
    signedOnAt: row[8] as Date | null,
    settledAt: row[9] as Date | null,
  }));
}

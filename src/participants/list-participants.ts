import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Participant } from './store.ts';

/** What of the participants is asked for; null asks for all. */
export interface ParticipantsAsked {
  readonly sector: string | null;
  readonly active: boolean | null;
  /** A part of either name. */
  readonly name: string | null;
  /** The last of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

const participantPageMax = 500;

const page: Statement = {
  name: 'participants-page',
  text: `select id, name, name_en, sector, active, mcc from participants.participants
    where id > $1 and ($2::text is null or sector = $2) and ($3::bool is null or active = $3)
      and ($4::text is null or strpos(lower(name), lower($4)) > 0 or strpos(lower(name_en), lower($4)) > 0)
    order by id limit $5`,
};

/** A page of participants, in the order of their numbers. */
export async function listParticipants(session: Session, asked: ParticipantsAsked): Promise<Participant[]> {
  const { sector, active, name, after, limit } = asked;
  requirePageLimit(limit, participantPageMax);
  const { rows } = await session.run(page, [after ?? 0, sector, active, name, limit]);
  return rows.map(
    ([id, zh, en, of, isActive, mcc]) =>
      ({ id, name: zh, nameEn: en, sector: of, active: isActive, mcc }) as Participant,
  );
}

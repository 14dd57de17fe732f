import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';

export interface Participant {
  readonly id: number;
  /** Its name in Chinese and in English. */
  readonly name: string;
  readonly nameEn: string;
  readonly sector: string;
  readonly active: boolean;
  /** Merchant category code (ISO 18245); "0000" where nobody asks for one. */
  readonly mcc?: string;
}

const all: Statement = {
  name: 'participants-all',
  text: 'select id, name, name_en, sector, active, mcc from participants.participants order by id',
};

/** Every participant: reference data, kept in memory by whoever asks. */
export async function readParticipants(session: Session): Promise<Map<number, Participant>> {
  const { rows } = await session.run(all);
  const participants = rows.map(
    ([id, name, nameEn, sector, active, mcc]) => ({ id, name, nameEn, sector, active, mcc }) as Participant,
  );
  return new Map(participants.map((participant) => [participant.id, participant]));
}

const insert: Statement = {
  name: 'participants-insert',
  text: `insert into participants.participants (id, name, name_en, sector, active, mcc)
    select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::text[]) on conflict do nothing`,
};

/** Adds participants; those that are there are left alone. */
export async function insertParticipants(
  session: Session,
  participants: readonly Participant[],
): Promise<void> {
  await session.run(insert, [
    numberColumn(participants, (participant) => participant.id),
    textColumn(participants, (participant) => participant.name),
    textColumn(participants, (participant) => participant.nameEn),
    textColumn(participants, (participant) => participant.sector),
    codeColumn(participants, (participant) => String(participant.active)),
    codeColumn(participants, (participant) => participant.mcc ?? '0000'),
  ]);
}

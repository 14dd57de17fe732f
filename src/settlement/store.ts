import { numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Net } from './rules/nets.ts';

const nextUnsealed: Statement = {
  name: 'settlement-next-unsealed',
  text: `select d.business_date from ledger.business_days d
    where d.closed_at is not null
      and not exists (select from settlement.seals s where s.business_date = d.business_date)
    order by d.business_date limit 1`,
};

/** The earliest closed day that has no seal yet, or null. */
export async function findUnsealedDay(session: Session): Promise<string | null> {
  const { rows } = await session.run(nextUnsealed);
  return (rows[0]?.[0] as string | undefined) ?? null;
}

const insertNetsText: Statement = {
  name: 'settlement-insert-nets',
  text: `insert into settlement.nets (business_date, participant_id, credit_fen, debit_fen, credit_count, debit_count)
    select $1::date, * from unnest($2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::int[])
    on conflict do nothing`,
};

/** Keeps a closed day's nets; those that are kept already are left alone. */
export async function insertNets(
  session: Session,
  businessDate: string,
  nets: readonly Net[],
): Promise<void> {
  await session.run(insertNetsText, [
    businessDate,
    numberColumn(nets, (net) => net.participantId),
    numberColumn(nets, (net) => net.creditFen),
    numberColumn(nets, (net) => net.debitFen),
    numberColumn(nets, (net) => net.creditCount),
    numberColumn(nets, (net) => net.debitCount),
  ]);
}

const netsText: Statement = {
  name: 'settlement-nets',
  text: `select participant_id, credit_fen, debit_fen, credit_count, debit_count
    from settlement.nets where business_date = $1 order by participant_id`,
};

/** The nets that were kept for a closed day, in the order of the participants' ids. */
export async function readKeptNets(session: Session, businessDate: string): Promise<Net[]> {
  const { rows } = await session.run(netsText, [businessDate]);
  return rows.map(
    ([participantId, creditFen, debitFen, creditCount, debitCount]) =>
      ({ participantId, creditFen, debitFen, creditCount, debitCount }) as Net,
  );
}

const insertSealText: Statement = {
  name: 'settlement-insert-seal',
  text: `insert into settlement.seals (business_date, hash) values ($1, $2) on conflict do nothing`,
};

/** Keeps a closed day's seal; one that is kept already is left alone. Whether it was kept now. */
export async function insertSeal(session: Session, businessDate: string, hash: Buffer): Promise<boolean> {
  return (await session.run(insertSealText, [businessDate, hash])).rowCount === 1;
}

const sealText: Statement = {
  name: 'settlement-seal',
  text: 'select hash from settlement.seals where business_date = $1',
};

/** The seal of a day, or null while it has none. */
export async function readSeal(session: Session, businessDate: string): Promise<Buffer | null> {
  return ((await session.run(sealText, [businessDate])).rows[0]?.[0] as Buffer | undefined) ?? null;
}

const sealBefore: Statement = {
  name: 'settlement-seal-before',
  text: `select s.hash from ledger.business_days d left join settlement.seals s on s.business_date = d.business_date
    where d.business_date < $1 order by d.business_date desc limit 1`,
};

/** The seal of the business day before, or null for the first day of the books. */
export async function readSealBefore(session: Session, businessDate: string): Promise<Buffer | null> {
  const { rows } = await session.run(sealBefore, [businessDate]);
  if (rows[0]?.[0] === null) throw new Error('days are sealed in their order');
  return (rows[0]?.[0] as Buffer | undefined) ?? null;
}

const names: Statement = {
  name: 'settlement-participant-names',
  text: `select p.id, p.name, p.name_en from unnest($1::int[]) n(id)
    join participants.participants p on p.id = n.id`,
};

/** A participant's names, for people. */
export interface ParticipantNames {
  readonly name: string;
  readonly nameEn: string;
}

/** The names of these participants, by id. */
export async function readNames(
  session: Session,
  participantIds: readonly number[],
): Promise<Map<number, ParticipantNames>> {
  const { rows } = await session.run(names, [numberColumn(participantIds, (id) => id)]);
  return new Map(rows.map(([id, name, nameEn]) => [id as number, { name, nameEn } as ParticipantNames]));
}

import type { Session, Statement } from '#platform/postgres.ts';

const now: Statement = {
  name: 'clock-now',
  text: 'select (extract(epoch from clock_timestamp()) * 1000)::bigint',
};

/** The authority's clock, in milliseconds since 1970, as a group reads it that ids are made for. */
export async function readNowMs(session: Session): Promise<number> {
  return Number((await session.run(now)).rows[0]?.[0]);
}

import { findBrokenAudit } from '#audit/store.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Finding } from '#settlement/rules/group-rows.ts';

// The trail begins with its first row; days that were sealed before it are in nobody's trail.
const unrecorded: Statement = {
  name: 'settlement-seals-of-no-trail',
  text: `select s.business_date from settlement.seals s
    join ledger.business_days d on d.business_date = s.business_date
    where d.closed_at > (select min(at) from audit.events)
      and not exists (
        select from audit.events where subject = format('day %s/%s', s.business_date, encode(s.hash, 'hex'))
          and act = 'day-sealed')
    order by s.business_date limit 1`,
};

/** The first row of the audit trail that is wrong, or a sealed day that is gone from it: rows were cut off its end. */
export async function findWrongAudit(session: Session): Promise<Finding | null> {
  const table = 'audit.events';
  const broken = await findBrokenAudit(session);
  if (broken !== null) return { table, ...broken };
  const [row] = (await session.run(unrecorded)).rows as [string][];
  return row === undefined
    ? null
    : { table, key: `day ${row[0]}`, expected: 'the day\u2019s seal in the trail', found: 'none' };
}

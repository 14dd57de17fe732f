import { idOfOwnersSql, ofEntrySql } from '#ledger/journal-sql.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { type Fen, fen } from '#money/fen.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** What of a charge has not gone back, and the entry that gave some of it back last. */
export interface Left {
  readonly leftFen: Fen;
  readonly lastReturn: { readonly returnEntryId: bigint; readonly returnedOn: string } | null;
}

const dayOf: Statement = {
  name: 'bills-day-of-charge',
  text: 'select business_date from idempotency.outcomes where bucket = $1 and id = $2',
};

// The day stands in it as a parameter, so that days before it are not even locked.
const left: Statement = {
  name: 'bills-what-is-left',
  text: `select coalesce(sum(-p.amount_fen - coalesce(c.returned_fen, 0)), 0)::bigint, r.id, r.business_date
    from (
      select * from ledger.postings t
      where business_date = $4::date and bucket = $1 and ${ofEntrySql('t', '$3::bigint')} and balance_fen is not null) p
    left join ledger.corrections c
      on c.bucket = p.bucket and c.entry_id = p.entry_id and c.account_id = p.account_id
    left join lateral (
      select id, business_date from ledger.entries e
      where business_date >= $4::date and bucket = $1 and owner_id = $2 and ${idOfOwnersSql('e')} > $3 and original_id = $3
      order by id desc limit 1) r on true
    group by r.id, r.business_date`,
};

/**
 * What is left of a bill's charge: others may have given some of it back, the desk of ours or the utility itself. A
 * moment later it may be less; clearing decides.
 */
export async function whatIsLeft(
  session: Session,
  { cardAccountId, entryId }: { readonly cardAccountId: bigint; readonly entryId: bigint },
): Promise<Left> {
  const bucket = bucketOf(cardAccountId);
  const day = (await session.run(dayOf, [bucket, entryId])).rows[0]?.[0];
  const row = (await session.run(left, [bucket, cardAccountId, entryId, day])).rows[0];
  if (row === undefined) throw new Error('the charge of a bill is not in the books');
  const [leftFen, id, businessDate] = row as [bigint, bigint | null, string | null];
  const lastReturn =
    id === null || businessDate === null ? null : { returnEntryId: id, returnedOn: businessDate };
  return { leftFen: fen(leftFen), lastReturn };
}

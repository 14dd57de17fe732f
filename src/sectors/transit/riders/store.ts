import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { OwnerRef } from '#sectors/contract.ts';
import type { Grant } from '#sectors/transit/rules/concession.ts';
import {
  newRider,
  paidText,
  passesText,
  type Rider,
  readGrants,
  readPaid,
  readPasses,
} from '#sectors/transit/rules/rider.ts';

/** So many grants are looked at, the latest first; more may not begin in the future (grant-concession.ts). */
const grantsReadMax = 16;

const latestGrants = (bucket: string, owner: string) => `(
  select string_agg(g.category || ':' || g.from_day || ':' || coalesce(g.to_day::text, ''), ','
      order by g.from_day desc, g.number desc)
  from (select * from transit.concessions where bucket = ${bucket} and card_account_id = ${owner}
    order by from_day desc, number desc limit ${grantsReadMax}) g)`;

const readText: Statement = {
  name: 'transit-riders',
  text: `select k.id, r.tapped_at_ms, r.entry_id, r.day, r.paid, r.month, r.rides, r.passes, c.grants
    from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    left join lateral (
      select * from transit.riders where bucket = k.bucket and card_account_id = k.id offset 0) r on true
    cross join lateral (select ${latestGrants('k.bucket', 'k.id')} as grants offset 0) c
    where r.card_account_id is not null or c.grants is not null`,
};

/** What is kept about these card accounts, with the categories they were given. */
export async function readRiders(session: Session, owners: readonly OwnerRef[]): Promise<Map<bigint, Rider>> {
  const { rows } = await session.run(readText, [
    numberColumn(owners, (owner) => owner.bucket),
    numberColumn(owners, (owner) => owner.ownerId),
  ]);
  return new Map(rows.map((row) => [row[0] as bigint, riderOf(row)]));
}

function riderOf(row: readonly unknown[]): Rider {
  const grants = readGrants((row[8] as string | null) ?? '');
  if (row[1] === null) return { ...newRider, grants };
  return {
    tap: { tappedAtMs: Number(row[1]), entryId: row[2] as bigint },
    day: row[3] as string,
    paid: readPaid(row[4] as string),
    month: row[5] as string,
    rides: row[6] as number,
    passes: readPasses(row[7] as string),
    grants,
  };
}

const writeText: Statement = {
  name: 'transit-write-riders',
  text: `insert into transit.riders (bucket, card_account_id, tapped_at_ms, entry_id, day, paid, month, rides, passes)
    select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::date[], $6::text[],
      $7::text[], $8::int[], $9::text[])
    on conflict (bucket, card_account_id) do update
      set tapped_at_ms = excluded.tapped_at_ms, entry_id = excluded.entry_id, day = excluded.day,
        paid = excluded.paid, month = excluded.month, rides = excluded.rides, passes = excluded.passes`,
};

/** Writes riders. The card account's anchor is locked, so nobody else writes it meanwhile. */
export async function writeRiders(
  session: Session,
  changed: readonly (OwnerRef & { readonly state: Rider })[],
): Promise<void> {
  await session.run(writeText, [
    numberColumn(changed, (row) => row.bucket),
    numberColumn(changed, (row) => row.ownerId),
    numberColumn(changed, (row) => row.state.tap.tappedAtMs),
    numberColumn(changed, (row) => row.state.tap.entryId),
    codeColumn(changed, (row) => row.state.day),
    textColumn(changed, (row) => paidText(row.state.paid)),
    codeColumn(changed, (row) => row.state.month),
    numberColumn(changed, (row) => row.state.rides),
    textColumn(changed, (row) => passesText(row.state.passes)),
  ]);
}

/** A category given to a card account, by whom and why. */
export interface NewGrant extends Grant {
  readonly bucket: number;
  readonly cardAccountId: bigint;
  readonly grantedBy: { readonly kind: string; readonly id: bigint };
  readonly reason: string;
}

const insertText: Statement = {
  name: 'transit-insert-concessions',
  text: `insert into transit.concessions
      (bucket, card_account_id, from_day, to_day, number, category, granted_by_kind, granted_by_id, reason)
    select n.bucket, n.card_account_id, n.from_day, n.to_day,
      (select count(*) + 1 from transit.concessions c
        where c.bucket = n.bucket and c.card_account_id = n.card_account_id),
      n.category, n.kind, n.by_id, n.reason
    from unnest($1::smallint[], $2::bigint[], $3::date[], $4::date[], $5::text[], $6::text[], $7::bigint[],
      $8::text[]) n(bucket, card_account_id, from_day, to_day, category, kind, by_id, reason)`,
};

/** Adds grants, one for a card account at a time; the caller has locked the card account. */
export async function insertConcessions(session: Session, grants: readonly NewGrant[]): Promise<void> {
  await session.run(insertText, [
    numberColumn(grants, (grant) => grant.bucket),
    numberColumn(grants, (grant) => grant.cardAccountId),
    codeColumn(grants, (grant) => grant.fromDay),
    codeColumn(grants, (grant) => grant.toDay),
    codeColumn(grants, (grant) => grant.category),
    codeColumn(grants, (grant) => grant.grantedBy.kind),
    numberColumn(grants, (grant) => grant.grantedBy.id),
    textColumn(grants, (grant) => grant.reason),
  ]);
}

const latestText: Statement = {
  name: 'transit-concessions',
  text: `select ${latestGrants('$1', '$2')}, exists (select from transit.concession_terms where category = $3)`,
};

/** The latest grants of a card account, and whether any operator knows the category. */
export async function readGrantsOf(
  session: Session,
  owner: OwnerRef,
  category: string,
): Promise<{ readonly grants: readonly Grant[]; readonly isKnown: boolean }> {
  const row = (await session.run(latestText, [owner.bucket, owner.ownerId, category])).rows[0];
  return { grants: readGrants((row?.[0] as string | null) ?? ''), isKnown: row?.[1] === true };
}

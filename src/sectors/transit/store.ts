import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { OwnerRef } from '#sectors/contract.ts';
import type { Tap, Tariff } from './rules/fare.ts';

const readTariffsText: Statement = {
  name: 'transit-tariffs',
  text: `select participant_id, line, effective_from, fare_fen, transfer_rate, transfer_window_minutes
    from transit.tariffs`,
};

export async function readTariffs(session: Session): Promise<Tariff[]> {
  const { rows } = await session.run(readTariffsText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    line: row[1] as string,
    effectiveFrom: row[2] as string,
    fareFen: row[3] as bigint,
    transferRate: row[4] as string,
    transferWindowMinutes: row[5] as number,
  }));
}

const readTapsText: Statement = {
  name: 'transit-taps',
  text: `select t.card_account_id, t.tapped_at_ms, t.entry_id from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (select * from transit.taps where bucket = k.bucket and card_account_id = k.id offset 0) t`,
};

/** The last full-fare tap of these card accounts. */
export async function readTaps(session: Session, owners: readonly OwnerRef[]): Promise<Map<bigint, Tap>> {
  const { rows } = await session.run(readTapsText, [
    numberColumn(owners, (owner) => owner.bucket),
    numberColumn(owners, (owner) => owner.ownerId),
  ]);
  return new Map(
    rows.map((row) => [row[0] as bigint, { tappedAtMs: Number(row[1]), entryId: row[2] as bigint }]),
  );
}

const writeTapsText: Statement = {
  name: 'transit-write-taps',
  text: `insert into transit.taps (bucket, card_account_id, tapped_at_ms, entry_id)
    select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[])
    on conflict (bucket, card_account_id) do update
      set tapped_at_ms = excluded.tapped_at_ms, entry_id = excluded.entry_id`,
};

/** Writes taps. The card account's anchor is locked, so nobody else writes it meanwhile. */
export async function writeTaps(
  session: Session,
  changed: readonly (OwnerRef & { readonly state: Tap })[],
): Promise<void> {
  await session.run(writeTapsText, [
    numberColumn(changed, (row) => row.bucket),
    numberColumn(changed, (row) => row.ownerId),
    numberColumn(changed, (row) => row.state.tappedAtMs),
    numberColumn(changed, (row) => row.state.entryId),
  ]);
}

const insertTariffsText: Statement = {
  name: 'transit-insert-tariffs',
  text: `insert into transit.tariffs (participant_id, line, effective_from, fare_fen, transfer_rate,
      transfer_window_minutes)
    select * from unnest($1::int[], $2::text[], $3::date[], $4::bigint[], $5::text[], $6::int[])
    on conflict do nothing`,
};

/** Adds tariffs that hold from their day on; those that are there are left alone. */
export async function insertTariffs(session: Session, tariffs: readonly Tariff[]): Promise<void> {
  await session.run(insertTariffsText, [
    numberColumn(tariffs, (tariff) => tariff.participantId),
    textColumn(tariffs, (tariff) => tariff.line),
    codeColumn(tariffs, (tariff) => tariff.effectiveFrom),
    numberColumn(tariffs, (tariff) => tariff.fareFen),
    codeColumn(tariffs, (tariff) => tariff.transferRate),
    numberColumn(tariffs, (tariff) => tariff.transferWindowMinutes),
  ]);
}

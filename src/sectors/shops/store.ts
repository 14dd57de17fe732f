import { fen } from '#money/fen.ts';
import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { OwnerRef } from '#sectors/contract.ts';
import type { Limit, Spending } from './rules/limits.ts';
import type { MccRule } from './rules/merchant-categories.ts';

const readLimitsText: Statement = {
  name: 'shops-limits',
  text: 'select product, effective_from, per_payment_fen, per_day_fen, pin_free_fen from shops.limits',
};

export async function readLimits(session: Session): Promise<Limit[]> {
  const { rows } = await session.run(readLimitsText);
  return rows.map((row) => ({
    product: row[0] as string,
    effectiveFrom: row[1] as string,
    perPaymentFen: row[2] as bigint,
    perDayFen: row[3] as bigint,
    pinFreeFen: row[4] as bigint,
  }));
}

const readMccRulesText: Statement = {
  name: 'shops-mcc-rules',
  text: 'select product, mcc, effective_from, verdict, per_payment_fen, per_day_fen from shops.mcc_rules',
};

export async function readMccRules(session: Session): Promise<MccRule[]> {
  const { rows } = await session.run(readMccRulesText);
  return rows.map((row) => ({
    product: row[0] as string,
    mcc: row[1] as string,
    effectiveFrom: row[2] as string,
    verdict: row[3] as MccRule['verdict'],
    perPaymentFen: row[4] as bigint | null,
    perDayFen: row[5] as bigint | null,
  }));
}

const readSpendingText: Statement = {
  name: 'shops-spending',
  text: `select s.card_account_id, s.day, s.spent_fen from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select * from shops.spending where bucket = k.bucket and card_account_id = k.id offset 0) s`,
};

/** What these card accounts have spent on their latest day. */
export async function readSpending(
  session: Session,
  owners: readonly OwnerRef[],
): Promise<Map<bigint, Spending>> {
  const { rows } = await session.run(readSpendingText, [
    numberColumn(owners, (owner) => owner.bucket),
    numberColumn(owners, (owner) => owner.ownerId),
  ]);
  return new Map(
    rows.map((row) => [row[0] as bigint, { day: row[1] as string, spentFen: fen(row[2] as bigint) }]),
  );
}

const writeSpendingText: Statement = {
  name: 'shops-write-spending',
  text: `insert into shops.spending (bucket, card_account_id, day, spent_fen)
    select * from unnest($1::smallint[], $2::bigint[], $3::date[], $4::bigint[])
    on conflict (bucket, card_account_id) do update set day = excluded.day, spent_fen = excluded.spent_fen`,
};

/** Writes what was spent. The card account's anchor is locked, so nobody else writes it meanwhile. */
export async function writeSpending(
  session: Session,
  changed: readonly (OwnerRef & { readonly state: Spending })[],
): Promise<void> {
  await session.run(writeSpendingText, [
    numberColumn(changed, (row) => row.bucket),
    numberColumn(changed, (row) => row.ownerId),
    codeColumn(changed, (row) => row.state.day),
    numberColumn(changed, (row) => row.state.spentFen),
  ]);
}

const insertLimitsText: Statement = {
  name: 'shops-insert-limits',
  text: `insert into shops.limits (product, effective_from, per_payment_fen, per_day_fen, pin_free_fen)
    select * from unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[]) on conflict do nothing`,
};

/** Adds limits that hold from their day on; those that are there are left alone. */
export async function insertLimits(session: Session, limits: readonly Limit[]): Promise<void> {
  await session.run(insertLimitsText, [
    codeColumn(limits, (limit) => limit.product),
    codeColumn(limits, (limit) => limit.effectiveFrom),
    numberColumn(limits, (limit) => limit.perPaymentFen),
    numberColumn(limits, (limit) => limit.perDayFen),
    numberColumn(limits, (limit) => limit.pinFreeFen),
  ]);
}

const insertMccRulesText: Statement = {
  name: 'shops-insert-mcc-rules',
  text: `insert into shops.mcc_rules (product, mcc, effective_from, verdict, per_payment_fen, per_day_fen)
    select * from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bigint[], $6::bigint[])
    on conflict do nothing`,
};

/** Adds category rules that hold from their day on; those that are there are left alone. */
export async function insertMccRules(session: Session, rules: readonly MccRule[]): Promise<void> {
  await session.run(insertMccRulesText, [
    textColumn(rules, (rule) => rule.product),
    codeColumn(rules, (rule) => rule.mcc),
    codeColumn(rules, (rule) => rule.effectiveFrom),
    codeColumn(rules, (rule) => rule.verdict),
    numberColumn(rules, (rule) => rule.perPaymentFen),
    numberColumn(rules, (rule) => rule.perDayFen),
  ]);
}

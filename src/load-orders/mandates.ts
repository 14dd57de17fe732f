import type { Actor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { type Fen, fen } from '#money/fen.ts';
import { numberColumn } from '#platform/columns.ts';
import { inTransaction, type Pool, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { findBindings } from './bindings.ts';

/**
 * A mandate (代扣授权), which a holder has consented to: below the threshold, the amount is loaded from the bank, so
 * many times a day at the most.
 */
export interface Mandate {
  readonly id: bigint;
  readonly bucket: number;
  readonly cardAccountId: bigint;
  readonly thresholdFen: Fen;
  readonly amountFen: Fen;
  readonly perDayMax: number;
  readonly consentVersion: string;
  readonly consentedAtMs: number;
}

const columns = `m.id, m.bucket, m.card_account_id, m.threshold_fen, m.amount_fen, m.per_day_max, m.consent_version,
  (extract(epoch from m.consented_at) * 1000)::bigint`;

function mandateOfRow(row: readonly unknown[]): Mandate {
  return {
    id: row[0] as bigint,
    bucket: row[1] as number,
    cardAccountId: row[2] as bigint,
    thresholdFen: fen(row[3] as bigint),
    amountFen: fen(row[4] as bigint),
    perDayMax: row[5] as number,
    consentVersion: row[6] as string,
    consentedAtMs: Number(row[7]),
  };
}

const active: Statement = {
  name: 'load-orders-mandate',
  text: `select ${columns} from load_orders.mandates m
    where m.bucket = $1 and m.card_account_id = $2 and m.revoked_at is null`,
};

/** The mandate in force for a card account, or null. */
export async function mandateOf(session: Session, cardAccountId: bigint): Promise<Mandate | null> {
  const row = (await session.run(active, [bucketOf(cardAccountId), cardAccountId])).rows[0];
  return row === undefined ? null : mandateOfRow(row);
}

const page: Statement = {
  name: 'load-orders-mandates-page',
  text: `select ${columns} from load_orders.mandates m where m.revoked_at is null and m.id > $1
    order by m.id limit $2`,
};

/** Mandates in force, in the order of their ids, after the cursor. */
export async function readMandates(session: Session, after: bigint, most: number): Promise<Mandate[]> {
  return (await session.run(page, [after, most])).rows.map(mandateOfRow);
}

// In the order of ids; who is being changed or swept by another instance is left for the next round.
const lock: Statement = {
  name: 'load-orders-lock-mandates',
  text: `select ${columns} from unnest($1::smallint[], $2::bigint[]) k(bucket, id)
    cross join lateral (
      select * from load_orders.mandates
      where bucket = k.bucket and id = k.id and revoked_at is null for update skip locked) m`,
};

/** Locks those of these mandates that are still in force and that nobody else has. */
export async function lockMandates(session: Session, mandates: readonly Mandate[]): Promise<Mandate[]> {
  const { rows } = await session.run(lock, [
    numberColumn(mandates, (mandate) => mandate.bucket),
    numberColumn(mandates, (mandate) => mandate.id),
  ]);
  return rows.map(mandateOfRow);
}

const end: Statement = {
  name: 'load-orders-revoke-mandate',
  text: `update load_orders.mandates set revoked_at = clock_timestamp()
    where bucket = $1 and card_account_id = $2 and revoked_at is null`,
};
const insert: Statement = {
  name: 'load-orders-insert-mandate',
  text: `insert into load_orders.mandates as m (id, bucket, card_account_id, threshold_fen, amount_fen, per_day_max,
      consent_version)
    values (nextval('load_orders.ids'), $1, $2, $3, $4, $5, $6)
    on conflict (bucket, card_account_id) where revoked_at is null do nothing returning ${columns}`,
};

/** What a holder consents to. */
export interface Consent {
  readonly cardAccountId: bigint;
  readonly thresholdFen: Fen;
  readonly amountFen: Fen;
  readonly perDayMax: number;
  /** Which text was consented to. */
  readonly consentVersion: string;
  readonly actor: Actor;
}

/** What a mandate may cover at the most: a threshold of 500 yuan, and 500 yuan at once. */
export const mandateFenMax = 50_000n;
const triesMax = 5;

/**
 * Puts a mandate in force in place of the one before; the same consent again changes nothing. There must be a bank
 * account to load from.
 */
export async function consentTo(pool: Pool, consent: Consent): Promise<Mandate | 'bank-binding-missing'> {
  for (let tries = 0; tries < triesMax; tries++) {
    const answer = await inTransaction(pool, (client) => consentOnce(sessionOf(client), consent));
    if (answer !== null) return answer;
  }
  throw new Error('a mandate could not be kept: others change it all the time');
}

async function consentOnce(
  session: Session,
  consent: Consent,
): Promise<Mandate | 'bank-binding-missing' | null> {
  const { cardAccountId, thresholdFen, amountFen, perDayMax, consentVersion } = consent;
  const bindings = await findBindings(session, [cardAccountId]);
  if (!bindings.has(cardAccountId)) return 'bank-binding-missing';
  const before = await mandateOf(session, cardAccountId);
  if (before !== null && isSame(before, consent)) return before;
  const owner = [bucketOf(cardAccountId), cardAccountId];
  await session.run(end, owner);
  const values = [...owner, thresholdFen, amountFen, perDayMax, consentVersion];
  const row = (await session.run(insert, values)).rows[0];
  if (row === undefined) return null;
  const mandate = mandateOfRow(row);
  await recordAudit(session, [
    {
      actor: consent.actor,
      act: 'auto-top-up-consented',
      subject: `mandate ${mandate.id}`,
      reason: `consent ${consentVersion}`,
    },
  ]);
  return mandate;
}

function isSame(mandate: Mandate, consent: Consent): boolean {
  return (
    mandate.thresholdFen === consent.thresholdFen &&
    mandate.amountFen === consent.amountFen &&
    mandate.perDayMax === consent.perDayMax &&
    mandate.consentVersion === consent.consentVersion
  );
}

/** Ends the mandate in force; false where there was none. An order that is under way is finished all the same. */
export function revoke(
  pool: Pool,
  of: { readonly cardAccountId: bigint; readonly actor: Actor },
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const session = sessionOf(client);
    const { cardAccountId, actor } = of;
    const { rowCount } = await session.run(end, [bucketOf(cardAccountId), cardAccountId]);
    if (rowCount === 0) return false;
    const subject = `card-account ${cardAccountId}`;
    await recordAudit(session, [{ actor, act: 'auto-top-up-revoked', subject, reason: '' }]);
    return true;
  });
}

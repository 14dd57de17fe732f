import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  integer,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';

const amount = (name: string) => bigint(name, { mode: 'bigint' });
const day = (name: string) => date(name, { mode: 'string' });
const isRate = (column: unknown) => sql`${column} ~ '^(0(\\.[0-9]{1,6})?|1(\\.0{1,6})?)$'`;

export const transit = pgSchema('transit');

/** An operator's fare for a line (line "*" is every other line), from a day on. */
export const tariffs = transit.table(
  'tariffs',
  {
    participantId: integer('participant_id').notNull(),
    line: text('line').notNull(),
    effectiveFrom: day('effective_from').notNull(),
    fareFen: amount('fare_fen').notNull(),
    /** The part of the fare that a transfer pays: "0.5". */
    transferRate: text('transfer_rate').notNull(),
    transferWindowMinutes: integer('transfer_window_minutes').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.line, t.effectiveFrom] }),
    check('tariffs_fare', sql`${t.fareFen} > 0 and ${t.transferWindowMinutes} >= 0`),
    check('tariffs_rate', sql`${t.transferRate} ~ '^(0|1)(\\.[0-9]{1,6})?$'`),
  ],
);

/** Where a station of a line stands, in metres from the line's beginning. */
export const stations = transit.table(
  'stations',
  {
    participantId: integer('participant_id').notNull(),
    line: text('line').notNull(),
    station: text('station').notNull(),
    distanceM: integer('distance_m').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.line, t.station] }),
    check('stations_code', sql`${t.station} ~ '^[A-Z0-9]{1,8}$' and ${t.line} ~ '^[A-Z0-9]{1,8}$'`),
    check('stations_distance', sql`${t.distanceM} >= 0`),
  ],
);

/** The steps of a line's fares by distance, from a day on: all rows of one day are one table of fares. */
export const distanceFares = transit.table(
  'distance_fares',
  {
    participantId: integer('participant_id').notNull(),
    line: text('line').notNull(),
    effectiveFrom: day('effective_from').notNull(),
    upToM: integer('up_to_m').notNull(),
    fareFen: amount('fare_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.line, t.effectiveFrom, t.upToM] }),
    check('distance_fares_step', sql`${t.upToM} > 0 and ${t.fareFen} > 0`),
  ],
);

/** The most that a holder pays an operator for the rides of a day, from a day on. */
export const caps = transit.table(
  'caps',
  {
    participantId: integer('participant_id').notNull(),
    effectiveFrom: day('effective_from').notNull(),
    perDayFen: amount('per_day_fen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.effectiveFrom] }),
    check('caps_day', sql`${t.perDayFen} > 0`),
  ],
);

/** A pass that an operator sells, from a day on. */
export const passProducts = transit.table(
  'pass_products',
  {
    participantId: integer('participant_id').notNull(),
    code: text('code').notNull(),
    effectiveFrom: day('effective_from').notNull(),
    kind: text('kind').notNull(),
    priceFen: amount('price_fen').notNull(),
    rides: integer('rides'),
    validDays: integer('valid_days'),
    lines: text('lines').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.code, t.effectiveFrom] }),
    check('pass_products_code', sql`${t.code} ~ '^[A-Z0-9]{1,8}$' and cardinality(${t.lines}) > 0`),
    check('pass_products_price', sql`${t.priceFen} > 0`),
    check(
      'pass_products_kind',
      sql`(${t.kind} = 'monthly' and ${t.rides} is null and coalesce(${t.validDays}, 1) > 0)
        or (${t.kind} = 'count' and ${t.rides} > 0 and ${t.rides} is not null and ${t.validDays} > 0
          and ${t.validDays} is not null)`,
    ),
    check(
      'pass_products_bounds',
      sql`coalesce(${t.rides}, 0) <= 100000 and coalesce(${t.validDays}, 0) <= 3660`,
    ),
  ],
);

/** What an operator grants to a category of holders, from a day on. */
export const concessionTerms = transit.table(
  'concession_terms',
  {
    participantId: integer('participant_id').notNull(),
    category: text('category').notNull(),
    effectiveFrom: day('effective_from').notNull(),
    rate: text('rate').notNull(),
    ridesPerMonth: integer('rides_per_month').notNull(),
    beyondRate: text('beyond_rate').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.participantId, t.category, t.effectiveFrom] }),
    check(
      'concession_terms_category',
      sql`${t.category} ~ '^[a-z]+(-[a-z0-9]+)*$' and ${t.category} <> 'none'`,
    ),
    check(
      'concession_terms_rates',
      sql`${isRate(t.rate)} and ${isRate(t.beyondRate)} and ${t.ridesPerMonth} >= 0`,
    ),
  ],
);

/** Categories that card accounts were given: only added to; the one with the latest first day holds. */
export const concessions = transit.table(
  'concessions',
  {
    cardAccountId: amount('card_account_id').notNull(),
    fromDay: day('from_day').notNull(),
    toDay: day('to_day'),
    /** The account's grants in the order in which they were given. */
    number: integer('number').notNull(),
    bucket: smallint('bucket').notNull(),
    category: text('category').notNull(),
    grantedByKind: text('granted_by_kind').notNull(),
    grantedById: amount('granted_by_id').notNull(),
    grantedAt: timestamp('granted_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
    reason: text('reason').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.cardAccountId, t.fromDay, t.number] }),
    check('concessions_days', sql`${t.toDay} is null or ${t.toDay} >= ${t.fromDay}`),
    check('concessions_category', sql`${t.category} ~ '^[a-z]+(-[a-z0-9]+)*$'`),
    check('concessions_reason', sql`length(${t.reason}) between 1 and 200`),
  ],
);

/** All that is kept about a card account that rides. One row a card account, raised within the ride. */
export const riders = transit.table(
  'riders',
  {
    cardAccountId: amount('card_account_id').notNull(),
    /** The last tap that opened a transfer, and its entry; 0 where none is open. */
    tappedAtMs: amount('tapped_at_ms').notNull(),
    entryId: amount('entry_id').notNull(),
    /** The latest day on which something was paid towards a cap, and what to whom: "200001:600,…". */
    day: day('day').notNull(),
    /** Concession rides in the latest month of them, "2026-11". */
    rides: integer('rides').notNull(),
    bucket: smallint('bucket').notNull(),
    month: text('month').notNull(),
    paid: text('paid').notNull(),
    /** What passes it has, at most eight (rules/rider.ts says how they are written). */
    passes: text('passes').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.bucket, t.cardAccountId] }),
    check('riders_rides', sql`${t.rides} >= 0 and ${t.month} ~ '^[0-9]{4}-[0-9]{2}$'`),
    check('riders_length', sql`length(${t.paid}) <= 500 and length(${t.passes}) <= 1000`),
  ],
);

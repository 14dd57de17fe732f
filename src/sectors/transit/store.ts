import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Cap } from './rules/cap.ts';
import type { ConcessionTerms } from './rules/concession.ts';
import type { Tariff } from './rules/fare.ts';
import type { DistanceFare, Station } from './rules/full-fare.ts';
import type { PassProduct } from './rules/passes.ts';

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

const readStationsText: Statement = {
  name: 'transit-stations',
  text: 'select participant_id, line, station, distance_m from transit.stations',
};

export async function readStations(session: Session): Promise<Station[]> {
  const { rows } = await session.run(readStationsText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    line: row[1] as string,
    station: row[2] as string,
    distanceM: row[3] as number,
  }));
}

const readDistanceFaresText: Statement = {
  name: 'transit-distance-fares',
  text: 'select participant_id, line, effective_from, up_to_m, fare_fen from transit.distance_fares',
};

export async function readDistanceFares(session: Session): Promise<DistanceFare[]> {
  const { rows } = await session.run(readDistanceFaresText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    line: row[1] as string,
    effectiveFrom: row[2] as string,
    upToM: row[3] as number,
    fareFen: row[4] as bigint,
  }));
}

const readCapsText: Statement = {
  name: 'transit-caps',
  text: 'select participant_id, effective_from, per_day_fen from transit.caps',
};

export async function readCaps(session: Session): Promise<Cap[]> {
  const { rows } = await session.run(readCapsText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    effectiveFrom: row[1] as string,
    perDayFen: row[2] as bigint,
  }));
}

const readPassProductsText: Statement = {
  name: 'transit-pass-products',
  text: `select participant_id, code, effective_from, kind, price_fen, rides, valid_days, lines
    from transit.pass_products`,
};

export async function readPassProducts(session: Session): Promise<PassProduct[]> {
  const { rows } = await session.run(readPassProductsText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    code: row[1] as string,
    effectiveFrom: row[2] as string,
    kind: row[3] as PassProduct['kind'],
    priceFen: row[4] as bigint,
    rides: row[5] as number | null,
    validDays: row[6] as number | null,
    lines: row[7] as string[],
  }));
}

const readConcessionTermsText: Statement = {
  name: 'transit-concession-terms',
  text: `select participant_id, category, effective_from, rate, rides_per_month, beyond_rate
    from transit.concession_terms`,
};

export async function readConcessionTerms(session: Session): Promise<ConcessionTerms[]> {
  const { rows } = await session.run(readConcessionTermsText);
  return rows.map((row) => ({
    participantId: row[0] as number,
    category: row[1] as string,
    effectiveFrom: row[2] as string,
    rate: row[3] as string,
    ridesPerMonth: row[4] as number,
    beyondRate: row[5] as string,
  }));
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

const insertStationsText: Statement = {
  name: 'transit-insert-stations',
  text: `insert into transit.stations (participant_id, line, station, distance_m)
    select * from unnest($1::int[], $2::text[], $3::text[], $4::int[]) on conflict do nothing`,
};

/** Adds stations; those that are there are left alone. */
export async function insertStations(session: Session, stations: readonly Station[]): Promise<void> {
  await session.run(insertStationsText, [
    numberColumn(stations, (station) => station.participantId),
    textColumn(stations, (station) => station.line),
    textColumn(stations, (station) => station.station),
    numberColumn(stations, (station) => station.distanceM),
  ]);
}

const insertDistanceFaresText: Statement = {
  name: 'transit-insert-distance-fares',
  text: `insert into transit.distance_fares (participant_id, line, effective_from, up_to_m, fare_fen)
    select * from unnest($1::int[], $2::text[], $3::date[], $4::int[], $5::bigint[]) on conflict do nothing`,
};

/** Adds steps of fares by distance that hold from their day on; those that are there are left alone. */
export async function insertDistanceFares(session: Session, fares: readonly DistanceFare[]): Promise<void> {
  await session.run(insertDistanceFaresText, [
    numberColumn(fares, (fare) => fare.participantId),
    textColumn(fares, (fare) => fare.line),
    codeColumn(fares, (fare) => fare.effectiveFrom),
    numberColumn(fares, (fare) => fare.upToM),
    numberColumn(fares, (fare) => fare.fareFen),
  ]);
}

const insertCapsText: Statement = {
  name: 'transit-insert-caps',
  text: `insert into transit.caps (participant_id, effective_from, per_day_fen)
    select * from unnest($1::int[], $2::date[], $3::bigint[]) on conflict do nothing`,
};

/** Adds caps of the day that hold from their day on; those that are there are left alone. */
export async function insertCaps(session: Session, caps: readonly Cap[]): Promise<void> {
  await session.run(insertCapsText, [
    numberColumn(caps, (cap) => cap.participantId),
    codeColumn(caps, (cap) => cap.effectiveFrom),
    numberColumn(caps, (cap) => cap.perDayFen),
  ]);
}

const insertPassProductsText: Statement = {
  name: 'transit-insert-pass-products',
  text: `insert into transit.pass_products (participant_id, code, effective_from, kind, price_fen, rides,
      valid_days, lines)
    select n.participant_id, n.code, n.effective_from, n.kind, n.price_fen, n.rides, n.valid_days,
      string_to_array(n.lines, ' ')
    from unnest($1::int[], $2::text[], $3::date[], $4::text[], $5::bigint[], $6::int[], $7::int[], $8::text[])
      n(participant_id, code, effective_from, kind, price_fen, rides, valid_days, lines)
    on conflict do nothing`,
};

/** Adds passes that are sold from their day on; those that are there are left alone. */
export async function insertPassProducts(session: Session, products: readonly PassProduct[]): Promise<void> {
  await session.run(insertPassProductsText, [
    numberColumn(products, (product) => product.participantId),
    textColumn(products, (product) => product.code),
    codeColumn(products, (product) => product.effectiveFrom),
    codeColumn(products, (product) => product.kind),
    numberColumn(products, (product) => product.priceFen),
    numberColumn(products, (product) => product.rides),
    numberColumn(products, (product) => product.validDays),
    textColumn(products, (product) => product.lines.join(' ')),
  ]);
}

const insertConcessionTermsText: Statement = {
  name: 'transit-insert-concession-terms',
  text: `insert into transit.concession_terms (participant_id, category, effective_from, rate, rides_per_month,
      beyond_rate)
    select * from unnest($1::int[], $2::text[], $3::date[], $4::text[], $5::int[], $6::text[])
    on conflict do nothing`,
};

/** Adds what operators grant to categories from their day on; what is there is left alone. */
export async function insertConcessionTerms(
  session: Session,
  terms: readonly ConcessionTerms[],
): Promise<void> {
  await session.run(insertConcessionTermsText, [
    numberColumn(terms, (one) => one.participantId),
    codeColumn(terms, (one) => one.category),
    codeColumn(terms, (one) => one.effectiveFrom),
    codeColumn(terms, (one) => one.rate),
    numberColumn(terms, (one) => one.ridesPerMonth),
    codeColumn(terms, (one) => one.beyondRate),
  ]);
}

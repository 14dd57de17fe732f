import { type Fen, fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import { effectiveOn } from '#sectors/rules/effective.ts';
import { type Cap, payTowards, takeFrom, withinCap } from './cap.ts';
import {
  type ConcessionTerms,
  categoryOn,
  concessionFare,
  countConcession,
  ridesIn,
  uncountConcession,
} from './concession.ts';
import { fareOf, noWindow, type Tap } from './fare.ts';
import { type FareTables, type FullFare, fullFare, type Trip } from './full-fare.ts';
import { buyPass, countRide, type Pass, type PassProducts, passFor, passKey, returnPass } from './passes.ts';
import { newRider, type Rider } from './rider.ts';

/** Everything that says what a ride costs, as it is kept in memory. */
export interface Prices extends FareTables {
  readonly caps: ReadonlyMap<number, readonly Cap[]>;
  readonly passes: PassProducts;
  readonly concessions: ReadonlyMap<string, readonly ConcessionTerms[]>;
}

export const concessionKey = (participantId: number, category: string) => `${participantId} ${category}`;

/** What a ride or a purchase becomes: what is paid, what is kept, and what the holder reads about it. */
export interface Priced {
  readonly amountFen: Fen;
  readonly rider: Rider;
  readonly note: Readonly<Record<string, string>>;
}

export type RideRefusal = 'no-tariff' | 'station-unknown';
export type PurchaseRefusal = 'no-tariff' | 'amount-missing' | 'amount-wrong' | 'too-many-passes';

interface Ride extends Trip {
  readonly nowMs: number;
  readonly entryId: bigint;
}

/** A ride while it is being priced. */
interface Pricing {
  readonly ride: Ride;
  readonly day: string;
  readonly full: FullFare;
  readonly prices: Prices;
  readonly before: Rider;
}

/**
 * What a ride costs. A pass without number goes first; then the cheapest of fare, transfer and category, as far
 * as the operator's cap of the day leaves it; a counted pass loses a ride only where that would still cost something.
 * A ride on a pass neither opens nor uses up a transfer.
 */
export function planRide(ride: Ride, prices: Prices, before: Rider = newRider): Priced | RideRefusal {
  const day = hainanDay(ride.nowMs);
  const full = fullFare(prices, ride, day);
  if (typeof full === 'string') return full;
  const pass = passFor(before.passes, { ...ride, day }, prices.passes);
  if (pass !== undefined && pass.ridesLeft === null) return onPass(pass, before);
  const priced = pricedRide({ ride, day, full, prices, before });
  return pass !== undefined && priced.amountFen > 0n ? onPass(pass, before) : priced;
}

function onPass(pass: Pass, before: Rider): Priced {
  const passes = countRide(before.passes, pass.entryId, -1);
  // The purchase is named, since a card account may have several passes of one code.
  const note = { pass: pass.code, bought: String(pass.entryId) };
  return { amountFen: fen(0), rider: { ...before, passes }, note };
}

/** The category's fare counts only where it is cheaper than fare or transfer: no ride of the month is used up for nothing. */
function pricedRide(pricing: Pricing): Priced {
  const { ride, day, full, prices, before } = pricing;
  const cap = effectiveOn(prices.caps.get(ride.participantId), day);
  const capped = (amountFen: Fen) =>
    withinCap(amountFen, cap, { day: before.day, paid: before.paid, today: day });
  const own: Tap = { tappedAtMs: ride.nowMs, entryId: ride.entryId };
  const fare = fareOf(own, full, before.tap);
  const category = byCategory(pricing);
  const isCheaper = category !== null && capped(category.amountFen) < capped(fare.amountFen);
  const price = isCheaper ? category : { ...fare, note: fare.tap === null ? { transfer: '1' } : {} };
  const amountFen = capped(price.amountFen);
  const isTransfer = !isCheaper && fare.tap === null;
  const paid = { participantId: ride.participantId, paidFen: amountFen };
  const rider: Rider = {
    ...before,
    ...(cap === undefined ? {} : payTowards(before, day, paid)),
    ...(isCheaper && category.counts ? countConcession(before, day) : {}),
    tap: isTransfer ? { ...noWindow, entryId: ride.entryId } : own,
  };
  const note = amountFen < price.amountFen ? { ...price.note, capped: '1' } : price.note;
  return { amountFen, rider, note };
}

/** The fare by the holder's category, where the operator has terms for it. */
function byCategory({ ride, day, full, prices, before }: Pricing) {
  const category = categoryOn(before.grants, day);
  if (category === null) return null;
  const terms = effectiveOn(prices.concessions.get(concessionKey(ride.participantId, category)), day);
  if (terms === undefined) return null;
  const price = concessionFare(fen(full.fareFen), terms, ridesIn(before, day));
  const note = price.counts ? { concession: category } : { concession: category, beyond: '1' };
  return { ...price, note };
}

/** The purchase of a pass: the amount is its price, and it is good from then on. */
export function planPurchase(
  purchase: {
    readonly participantId: number;
    readonly code: string;
    readonly amountFen: Fen | null;
    readonly nowMs: number;
    readonly entryId: bigint;
  },
  { passes: products }: Pick<Prices, 'passes'>,
  before: Rider = newRider,
): Priced | PurchaseRefusal {
  const { participantId, code, amountFen, nowMs, entryId } = purchase;
  const day = hainanDay(nowMs);
  const product = effectiveOn(products.get(passKey(participantId, code)), day);
  if (product === undefined) return 'no-tariff';
  if (amountFen === null) return 'amount-missing';
  if (amountFen !== product.priceFen) return 'amount-wrong';
  const passes = buyPass(product, { entryId, day }, before.passes);
  if (typeof passes === 'string') return passes;
  const bought = passes.at(-1);
  const note = bought === undefined ? {} : { begins: bought.fromDay, ends: bought.untilDay };
  return { amountFen, rider: { ...before, passes }, note };
}

/** An entry of ours that is taken back; `takenAtMs` is when it was made, `detail` what it said and what was noted. */
export interface TakenBack {
  readonly entryId: bigint;
  readonly participantId: number;
  readonly amountFen: Fen;
  readonly whole: boolean;
  readonly detail: Readonly<Record<string, string>>;
  readonly takenAtMs: number;
}

/**
 * What is kept after an entry was taken back. What is given back may be paid again towards the day's cap; a ride
 * that is taken back whole is given back to its pass or its month; a tap opens no transfer any more. A pass whose
 * whole price is given back is gone, however many of its rides were taken: those stay taken, and the rest is lost.
 * A part of the price given back leaves it good. Null leaves everything as it is.
 */
export function undoEntry(back: TakenBack, before: Rider | undefined): Rider | null {
  if (before === undefined) return null;
  const { detail, entryId, whole } = back;
  if (detail['line'] === undefined)
    return whole ? { ...before, passes: returnPass(before.passes, entryId) } : null;
  const day = hainanDay(back.takenAtMs);
  const paid = { participantId: back.participantId, paidFen: back.amountFen };
  const isCounted = whole && detail['concession'] !== undefined && detail['beyond'] === undefined;
  const bought = whole ? detail['bought'] : undefined;
  return {
    ...before,
    ...takeFrom(before, day, paid),
    ...(isCounted ? uncountConcession(before, day) : {}),
    passes: bought === undefined ? before.passes : countRide(before.passes, BigInt(bought), 1),
    tap: before.tap.entryId === entryId ? { ...noWindow, entryId } : before.tap,
  };
}

import { addDays, monthEnd, nextDay } from '#platform/calendar.ts';
import { type Effective, effectiveOn } from '#sectors/rules/effective.ts';

/** A pass that an operator sells: for all rides of a time, or for so many rides. */
export interface PassProduct extends Effective {
  readonly participantId: number;
  readonly code: string;
  readonly kind: 'monthly' | 'count';
  readonly priceFen: bigint;
  /** For a count pass how many rides; null for a monthly one. */
  readonly rides: number | null;
  /** From the day it begins on; null for a monthly pass that ends with the calendar month. */
  readonly validDays: number | null;
  /** The operator's lines that it is good for; "*" is every line. */
  readonly lines: readonly string[];
}

/** A pass that a card account has. Its product's terms are those of the day it was bought. */
export interface Pass {
  readonly participantId: number;
  readonly code: string;
  /** The entry that bought it. */
  readonly entryId: bigint;
  readonly boughtOn: string;
  readonly fromDay: string;
  readonly untilDay: string;
  /** Null for rides without number. */
  readonly ridesLeft: number | null;
}

export type PassProducts = ReadonlyMap<string, readonly PassProduct[]>;

export const passKey = (participantId: number, code: string) => `${participantId} ${code}`;

/** What a card account may carry at a time: its row is read and written with every ride. */
export const passesMax = 8;

interface Purchase {
  readonly entryId: bigint;
  readonly day: string;
}

/**
 * The passes after one was bought. One bought while another of its kind is good begins when that one ends, so
 * that nothing is paid for twice. Passes whose time is over make room, and used-up ones where there is no other.
 */
export function buyPass(
  product: PassProduct,
  { entryId, day }: Purchase,
  before: readonly Pass[],
): Pass[] | 'too-many-passes' {
  const good = before.filter((pass) => pass.untilDay >= day);
  const kept = good.length < passesMax ? good : good.filter((pass) => pass.ridesLeft !== 0);
  if (kept.length >= passesMax) return 'too-many-passes';
  const { participantId, code } = product;
  const fromDay = product.kind === 'monthly' ? firstFreeDay(kept, product, day) : day;
  const untilDay = product.validDays === null ? monthEnd(fromDay) : addDays(fromDay, product.validDays - 1);
  return [
    ...kept,
    { participantId, code, entryId, boughtOn: day, fromDay, untilDay, ridesLeft: product.rides },
  ];
}

function firstFreeDay(passes: readonly Pass[], { participantId, code }: PassProduct, day: string): string {
  let first = day;
  for (const pass of passes) {
    const isSame = pass.participantId === participantId && pass.code === code;
    if (isSame && pass.untilDay >= first) first = nextDay(pass.untilDay);
  }
  return first;
}

/**
 * The pass that a ride is on: one for rides without number before one that loses a ride, and of those the one
 * that ends first. Undefined where none covers the line that day.
 */
export function passFor(
  passes: readonly Pass[],
  ride: { readonly participantId: number; readonly line: string; readonly day: string },
  products: PassProducts,
): Pass | undefined {
  const good = passes.filter((pass) => {
    const isOpen = pass.fromDay <= ride.day && ride.day <= pass.untilDay && pass.ridesLeft !== 0;
    return isOpen && pass.participantId === ride.participantId && covers(pass, ride.line, products);
  });
  const [first] = good.sort(byUse);
  return first;
}

function covers(pass: Pass, line: string, products: PassProducts): boolean {
  const product = effectiveOn(products.get(passKey(pass.participantId, pass.code)), pass.boughtOn);
  return product?.lines.some((covered) => covered === '*' || covered === line) ?? false;
}

function byUse(a: Pass, b: Pass): number {
  const [counted, other] = [a, b].map((pass) => (pass.ridesLeft === null ? 0 : 1)) as [number, number];
  if (counted !== other) return counted - other;
  if (a.untilDay !== b.untilDay) return a.untilDay < b.untilDay ? -1 : 1;
  return a.entryId < b.entryId ? -1 : 1;
}

/** The passes after a ride on one of them was taken (-1) or taken back (+1); a pass that is gone gets nothing back. */
export function countRide(passes: readonly Pass[], entryId: bigint, by: 1 | -1): Pass[] {
  return passes.map((pass) =>
    pass.entryId === entryId && pass.ridesLeft !== null ? { ...pass, ridesLeft: pass.ridesLeft + by } : pass,
  );
}

/** The passes after the purchase of one was given back whole: what is left of it is gone, its rides too. */
export function returnPass(passes: readonly Pass[], entryId: bigint): Pass[] {
  return passes.filter((pass) => pass.entryId !== entryId);
}

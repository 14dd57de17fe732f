import type { BusinessDay, LaneHeadAtCutOff } from '#ledger/business-days.ts';
import type { DayTotal } from '#ledger/rules/day-totals.ts';
import type { Finding } from './group-rows.ts';
import { movementFen, type Net, netsOf } from './nets.ts';
import { sealHash } from './seal.ts';

/** What the books keep about a closed day, and what it must follow from. */
export interface ClosedDayRows {
  readonly day: BusinessDay;
  /** The seal of the day before; the genesis seal for the first. Null where that day has none. */
  readonly previousSeal: Buffer | null;
  /** Where the lanes' chains stood, as the walk over them found. */
  readonly walked: readonly LaneHeadAtCutOff[];
  readonly totals: readonly DayTotal[];
  readonly heads: readonly LaneHeadAtCutOff[];
  readonly nets: readonly Net[];
  readonly seal: Buffer | null;
}

/** Whether a closed day's heads, nets and seal follow from its chains and totals; the first row that does not. */
export function checkClosedDay(rows: ClosedDayRows): Finding | null {
  const { businessDate } = rows.day;
  const sumFen = movementFen(rows.totals);
  if (sumFen !== 0n)
    return {
      table: 'ledger.day_totals',
      key: `day ${businessDate}`,
      expected: 'sum 0',
      found: `sum ${sumFen}`,
    };
  const heads = differing(rows.walked.map(headLine), rows.heads.map(headLine));
  if (heads !== null)
    return { table: 'ledger.day_seals', key: `day ${businessDate}, ${heads.key}`, ...heads.sides };
  // A day may stand without its seal for the moments between the cut-off and the seal, but not without nets.
  if (rows.seal === null && rows.nets.length === 0) return null;
  const nets = differing(netsOf(rows.totals).map(netLine), rows.nets.map(netLine));
  if (nets !== null)
    return { table: 'settlement.nets', key: `day ${businessDate}, ${nets.key}`, ...nets.sides };
  return checkSeal(rows);
}

function checkSeal({ day, previousSeal, heads, nets, seal }: ClosedDayRows): Finding | null {
  const hash = previousSeal && sealHash(previousSeal, { businessDate: day.businessDate, heads, nets });
  if (hash !== null && seal !== null && hash.equals(seal)) return null;
  return {
    table: 'settlement.seals',
    key: `day ${day.businessDate}`,
    expected: hash === null ? 'a seal of the day before' : `hash ${hash.toString('hex')}`,
    found: seal === null ? 'no row' : `hash ${seal.toString('hex')}`,
  };
}

/** A row as its key and what it says. */
type Line = readonly [key: string, says: string];

function headLine(head: LaneHeadAtCutOff): Line {
  return [`lane ${head.lane}`, `sequence ${head.sequence}, hash ${head.hash.toString('hex')}`];
}

function netLine(net: Net): Line {
  const credit = `credit ${net.creditFen} in ${net.creditCount}`;
  return [`participant ${net.participantId}`, `${credit}, debit ${net.debitFen} in ${net.debitCount}`];
}

function differing(expected: readonly Line[], found: readonly Line[]) {
  const says = new Map(found);
  const wanted = new Map(expected);
  for (const [key] of [...expected, ...found]) {
    const sides = { expected: wanted.get(key) ?? 'no row', found: says.get(key) ?? 'no row' };
    if (sides.expected !== sides.found) return { key, sides };
  }
  return null;
}

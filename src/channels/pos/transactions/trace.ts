import type { Exchange } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { readLocalTime } from '#channels/pos/rules/local-time.ts';
import type { TraceKey } from '#idempotency/rules/keys.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Sector } from '#sectors/contract.ts';

/** What names a transaction of a terminal's, and when it was by the terminal's clock. */
export interface Trace {
  readonly key: TraceKey;
  /** "2026-11-22 08:30:00". */
  readonly localTime: string;
}

/** A transaction with its name, in a sector that terminals may post in. */
export interface Traced extends Exchange {
  readonly trace: Trace;
  readonly sector: Sector;
}

/**
 * The name of a transaction. A terminal that sends no date is in the batch's day, whatever the day is by now: a repeat
 * and a reversal after midnight have their original's name.
 */
export function readTrace(
  parts: PosParts,
  exchange: Exchange,
): Trace | PosRefusal | Promise<Trace | PosRefusal> {
  const { message, type, terminal, terminalData, receivedMs } = exchange;
  const { 11: trace, 12: field12, 13: date } = message.fields;
  // Field 13 of 1993 says since when the card is good.
  const field13 = type.version === 1993 ? undefined : date;
  const local = readLocalTime({ field12, field13 }, hainanDay(receivedMs));
  if (trace === undefined || !/^\d{6}$/.test(trace) || local === null) return 'format';
  const batchNumber = terminalData.batchNumber ?? terminal.batchNumber;
  const named = (localDate: string | null): Trace | PosRefusal => {
    if (localDate === null) return 'batch-mismatch';
    const key = { terminalId: terminal.id, batchNumber, traceNumber: Number(trace), localDate };
    return { key, localTime: `${localDate} ${local.time ?? '00:00:00'}` };
  };
  if (local.date !== null) return named(local.date);
  const openedOn = parts.batches.openedOn(terminal.id, batchNumber);
  return openedOn instanceof Promise ? openedOn.then(named) : named(openedOn);
}

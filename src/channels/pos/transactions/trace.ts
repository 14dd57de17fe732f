import type { Exchange } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { batchBefore, isOfBatchBefore } from '#channels/pos/rules/likely-original.ts';
import { type LocalTime, readLocalTime } from '#channels/pos/rules/local-time.ts';
import { readOriginalData } from '#channels/pos/rules/original-data.ts';
import { businessKey, type TraceKey } from '#idempotency/rules/keys.ts';
import type { Fields } from '#iso8583/message.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Sector } from '#sectors/contract.ts';
import { findKnown } from './known.ts';

/** What names a transaction of a terminal's, and when it was by the terminal's clock. */
interface Trace {
  readonly key: TraceKey;
  /** "2026-11-22 08:30:00". */
  readonly localTime: string;
  /** Whether the message says the day. */
  readonly isDated: boolean;
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
  const { terminal, type, terminalData, receivedMs } = exchange;
  const said = saidTrace(exchange);
  if (said === 'format') return type.version === 1993 ? 'format 56' : 'format 90';
  const local = readLocalTime(said, hainanDay(receivedMs));
  if (local === null) return timeFault(said);
  if (!/^\d{6}$/.test(said.trace ?? '')) return 'format 11';
  const batchNumber = terminalData.batchNumber ?? terminal.batchNumber;
  const named = (localDate: string | null): Trace | PosRefusal | Promise<Trace> => {
    // Of a batch that never was nothing can be taken back, and nothing posted.
    if (localDate === null) return type.messageClass === 'reversal' ? 'original-not-found' : 'batch-mismatch';
    const key = { terminalId: terminal.id, batchNumber, traceNumber: Number(said.trace), localDate };
    const isDated = local.date !== null;
    const trace = { key, localTime: `${localDate} ${local.time ?? '00:00:00'}`, isDated };
    return terminalData.batchNumber === null ? inItsBatch(parts, exchange, { trace, local }) : trace;
  };
  if (local.date !== null) return named(local.date);
  const openedOn = parts.batches.openedOn(terminal.id, batchNumber);
  return openedOn instanceof Promise ? openedOn.then(named) : named(openedOn);
}

/**
 * A message that does not say its batch is of the one that its terminal is in, but for one that was sent before and has
 * its outcome in the batch before, which was settled meanwhile: it would be paid twice, or not be taken back.
 */
async function inItsBatch(
  parts: PosParts,
  { type }: Exchange,
  { trace, local }: { readonly trace: Trace; readonly local: LocalTime },
): Promise<Trace> {
  const { terminalId, batchNumber, localDate } = trace.key;
  const before = batchBefore(batchNumber);
  const day = trace.isDated ? localDate : await parts.batches.openedOn(terminalId, before);
  if (day === null) return trace;
  const key = { ...trace.key, batchNumber: before, localDate: day };
  const known = await findKnown(parts, [trace.key, key].map(businessKey));
  const there = known.get(businessKey(key));
  if (known.has(businessKey(trace.key)) || there === undefined) return trace;
  const said = {
    isOfEarlier: type.isRepeat || type.messageClass === 'reversal',
    localTime: local.time === null ? null : `${day} ${local.time}`,
  };
  return isOfBatchBefore(there, said)
    ? { ...trace, key, localTime: `${day} ${local.time ?? '00:00:00'}` }
    : trace;
}

/** Trace, time and date of the message; of a reversal those of its original, where hosts say them apart. */
function saidTrace({ message: { fields }, type }: Exchange) {
  const own = { trace: fields[11], ...saidTime(fields, type.version) };
  if (type.messageClass !== 'reversal') return own;
  const original = readOriginalData(fields, type.version);
  if (original === null || original === 'format') return original ?? own;
  return { ...own, trace: original.trace, field12: original.localTime ?? own.field12 };
}

/** Which of the two fields is no time or no day. */
function timeFault({ field12 }: { readonly field12: string | undefined }): 'format 12' | 'format 13' {
  return readLocalTime({ field12, field13: undefined }, '') === null ? 'format 12' : 'format 13';
}

function saidTime(fields: Fields, version: 1987 | 1993) {
  // Field 13 of 1993 says since when the card is good.
  return { field12: fields[12], field13: version === 1993 ? undefined : fields[13] };
}

import type { CardRef } from '#cards/store.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { readAmount } from '#channels/pos/rules/amounts.ts';
import { cardField, presentedCard } from '#channels/pos/rules/card-number.ts';
import { readDetail } from '#channels/pos/rules/sub-fields.ts';
import type { Request } from '#clearing/request.ts';
import { businessKey } from '#idempotency/rules/keys.ts';
import { sectors } from '#sectors/all.ts';
import type { Sector } from '#sectors/contract.ts';
import type { Traced } from './trace.ts';
import { withTypedPin } from './typed-pin.ts';

type Detail = Readonly<Record<string, string>>;

/** A payment, load or authorisation of the card that is before the terminal; where a PIN was typed, with what it proves. */
export function newRequest(
  parts: PosParts,
  traced: Traced,
  kind: 'payment' | 'load' | 'authorise',
): Request | PosRefusal | Promise<Request | PosRefusal> {
  const { fields } = traced.message;
  const amountFen = readAmount(fields);
  if (typeof amountFen === 'string') return amountFen;
  // Field 57 of 1993 is another thing.
  const field57 = traced.type.version === 1993 ? undefined : fields[57];
  const detail = detailOf(traced.sector, field57);
  const cardNumber = presentedCard(fields);
  if (detail === null) return 'format 57';
  if (cardNumber === null || cardNumber === 'format') return `format ${cardField(fields)}`;
  const make = (card: CardRef | undefined) => {
    if (card === undefined) return 'card-unknown';
    const request = { ...commonOf(traced), kind, card, amountFen, detail };
    return withTypedPin(parts, traced, { request, cardNumber });
  };
  const found = parts.resolveCard(cardNumber);
  return found instanceof Promise ? found.then(make) : make(found);
}

/** What every request of a terminal has. */
export function commonOf({ terminal, trace }: Traced) {
  return {
    sector: terminal.sector,
    callerKey: null,
    businessKey: businessKey(trace.key),
    terminalId: terminal.id,
    batchNumber: trace.key.batchNumber,
    localTime: trace.localTime,
    original: null,
    detail: {},
    final: false,
  };
}

/** Nearly every message says nothing of its sector's own, so that is read once. */
const plainDetails = new Map(sectors.map((sector) => [sector.name, readBy(sector, {})]));

function detailOf(sector: Sector, field57: string | undefined): Detail | null {
  if (field57 === undefined) return plainDetails.get(sector.name) ?? null;
  const said = readDetail(field57);
  return said === null ? null : readBy(sector, said);
}

function readBy(sector: Sector, said: Record<string, string>): Detail | null {
  const read = sector.detail.safeParse(said);
  return read.success ? read.data : null;
}

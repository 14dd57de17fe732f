import type { CardRef } from '#cards/store.ts';
import type { Caller } from '#channels/http/wire/to-request.ts';
import type { Request } from '#clearing/request.ts';
import { callerKey, namedKey, namedReversalKey } from '#idempotency/rules/keys.ts';
import { fen } from '#money/fen.ts';
import { type CancellationBody, type ReversalBody, type SettlementBody, timeIn } from './medical-schemas.ts';

export const medicalSector = 'medical';

/** Message ids are an institution's own: two institutions never meet in a key. */
const scopeOf = ({ terminal }: Caller) => `medical ${terminal.participantId}`;

type Named = Pick<Request, 'kind' | 'businessKey' | 'original' | 'detail' | 'localTime'>;

function requestOf(
  caller: Caller,
  named: Named,
  on: { readonly card: CardRef; readonly amount: number | undefined },
): Request {
  const { terminal, idempotencyKey } = caller;
  return {
    ...named,
    sector: medicalSector,
    callerKey: callerKey(String(terminal.id), idempotencyKey),
    card: on.card,
    terminalId: terminal.id,
    // A message of the national platform knows no batch: it comes in the one that the terminal is in.
    batchNumber: terminal.batchNumber,
    amountFen: on.amount === undefined ? null : fen(on.amount),
    final: false,
  };
}

/** The legs of a settlement as the sector reads them, and as they are kept. */
export function legsDetail(
  body: Pick<SettlementBody, 'total' | 'fund' | 'personalAccount' | 'mutualAid' | 'cash'>,
): Record<string, string> {
  const { total, fund, personalAccount, mutualAid, cash } = body;
  const legs = { total, fund, personalAccount, mutualAid, cash };
  return Object.fromEntries(Object.entries(legs).map(([name, value]) => [name, String(value)]));
}

/** A settlement (2207). Its message id is its name: sent again under whatever key, it is the same one. */
export function settlementRequest(caller: Caller, body: SettlementBody, card: CardRef): Request {
  const named: Named = {
    kind: 'payment',
    businessKey: namedKey(scopeOf(caller), body.messageId),
    original: null,
    detail: legsDetail(body),
    localTime: body.localTime.replace('T', ' '),
  };
  return requestOf(caller, named, { card, amount: body.amount });
}

/**
 * A cancellation (2208): the reversal of a settlement that must be there, under a message id of its own. Which
 * settlement it cancels is kept with it, so that the id cannot be used for another.
 */
export function cancellationRequest(caller: Caller, body: CancellationBody, card: CardRef): Request {
  const scope = scopeOf(caller);
  const named: Named = {
    kind: 'reversal',
    businessKey: namedKey(scope, body.messageId),
    original: { id: null, businessKey: namedKey(scope, body.originalMessageId), mustExist: true },
    detail: { cancels: body.originalMessageId },
    localTime: timeIn(body.messageId),
  };
  return requestOf(caller, named, { card, amount: body.amount });
}

/** A reversal (2601): one for an original, whether it came or not; one that comes later is refused. */
export function medicalReversalRequest(caller: Caller, body: ReversalBody, card: CardRef): Request {
  const scope = scopeOf(caller);
  const named: Named = {
    kind: 'reversal',
    businessKey: namedReversalKey(scope, body.originalMessageId),
    original: { id: null, businessKey: namedKey(scope, body.originalMessageId) },
    detail: {},
    localTime: timeIn(body.originalMessageId),
  };
  return requestOf(caller, named, { card, amount: body.amount });
}

import type { Decision, Outcome } from '#clearing/outcome.ts';
import { detailText, kindCodes, type Request } from '#clearing/request.ts';
import { differingField, type Said } from '#idempotency/rules/compare.ts';
import { sectorNamed } from '#sectors/all.ts';

/** What a request says, as far as a repeat must say the same. */
export function said(request: Request): Said {
  return {
    businessKey: request.businessKey,
    kind: kindCodes[request.kind],
    sector: sectorNamed(request.sector)?.code ?? 0,
    cardId: request.card.cardId,
    amountFen: request.amountFen,
    originalId: request.original?.id ?? null,
    localTime: request.localTime,
    detail: detailText(request),
  };
}

/** The answer of a first, given to a request that came under the same key while it was on its way. */
export function sameRequest(repeat: Request, first: Request, answer: Outcome): Decision {
  const field = differingField(said(repeat), said(first));
  return field === null ? { ...answer, replay: true } : { status: 'key-reused', field };
}

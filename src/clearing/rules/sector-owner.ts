import type { Request } from '#clearing/request.ts';
import { sectorNamed } from '#sectors/all.ts';
import type { Reference } from './state.ts';

/** Whose state the request's sector reads and keeps: the card account's, or that of the participant that acts. */
export function sectorOwner(request: Request, reference: Pick<Reference, 'terminals'>): bigint {
  if (sectorNamed(request.sector)?.keeps !== 'participant') return request.card.cardAccountId;
  return BigInt(reference.terminals.get(request.terminalId)?.participantId ?? 0);
}

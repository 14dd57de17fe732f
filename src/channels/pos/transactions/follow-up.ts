import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { readAmount } from '#channels/pos/rules/amounts.ts';
import type { Transaction } from '#channels/pos/rules/asked.ts';
import { approvalCode, readRetrievalNumber, retrievalNumber } from '#channels/pos/rules/retrieval-number.ts';
import type { Kind, Request } from '#clearing/request.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { commonOf } from './new-request.ts';
import { accountRef, cardOf, findKnown, originalKeys } from './originals.ts';
import type { Traced } from './trace.ts';

export type FollowUp = Extract<Transaction, 'completion' | 'part-completion' | 'void' | 'refund'>;

const kinds: Readonly<Record<FollowUp, Kind>> = {
  completion: 'capture',
  'part-completion': 'capture',
  void: 'void',
  refund: 'refund',
};

/** A completion, void or refund of what field 61 or our retrieval number (37) names. */
export async function followUpRequest(
  parts: PosParts,
  traced: Traced,
  transaction: FollowUp,
): Promise<Request | PosRefusal> {
  const { fields } = traced.message;
  // A void takes back all there is; the amount that terminals send with it is the original's.
  const amountFen = transaction === 'void' ? null : readAmount(fields);
  if (typeof amountFen === 'string') return amountFen;
  const common = commonOf(traced);
  const keys = await originalKeys(parts, traced);
  if (keys === 'format') return keys;
  const known = await findKnown(parts, [common.businessKey, ...keys]);
  const named = keys.map((key) => known.get(key)).find((outcome) => outcome !== undefined);
  const before = known.get(common.businessKey);
  const id = originalId(before, named, fields[37]);
  const code = fields[38]?.trim() ?? '';
  if (id !== null && code !== '' && code !== approvalCode(retrievalNumber(id))) return 'original-mismatch';
  const card = await cardOf(parts, traced, named ?? before);
  if (card === null) return 'original-not-found';
  if (typeof card === 'string') return card;
  return {
    ...common,
    kind: kinds[transaction],
    card: accountRef(card.cardAccountId),
    amountFen,
    original: { id, businessKey: null },
    final: transaction === 'completion',
  };
}

/** What was asked before without finding its original is asked again without: it has its answer. */
function originalId(
  before: KnownOutcome | undefined,
  named: KnownOutcome | undefined,
  field37: string | undefined,
): bigint | null {
  if (before?.refusal === 'original-not-found' && before.originalId === null) return null;
  return named?.id ?? readRetrievalNumber(field37);
}

import type { PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { tookMore } from '#channels/pos/rules/adjustment.ts';
import { readAmount } from '#channels/pos/rules/amounts.ts';
import type { Transaction } from '#channels/pos/rules/asked.ts';
import { approvalCode, readRetrievalNumber, retrievalNumber } from '#channels/pos/rules/retrieval-number.ts';
import { type Kind, kindCodes, type Request } from '#clearing/request.ts';
import type { KnownOutcome } from '#clearing/rules/state.ts';
import { type Fen, fen } from '#money/fen.ts';
import { adjustmentKey } from './adjust.ts';
import { findKnown } from './known.ts';
import { commonOf } from './new-request.ts';
import { accountRef, cardOf, originalKeys } from './originals.ts';
import type { Traced } from './trace.ts';

type FollowUp = Extract<
  Transaction,
  'completion' | 'part-completion' | 'void' | 'completion-void' | 'refund'
>;

const kinds: Readonly<Record<FollowUp, Kind>> = {
  completion: 'capture',
  'part-completion': 'capture',
  void: 'void',
  // The money goes back whole and is free: what was completed stays completed, and is not held again.
  'completion-void': 'refund',
  refund: 'refund',
};

/** A completion, void or refund of what field 61 or our retrieval number (37) names. */
export async function followUpRequest(
  parts: PosParts,
  traced: Traced,
  transaction: FollowUp,
): Promise<Request | PosRefusal> {
  const { fields } = traced.message;
  const saidFen = readAmount(fields);
  if (typeof saidFen === 'string') return saidFen;
  const common = commonOf(traced);
  const keys = await originalKeys(parts, traced);
  if (typeof keys === 'string') return keys;
  const changes = transaction === 'void' ? keys.map((key) => adjustmentKey(traced, key)) : [];
  const known = await findKnown(parts, [common.businessKey, ...keys, ...changes]);
  const named = keys.map((key) => known.get(key)).find((outcome) => outcome !== undefined);
  const before = known.get(common.businessKey);
  // The tip is reversed first, or both are given back; what was voided before has its answer.
  if (before === undefined && changes.some((key) => tookMore(known.get(key)))) return 'original-mismatch';
  const id = originalId(before, named, fields[37]);
  const code = fields[38]?.trim() ?? '';
  if (id !== null && code !== '' && code !== approvalCode(retrievalNumber(id))) return 'original-mismatch';
  const amountFen = amountOf(transaction, named, saidFen);
  if (amountFen === 'original-mismatch') return amountFen;
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

/** A void takes back all there is, whatever amount the terminal sends with it. */
function amountOf(
  transaction: FollowUp,
  named: KnownOutcome | undefined,
  saidFen: Fen | null,
): Fen | null | 'original-mismatch' {
  if (transaction === 'void') return null;
  if (transaction !== 'completion-void' || named === undefined) return saidFen;
  const isCapture = named.kind === kindCodes.capture && named.amountFen !== null;
  return isCapture ? fen(named.amountFen) : 'original-mismatch';
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

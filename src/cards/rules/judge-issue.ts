/** Why a card is not issued. */
export type IssueRefusal =
  | 'id-number-wrong'
  | 'expiry-wrong'
  | 'card-number-taken'
  | 'person-has-card'
  | 'product-unknown'
  | 'application-unknown'
  | 'application-done';

/** Why a card of a batch is not issued, once its shape was found right. */
export type TakenRefusal = 'card-number-taken' | 'person-has-card' | 'duplicate-in-file';

/** What of an asked card decides whether it can be had. Digests are hexadecimal. */
export interface AskedCard {
  readonly numberDigest: string;
  readonly idNumberDigest: string;
  readonly product: string;
}

/** What is taken already, and by which file (null: by none). */
export interface TakenCards {
  readonly numbers: ReadonlyMap<string, bigint | null>;
  /** By `heldKey`. */
  readonly held: ReadonlyMap<string, bigint | null>;
}

export function heldKey(card: Pick<AskedCard, 'idNumberDigest' | 'product'>): string {
  return `${card.idNumberDigest} ${card.product}`;
}

/**
 * Why each card cannot be had, or null, in their order: a number once, and a product once for a person. What this
 * same file took before, in this batch or in an earlier one, is a line that stands there twice.
 */
export function judgeIssue(
  cards: readonly AskedCard[],
  taken: TakenCards,
  fileId: bigint | null,
): (TakenRefusal | null)[] {
  const numbers = new Map(taken.numbers);
  const held = new Map(taken.held);
  return cards.map((card) => {
    const key = heldKey(card);
    const refusal =
      refuse(numbers.get(card.numberDigest), fileId, 'card-number-taken') ??
      refuse(held.get(key), fileId, 'person-has-card');
    if (refusal !== null) return refusal;
    numbers.set(card.numberDigest, fileId);
    held.set(key, fileId);
    return null;
  });
}

/** Undefined: nobody has it. */
function refuse(
  by: bigint | null | undefined,
  fileId: bigint | null,
  otherwise: TakenRefusal,
): TakenRefusal | null {
  if (by === undefined) return null;
  return fileId !== null && by === fileId ? 'duplicate-in-file' : otherwise;
}

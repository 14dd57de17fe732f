import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import { idMax } from '#platform/columns.ts';

/** An entry as callers name it: its card account and its id, so that nothing has to be looked up for it. */
export interface TransactionId {
  readonly cardAccountId: bigint;
  readonly id: bigint;
}

export function formatTransactionId({ cardAccountId, id }: TransactionId): string {
  return `${cardAccountId}-${id}`;
}

/** The parts of a transaction id, or null for a text that cannot be one. */
export function parseTransactionId(text: string): TransactionId | null {
  const match = /^([1-9]\d{6,16})-([1-9]\d{0,18})$/.exec(text);
  if (match === null) return null;
  const cardAccountId = BigInt(match[1] as string);
  const id = BigInt(match[2] as string);
  return cardAccountId < firstCardAccountId || id > idMax ? null : { cardAccountId, id };
}

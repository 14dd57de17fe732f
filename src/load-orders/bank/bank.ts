import type { BankAnswer } from '#load-orders/rules/order.ts';

/** What is asked of a bank. The reference names the debit: asked again with it, the bank answers the same. */
export interface BankAsk {
  /** "LO17": the order's number. */
  readonly reference: string;
  readonly accountNumber: string;
  readonly amountFen: bigint;
}

/** A bank as we know it. No call throws: what is not an answer is "unknown", and is asked about again. */
export interface Bank {
  /** Takes the amount from the account, once for a reference. */
  debit(ask: BankAsk): Promise<BankAnswer>;
  /** What became of a debit. */
  inquire(ask: BankAsk): Promise<BankAnswer>;
  /** Gives back what was debited; where nothing was, the debit is refused for ever ("never-debited"). */
  refund(ask: BankAsk): Promise<BankAnswer>;
}

/** What a terminal may be allowed to do. */
export const terminalKinds = ['payment', 'load', 'hold', 'refund', 'reversal', 'inquiry'] as const;
/** What only a desk of our own may do, in every sector: give a wrong charge back before its operator does. */
export type TerminalKind = (typeof terminalKinds)[number] | 'compensation';

export type TerminalRefusal = 'terminal-not-active' | 'kind-not-allowed' | 'batch-mismatch';

/** What a terminal's row says that its requests are judged by. */
export interface TerminalTerms {
  readonly active: boolean;
  readonly sector: string;
  readonly allowedKinds: readonly TerminalKind[];
  readonly batchNumber: number;
}

/** Why a terminal may not do this, or null. A repeat is answered before this, so an old batch still can retry. */
export function refuseTerminal(
  terminal: TerminalTerms,
  asked: { readonly kind: TerminalKind; readonly sector: string; readonly batchNumber: number },
): TerminalRefusal | null {
  if (!terminal.active) return 'terminal-not-active';
  if (!terminal.allowedKinds.includes(asked.kind)) return 'kind-not-allowed';
  if (asked.kind !== 'compensation' && terminal.sector !== asked.sector) return 'kind-not-allowed';
  return terminal.batchNumber === asked.batchNumber ? null : 'batch-mismatch';
}

import { refuseCard } from '#cards/rules/status.ts';
import { type CardRef, findCardStates } from '#cards/store.ts';
import { planRequest } from '#clearing/rules/plan-request.ts';
import type { Reference } from '#clearing/rules/state.ts';
import type { Purse } from '#ledger/rules/accounts.ts';
import { readPursesOf } from '#ledger/store.ts';
import type { Fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Session } from '#platform/postgres.ts';
import type { Terminal } from '#terminals/store.ts';

export const loadSector = 'top-up';

/** A load that somebody would like, and the terminal of the bank that would post it. */
export interface Wish {
  readonly card: CardRef;
  readonly purse: Purse;
  readonly amountFen: Fen;
  readonly terminal: Terminal | undefined;
}

/** The terminal under which a bank's loads are posted: its first that may load. */
export function bankTerminal(reference: Reference, participantId: number): Terminal | undefined {
  for (const terminal of reference.terminals.values()) {
    const isTheirs = terminal.participantId === participantId && terminal.sector === loadSector;
    if (isTheirs && terminal.active && terminal.allowedKinds.includes('load')) return terminal;
  }
  return undefined;
}

/**
 * Why each load would be refused now, or null: by the very rules that the one path will decide by, asked before the
 * bank is, so that money is not taken only to be given back. It binds nobody: the one path decides.
 */
export async function foresee(
  session: Session,
  reference: Reference,
  { wishes, nowMs }: { readonly wishes: readonly Wish[]; readonly nowMs: number },
): Promise<(string | null)[]> {
  const cards = wishes.map((wish) => wish.card);
  const owners = cards.map(({ bucket, cardAccountId }) => ({ bucket, ownerId: cardAccountId }));
  const [states, purses] = await Promise.all([findCardStates(session, cards), readPursesOf(session, owners)]);
  return wishes.map(({ card, purse, amountFen, terminal }) => {
    const state = states.get(card.cardId);
    if (state === undefined) return 'card-unknown';
    const refusal = refuseCard(state, { nowMs, today: hainanDay(nowMs) });
    if (refusal !== null) return refusal;
    const participant = reference.participants.get(terminal?.participantId ?? 0);
    if (terminal === undefined) return 'terminal-not-active';
    if (participant?.active !== true) return 'participant-not-active';
    const load = {
      kind: 'load',
      sector: loadSector,
      card,
      terminalId: terminal.id,
      amountFen,
      detail: { purse },
    } as const;
    const stand = {
      product: state.product,
      nowMs,
      entryId: 0n,
      accounts: purses,
      // Of an agent's day nothing is known here; a bank, which alone is asked, has none.
      sectorState: undefined,
    };
    const planned = planRequest(reference, load, stand);
    return typeof planned === 'string' ? planned : null;
  });
}

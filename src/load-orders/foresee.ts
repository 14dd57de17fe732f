import { refuseCard } from '#cards/rules/status.ts';
import { type CardRef, findCardStates } from '#cards/store.ts';
import type { Reference } from '#clearing/rules/state.ts';
import { accountId, type Purse } from '#ledger/rules/accounts.ts';
import { readPursesOf } from '#ledger/store.ts';
import type { Fen } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Session } from '#platform/postgres.ts';
import { sectorNamed } from '#sectors/all.ts';
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
  const sector = sectorNamed(loadSector);
  if (sector === undefined) throw new RangeError('the sector of loads is gone');
  return wishes.map(({ card, purse, amountFen, terminal }) => {
    const state = states.get(card.cardId);
    if (state === undefined) return 'card-unknown';
    const refusal = refuseCard(state, { nowMs, today: hainanDay(nowMs) });
    if (refusal !== null) return refusal;
    const participant = reference.participants.get(terminal?.participantId ?? 0);
    if (terminal === undefined) return 'terminal-not-active';
    if (participant?.active !== true) return 'participant-not-active';
    const planned = sector.plan(
      {
        cardAccountId: card.cardAccountId,
        product: state.product,
        participantId: participant.id,
        mcc: participant.mcc ?? '0000',
        rule: null,
        amountFen,
        detail: { purse },
        nowMs,
        isHold: false,
        pinVerified: false,
        entryId: 0n,
        purse: (named) => purses.get(accountId(card.cardAccountId, named)),
      },
      reference.tariffs.get(sector.name),
      undefined,
    );
    return typeof planned === 'string' ? planned : null;
  });
}

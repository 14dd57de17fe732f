import { refuseCard } from '#cards/rules/status.ts';
import { type CardRef, findCardStates } from '#cards/store.ts';
import type { HttpParts } from '#channels/http/parts.ts';
import { payingRule } from '#clearing/rules/paying-purses.ts';
import { merchantCategory, planRequest } from '#clearing/rules/plan-request.ts';
import { type Balance, readBalances } from '#ledger/balances.ts';
import { accountId, type Purse } from '#ledger/rules/accounts.ts';
import { debitPurses } from '#ledger/rules/purses.ts';
import { fen, fenToJson } from '#money/fen.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Terminal } from '#terminals/store.ts';
import type { PreSettlementBody } from './medical-schemas.ts';
import { legsDetail, medicalSector } from './to-medical-request.ts';

interface Asked {
  readonly terminal: Terminal;
  readonly card: CardRef;
  readonly body: PreSettlementBody;
}

/**
 * Whether a settlement could be paid as the purses stand now, by the rules that will decide it (2206). Nothing is
 * held: the settlement itself decides.
 */
export async function preSettle(parts: HttpParts, asked: Asked): Promise<object> {
  const { card, body } = asked;
  const nowMs = Date.now();
  const [states, balances] = await Promise.all([
    findCardStates(parts.session, [card]),
    readBalances(parts.session, card.cardAccountId),
  ]);
  const state = states.get(card.cardId);
  if (state === undefined) throw new Error('a card that was resolved has no row');
  const rule = ruleOf(parts, asked, nowMs);
  const reason =
    refuseCard(state, { nowMs, today: hainanDay(nowMs) }) ??
    (typeof rule === 'string' || rule === null
      ? (rule ?? 'no-tariff')
      : refuseNow(parts, asked, { balances, nowMs, product: state.product }));
  const own = typeof rule === 'string' ? [] : (rule?.purses ?? []).filter((purse) => purse !== 'medical');
  return {
    payable: reason === null,
    reason,
    personalAccount: { asked: body.personalAccount, available: availableIn(balances, ['medical']) },
    ownMoney: {
      asked: Math.max(0, (body.amount ?? 0) - body.personalAccount),
      available: availableIn(balances, own),
    },
    currency: 'CNY',
  };
}

function ruleOf(parts: HttpParts, { terminal }: Asked, nowMs: number) {
  const reference = parts.clearing.reference.current();
  const mcc = merchantCategory(reference, terminal.id);
  return payingRule(reference, { kind: 'payment', sector: medicalSector, detail: {} }, { mcc, nowMs });
}

interface Now {
  readonly balances: readonly Balance[];
  readonly nowMs: number;
  readonly product: string;
}

/** The first thing in the way of the settlement, or null. */
function refuseNow(parts: HttpParts, { terminal, card, body }: Asked, now: Now): string | null {
  const reference = parts.clearing.reference.current();
  if (reference.participants.get(terminal.participantId)?.active !== true) return 'participant-not-active';
  const accounts = accountsOf(card.cardAccountId, now.balances);
  const payment = {
    kind: 'payment',
    sector: medicalSector,
    card,
    terminalId: terminal.id,
    amountFen: body.amount === undefined ? null : fen(body.amount),
    detail: legsDetail(body),
  } as const;
  const { product, nowMs } = now;
  const stand = { product, nowMs, entryId: 0n, accounts, sectorState: undefined };
  const planned = planRequest(reference, payment, stand);
  if (typeof planned === 'string') return planned;
  for (const part of planned.parts) {
    const debits = debitPurses(card.cardAccountId, part, accounts);
    if (typeof debits === 'string') return debits;
  }
  return null;
}

/** Balances as the rules take them; what is held is off already where its time is over. */
function accountsOf(cardAccountId: bigint, balances: readonly Balance[]) {
  return new Map(
    balances.map(({ purse, postedFen, heldFen, availableFen }) => {
      const id = accountId(cardAccountId, purse);
      const floorFen = postedFen - heldFen - availableFen;
      return [id, { id, balanceFen: postedFen, heldFen, floorFen, lastEntryId: 0n }];
    }),
  );
}

function availableIn(balances: readonly Balance[], purses: readonly Purse[]): number {
  let sum = 0n;
  for (const { purse, availableFen } of balances) if (purses.includes(purse)) sum += availableFen;
  return fenToJson(sum);
}

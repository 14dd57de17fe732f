import { randomUUID } from 'node:crypto';
import { systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { findCardsOfAccounts } from '#cards/cards-of-accounts.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { availableFen } from '#ledger/rules/entry.ts';
import { readPursesOf } from '#ledger/store.ts';
import { inTransaction, type Session, sessionOf } from '#platform/postgres.ts';
import { findBindings } from './bindings.ts';
import { bankTerminal, foresee } from './foresee.ts';
import { lockMandates, type Mandate, readMandates } from './mandates.ts';
import type { LoadOrderParts } from './parts.ts';
import { earlierMax, isDue } from './rules/due.ts';
import { findEarlierOrders, insertOrders, type NewOrder } from './store.ts';

/** So many mandates are looked at in one round. */
const sweepMax = 500;

/** How far a round of the sweep came. */
export interface Swept {
  /** After which mandate the next round begins; 0 begins anew. */
  readonly after: bigint;
  readonly ordered: number;
}

/**
 * Looks at the next mandates in force, and orders a load for those whose balance is too low. Two instances may sweep
 * at once: a mandate is locked before it is judged, and has one open order at the most. The orders are driven by
 * whoever claims them.
 */
export async function sweepMandates(parts: LoadOrderParts, after: bigint): Promise<Swept> {
  const session = sessionOf(parts.pool);
  const mandates = await readMandates(session, after, sweepMax);
  const last = mandates.at(-1);
  const next = mandates.length < sweepMax || last === undefined ? 0n : last.id;
  const balances = await availableOf(session, mandates);
  const low = mandates.filter((mandate) => balanceOf(balances, mandate) < mandate.thresholdFen);
  if (low.length === 0) return { after: next, ordered: 0 };
  const ordered = await inTransaction(parts.pool, (client) => orderFor(parts, sessionOf(client), low));
  return { after: next, ordered };
}

async function orderFor(
  parts: LoadOrderParts,
  session: Session,
  candidates: readonly Mandate[],
): Promise<number> {
  const locked = await lockMandates(session, candidates);
  // Read after the lock: what another instance ordered and loaded meanwhile counts.
  const earlier = await findEarlierOrders(session, locked, earlierMax);
  const balances = await availableOf(session, locked);
  const nowMs = Date.now();
  const due = locked.filter((mandate) =>
    isDue(mandate, { availableFen: balanceOf(balances, mandate), nowMs }, earlier.get(mandate.id) ?? []),
  );
  if (due.length === 0) return 0;
  const orders = await insertOrders(session, await draftsOf(parts, session, due));
  await recordAudit(
    session,
    orders.map((order) => ({
      actor: systemActor,
      act: 'load-ordered',
      subject: `load-order ${order.id}`,
      reason: order.reason ?? `mandate ${order.mandateId}`,
    })),
  );
  return orders.length;
}

/** The orders of these mandates; none for one whose bank account or card is gone. */
async function draftsOf(
  parts: LoadOrderParts,
  session: Session,
  due: readonly Mandate[],
): Promise<NewOrder[]> {
  const reference = parts.clearing.reference.current();
  const bindings = await findBindings(
    session,
    due.map((mandate) => mandate.cardAccountId),
  );
  const cards = await findCardsOfAccounts(session, due.map(ownerOf));
  const drafts = due.flatMap(({ id, cardAccountId, amountFen }) => {
    const binding = bindings.get(cardAccountId);
    const card = cards.get(cardAccountId);
    if (binding?.bank == null || card === undefined) return [];
    const terminal = bankTerminal(reference, binding.participantId);
    return [{ card, terminal, bindingId: binding.id, mandateId: id, amountFen, purse: 'online' as const }];
  });
  const reasons = await foresee(session, reference, { wishes: drafts, nowMs: Date.now() });
  return drafts.map(({ terminal, ...draft }, i) => ({
    ...draft,
    terminalId: terminal?.id ?? 0,
    callerKey: randomUUID(),
    reason: reasons[i] ?? null,
    leaseMs: 0,
  }));
}

const ownerOf = ({ bucket, cardAccountId }: Mandate) => ({ bucket, ownerId: cardAccountId });

function availableOf(session: Session, mandates: readonly Mandate[]) {
  return readPursesOf(session, mandates.map(ownerOf));
}

function balanceOf(balances: Awaited<ReturnType<typeof availableOf>>, { cardAccountId }: Mandate): bigint {
  const account = balances.get(accountId(cardAccountId, 'online'));
  return account === undefined ? 0n : availableFen(account);
}

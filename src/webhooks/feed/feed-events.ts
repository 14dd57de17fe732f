import { dayNumber } from '#platform/calendar.ts';
import { idLane } from '#platform/ids.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { readKeptNets } from '#settlement/store.ts';
import { readNewEntries, readPosters, type Told } from '#webhooks/figures/store.ts';
import { dayClosedEvent, transactionEvent } from '#webhooks/rules/event.ts';
import { takeGroups } from '#webhooks/rules/take-groups.ts';
import {
  advanceLanes,
  insertMessages,
  type Listener,
  type NewMessage,
  noteDayTold,
  readListeners,
  readSealedDays,
  readUnread,
  type SealedDay,
  tryFeedLock,
} from './store.ts';

/** Groups of a lane, and outcomes over all lanes, that are read at a time. */
const groupsPerLaneMax = 64;
const outcomesMax = 5_000;
const daysMax = 10;

export interface FeedParts {
  readonly pool: Pool;
  /** Called between two acts, for tests that let the process die there. */
  readonly passed?: (act: string) => Promise<void> | void;
}

/**
 * Reads on in the books from where they were read to, and writes what participants listen to as messages, all in one
 * transaction: each event is one message an endpoint, whatever dies. Nothing of it is on the posting path: the books
 * say what was committed. One instance feeds at a time; whether there is more at once.
 */
export async function feedEvents(parts: FeedParts): Promise<boolean> {
  const passed = async (act: string) => parts.passed?.(act);
  return inTransaction(parts.pool, async (client) => {
    const session = sessionOf(client);
    if (!(await tryFeedLock(session))) return false;
    const listeners = await readListeners(session);
    if (listeners.length === 0) return false;
    const more = await feedEntries(session, listeners, passed);
    await feedDays(session, listeners);
    await passed('wrote what is told');
    return more;
  });
}

async function feedEntries(
  session: Session,
  listeners: readonly Listener[],
  passed: (act: string) => Promise<void>,
): Promise<boolean> {
  const taken = takeGroups(await readUnread(session, groupsPerLaneMax), outcomesMax);
  if (taken === null) return false;
  const posters = await readPosters(session, [...new Set(listeners.map((one) => one.participantId))]);
  const told = await readNewEntries(session, posters, taken);
  await passed('read the books');
  await insertMessages(session, messagesOf(listeners, told));
  await passed('wrote messages');
  if (!(await advanceLanes(session, taken.windows))) throw new Error('a lane was read by somebody else');
  return taken.more;
}

/** For each endpoint what is its participant's, committed after it began to listen. */
function messagesOf(listeners: readonly Listener[], told: readonly Told[]): NewMessage[] {
  const ofParticipant = Map.groupBy(listeners, (listener) => listener.participantId);
  return told.flatMap(({ participantId, transaction }) => {
    const { id } = transaction;
    const hears = (ofParticipant.get(participantId) ?? []).filter(
      (listener) => id >= (listener.fromIds[idLane(id)] ?? 0n),
    );
    if (hears.length === 0) return [];
    const event = transactionEvent(transaction);
    return hears.map((listener) => ({ endpointId: listener.id, event }));
  });
}

async function feedDays(session: Session, listeners: readonly Listener[]): Promise<void> {
  const after = listeners.map((listener) => listener.closedThrough).sort()[0] ?? '';
  for (const day of await readSealedDays(session, after, daysMax)) {
    const hears = listeners.filter((listener) => listener.closedThrough < day.businessDate);
    await insertMessages(session, await dayMessages(session, day, hears));
    await noteDayTold(
      session,
      hears.map((listener) => listener.id),
      day.businessDate,
    );
  }
}

const nothing = { creditFen: 0n, debitFen: 0n, creditCount: 0, debitCount: 0 };

async function dayMessages(
  session: Session,
  day: SealedDay,
  hears: readonly Listener[],
): Promise<NewMessage[]> {
  const nets = await readKeptNets(session, day.businessDate);
  const netOf = new Map(nets.map((net) => [net.participantId, net]));
  return hears.map((listener) => ({
    endpointId: listener.id,
    event: dayClosedEvent({
      ...{ businessDate: day.businessDate, sealHex: day.sealHex },
      dayNumber: dayNumber(day.businessDate),
      closedAtMs: day.closedAtMs,
      ...(netOf.get(listener.participantId) ?? nothing),
    }),
  }));
}

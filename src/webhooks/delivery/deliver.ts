import { systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import type { Log } from '#platform/log.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import { afterAttempt } from '#webhooks/rules/schedule.ts';
import { privateKeyOf, signedHeaders } from '#webhooks/rules/signature.ts';
import type { Sender } from './send.ts';
import {
  type Claimed,
  claimDue,
  type Finished,
  giveBack,
  keepFinished,
  readTargets,
  type Target,
} from './store.ts';

/** Messages on their way at a time: to one endpoint, and in all, from this instance. */
const perEndpointMax = 8;
const inAllMax = 64;
/**
 * An endpoint that takes so long to answer has fewer places, for a while: they are everybody's, and a few who answer
 * after fourteen seconds would have them all.
 */
const slowMs = 3_000;
const slowForMs = 60_000;
const perSlowEndpointMax = 2;
/** While messages are on their way, what became due is looked for so often at the least. */
const lookAgainMs = 200;

export interface DeliveryParts {
  readonly pool: Pool;
  readonly secrets: Pick<Secrets, 'openWebhook'>;
  readonly sender: Sender;
  readonly log: Log;
  readonly nowMs: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Called between two acts, for tests that let the process die there. */
  readonly passed?: (act: string) => Promise<void> | void;
}

/** Sends what is due, at least once each. */
export interface Delivery {
  /** Claims what there is room for and starts sending; whether to look again at once. A slow endpoint holds up nobody else. */
  round(): Promise<boolean>;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
  /** Stops sending; what is on its way is given back for others to send. */
  stop(): Promise<void>;
}

export function openDelivery(parts: DeliveryParts): Delivery {
  const { pool, log } = parts;
  const stopping = new AbortController();
  const underWay = new Map<bigint, Promise<void>>();
  const places = openEndpointPlaces(parts.nowMs);
  const keep = keeper(pool);
  const start = (claimed: Claimed, target: Target | undefined) => {
    const leave = places.enter(claimed.endpointId);
    const work = deliver({ parts, keep, stop: stopping.signal }, claimed, target)
      .catch((error) =>
        log.warn('a webhook could not be kept', { webhookMessage: Number(claimed.id), error }),
      )
      .finally(() => {
        underWay.delete(claimed.id);
        leave();
      });
    underWay.set(claimed.id, work);
  };
  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay.values());
  };
  return {
    round: async () => {
      if (stopping.signal.aborted) return false;
      const limits = { perEndpoint: perEndpointMax, inAll: inAllMax - underWay.size, busy: places.taken() };
      const session = sessionOf(pool);
      const wasIdle = underWay.size === 0;
      const due = limits.inAll === 0 ? [] : await claimDue(session, limits);
      await parts.passed?.('claimed');
      const targets = await readTargets(session, [...new Set(due.map((claimed) => claimed.endpointId))]);
      for (const claimed of due) start(claimed, targets.get(claimed.endpointId));
      // Whoever answered while we looked may have made room for what was not claimed.
      if (due.length === 0 && wasIdle) return false;
      // Whoever answers first makes room for the next.
      if (due.length === 0 || underWay.size >= inAllMax) await firstOf([...underWay.values()], lookAgainMs);
      return true;
    },
    idle,
    stop: async () => {
      stopping.abort();
      await idle();
    },
  };
}

/** The places that endpoints take, and how many each may. */
function openEndpointPlaces(nowMs: () => number) {
  const counts = new Map<bigint, number>();
  const slowUntil = new Map<bigint, number>();
  return {
    /** Takes a place; what it gives leaves it. */
    enter: (endpointId: bigint) => {
      const enteredMs = nowMs();
      counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1);
      return () => {
        const left = (counts.get(endpointId) ?? 0) - 1;
        if (left <= 0) counts.delete(endpointId);
        else counts.set(endpointId, left);
        if (nowMs() - enteredMs >= slowMs) slowUntil.set(endpointId, nowMs() + slowForMs);
      };
    },
    taken: () => {
      for (const [endpointId, untilMs] of slowUntil) if (untilMs <= nowMs()) slowUntil.delete(endpointId);
      const mostOf = (endpointId: bigint) =>
        slowUntil.has(endpointId) ? perSlowEndpointMax : perEndpointMax;
      const known = new Set([...counts.keys(), ...slowUntil.keys()]);
      return new Map([...known].map((id) => [id, { count: counts.get(id) ?? 0, most: mostOf(id) }]));
    },
  };
}

/** Waits for the first of these, or so long. */
async function firstOf(works: readonly Promise<void>[], ms: number): Promise<void> {
  if (works.length === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, ...works]);
  clearTimeout(timer);
}

interface Doing {
  readonly parts: DeliveryParts;
  readonly keep: (finished: Finished) => Promise<void>;
  readonly stop: AbortSignal;
}

async function deliver(doing: Doing, claimed: Claimed, target: Target | undefined): Promise<void> {
  if (target === undefined) throw new Error('a webhook message has no endpoint with keys');
  const { parts, keep, stop } = doing;
  const startedMs = parts.nowMs();
  const keys = target.keys.map((key) => ({
    shared: parts.secrets.openWebhook(key.sharedSealed),
    privateKey: privateKeyOf(parts.secrets.openWebhook(key.privateSealed)),
  }));
  const { payload } = claimed;
  const headers = signedHeaders({ id: claimed.id, payload }, startedMs, keys);
  const sent = await parts.sender.send({ url: target.url, headers, payload }, stop);
  await parts.passed?.('sent');
  if (stop.aborted && sent.outcome !== 'delivered') return giveBack(sessionOf(parts.pool), [claimed]);
  const nowMs = parts.nowMs();
  const after = afterAttempt({
    outcome: sent.outcome,
    retryAfterMs: sent.retryAfterMs,
    attempts: claimed.attempts,
    failures: target.failures,
    failingSinceMs: target.failingSince?.getTime() ?? null,
    nowMs,
    random: parts.random(),
  });
  if (after.disable !== null)
    parts.log.warn('a webhook endpoint was disabled', { endpoint: Number(target.id), reason: after.disable });
  await keep({
    messageId: claimed.id,
    endpointId: claimed.endpointId,
    number: claimed.number,
    ...{ outcome: sent.outcome, status: sent.status, atMs: startedMs, durationMs: nowMs - startedMs },
    nextAttemptMs: after.nextAttemptMs,
    heldUntilMs: after.heldUntilMs,
    disable: after.disable,
  });
}

/** Keeps results as clearing keeps payments: while some are written the next gather, and no timer waits. */
function keeper(pool: Pool): (finished: Finished) => Promise<void> {
  let gathered: Finished[] = [];
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  const write = async () => {
    const finished = gathered;
    gathered = [];
    next = null;
    await inTransaction(pool, async (client) => {
      const session = sessionOf(client);
      const events = (await keepFinished(session, finished)).map(({ id, reason }) => ({
        ...{
          actor: systemActor,
          act: 'webhook-endpoint-disabled',
          subject: `webhook-endpoint ${id}`,
          reason,
        },
      }));
      // The audit row is the last thing that a transaction writes.
      if (events.length > 0) await recordAudit(session, events);
    });
  };
  return (finished) => {
    gathered.push(finished);
    if (next === null) {
      next = writing.then(write);
      writing = next.catch(() => undefined);
    }
    return next;
  };
}

import type { Log } from '#platform/log.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import type { Delivery } from '#webhooks/delivery/deliver.ts';
import type { Sender } from '#webhooks/delivery/send.ts';
import { forgetMessages } from '#webhooks/delivery/store.ts';
import { feedEvents } from '#webhooks/feed/feed-events.ts';
import { repeat, type Schedule, together } from './repeat.ts';

const pausesMs = { feed: 500, send: 500, forget: 60_000 };
/** Messages that are forgotten at a time: no statement of it takes long. */
const forgottenAtOnce = 1_000;

export interface WebhookSchedule {
  readonly pool: Pool;
  readonly log: Log;
  readonly sender: Sender;
  readonly delivery: Delivery;
}

/**
 * Writes what participants listen to, sends it, and forgets what is old, again and again until it is stopped. Every
 * instance does: one of them writes at a time, and a message is sent by whoever claims it.
 */
export function scheduleWebhooks(parts: WebhookSchedule, pauses: Partial<typeof pausesMs> = {}): Schedule {
  const { feed, send, forget } = { ...pausesMs, ...pauses };
  const { pool, log, delivery, sender } = parts;
  const schedules = together([
    repeat(log, {
      pauseMs: feed,
      work: () => feedEvents({ pool }),
      failed: 'what participants are told could not be written',
    }),
    repeat(log, { pauseMs: send, work: () => delivery.round(), failed: 'webhooks could not be sent' }),
    repeat(log, {
      pauseMs: forget,
      work: async () => (await forgetMessages(sessionOf(pool), forgottenAtOnce)) === forgottenAtOnce,
      failed: 'old webhooks could not be forgotten',
    }),
  ]);
  return {
    stop: async () => {
      await Promise.all([schedules.stop(), delivery.stop()]);
      sender.close();
    },
  };
}

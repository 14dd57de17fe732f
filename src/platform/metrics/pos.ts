import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { waitBucketsSeconds } from './durations.ts';

export interface PosMetrics {
  /** Open connections of terminals. */
  readonly posConnections: Gauge<'listener'>;
  /** Messages of terminals; `answer` is "sent", "none", "undelivered" (the terminal had gone) or "fault". */
  readonly posMessages: Counter<'listener' | 'answer'>;
  /** How long a terminal waits for us. */
  readonly posMessageSeconds: Histogram<'listener'>;
  /** Connections of terminals that ended; `reason` is a closed set. */
  readonly posEndings: Counter<'listener' | 'reason'>;
  /** Messages of terminals whose MAC was none under their keys. */
  readonly posWrongMacs: Counter<'listener'>;
}

export function posMetrics(registers: Registry[]): PosMetrics {
  return {
    posConnections: new Gauge({
      name: 'one_card_pos_connections',
      help: 'Open connections of terminals of ISO 8583',
      labelNames: ['listener'],
      registers,
    }),
    posMessages: new Counter({
      name: 'one_card_pos_messages_total',
      help: 'Messages of terminals, by what became of the answer: sent, none, undelivered, fault',
      labelNames: ['listener', 'answer'],
      registers,
    }),
    posMessageSeconds: new Histogram({
      name: 'one_card_pos_message_seconds',
      help: 'From a message of a terminal to its answer',
      labelNames: ['listener'],
      buckets: waitBucketsSeconds,
      registers,
    }),
    posEndings: new Counter({
      name: 'one_card_pos_connections_ended_total',
      help: 'Connections of terminals that ended, by reason',
      labelNames: ['listener', 'reason'],
      registers,
    }),
    posWrongMacs: new Counter({
      name: 'one_card_pos_wrong_macs_total',
      help: 'Messages of terminals with a wrong MAC',
      labelNames: ['listener'],
      registers,
    }),
  };
}

import type { Codec } from '#iso8583/codec.ts';
import type { Framing } from '#iso8583/framing/framing.ts';
import type { MessageLayout } from '#iso8583/layout/layout.ts';
import type { MacMode } from '#terminals/keys/key-service.ts';

/** One port for one kind of terminal: where it listens, what it speaks, and what a connection may cost. */
export interface Listener {
  /** Lower-case letters, digits and hyphens: it stands in the log and in the metrics. */
  readonly name: string;
  readonly host: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** Where another port is set, in words. */
  readonly portSetting: string;
  readonly layout: MessageLayout;
  readonly codec: Codec;
  readonly framing: Framing;
  /** "none" only on this machine itself: without a MAC, whoever reaches the port pays in a terminal's name. */
  readonly mac: MacMode | 'none';
  /** Whether each message is written to the log, masked. */
  readonly logMessages: boolean;
  /** A connection without a message for so long is ended. */
  readonly idleMs: number;
  /** So long a frame may take to come whole, and an answer to be taken. */
  readonly messageMs: number;
  /** Messages of one connection under way at a time; the next are left with the sender. */
  readonly inFlightMax: number;
  readonly connectionsMax: number;
  readonly tls: ListenerTls | null;
}

export interface ListenerTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Whose certificates a terminal must show; without it none is asked for. */
  readonly clientAuthority: Buffer | null;
}

import type { PosListener } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import type { MessageType } from '#channels/pos/rules/message-type.ts';
import type { TerminalData } from '#channels/pos/rules/sub-fields.ts';
import type { Outcome } from '#clearing/outcome.ts';
import type { Fields, Message } from '#iso8583/message.ts';
import type { KeySession } from '#terminals/keys/key-service.ts';
import type { Terminal } from '#terminals/store.ts';

/** A message that was read, and what it asks as. */
export interface ReadMessage {
  readonly message: Message;
  readonly type: MessageType;
  readonly terminalData: TerminalData;
  readonly receivedMs: number;
}

/** A message of a terminal that was let in. */
export interface Exchange extends ReadMessage {
  readonly listener: PosListener;
  readonly terminal: Terminal;
  /** The keys that it came under; null where it had no MAC and needed none. */
  readonly session: KeySession | null;
}

/** What a message is answered. */
export interface Reply {
  /** Null is approved. */
  readonly refusal: PosRefusal | null;
  /** What the one path decided, where it was asked. */
  readonly outcome: Outcome | null;
  /** Fields of this answer beside those that every answer has. */
  readonly fields: Fields;
}

const noFields: Fields = {};

/** Refused by the channel itself: the one path was not asked, so nothing of it is kept. */
export function refusedWith(refusal: PosRefusal): Reply {
  return { refusal, outcome: null, fields: noFields };
}

/** Approved without the one path: nothing moved. */
export function approvedWith(fields: Fields): Reply {
  return { refusal: null, outcome: null, fields };
}

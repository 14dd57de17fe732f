import type { Written } from '#channels/pos/exchange/write-answer.ts';
import type { FormatError, Message } from '#iso8583/message.ts';
import type { MacProof } from '#terminals/keys/rules/doubts.ts';
import type { Terminal } from '#terminals/store.ts';
import type { PosRefusal } from './response-codes.ts';

/** A message, and what became of it. */
export interface Handled {
  readonly asked: Message | FormatError;
  readonly terminal: Terminal | null;
  readonly answer: Written | null;
  /** Why it was not done; null where it was. */
  readonly refusal: PosRefusal | null;
  readonly close: string | null;
  readonly proof?: MacProof | null;
}

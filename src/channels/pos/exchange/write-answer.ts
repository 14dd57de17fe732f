import type { PosListener } from '#channels/pos/parts.ts';
import { type PosRefusal, responseCode } from '#channels/pos/response-codes.ts';
import { answerFields } from '#channels/pos/rules/answer-fields.ts';
import type { MessageType } from '#channels/pos/rules/message-type.ts';
import type { Codec } from '#iso8583/codec.ts';
import type { Fields, Message } from '#iso8583/message.ts';
import type { KeySession } from '#terminals/keys/key-service.ts';
import type { Reply } from './exchange.ts';

const macPlace = '0000000000000000';

/** What an answer is written for. */
interface Asker {
  readonly message: Message;
  readonly type: MessageType;
  readonly session: KeySession | null;
  readonly receivedMs: number;
}

/** An answer, and its bytes. */
export interface Written {
  readonly message: Message;
  readonly bytes: Buffer;
}

/** Fields that an answer may have; a layout that has not all of them has answers without those. */
const answered = [3, 4, 7, 11, 12, 13, 15, 24, 25, 32, 37, 38, 39, 41, 42, 48, 49, 54, 60, 62, 63, 70];
const without = new WeakMap<Codec, readonly number[]>();

function fieldsWithout(codec: Codec): readonly number[] {
  const known = without.get(codec);
  if (known !== undefined) return known;
  const found = answered.filter((field) => codec.layout.fields[field] === undefined);
  without.set(codec, found);
  return found;
}

/** Writes an answer in the listener's layout, under the keys that the message came under. */
export function writeAnswer(listener: PosListener, asker: Asker, reply: Reply): Written {
  const { message, type, session, receivedMs } = asker;
  const code = responseCode(reply.refusal, type);
  const said = { code, outcome: reply.outcome, fields: reply.fields };
  const fields = answerFields(message.fields, said, { nowMs: receivedMs, version: type.version });
  if (session !== null) fields[message.fields[128] === undefined ? 64 : 128] = macPlace;
  for (const field of fieldsWithout(listener.codec)) fields[field] = undefined;
  const answer = { mti: type.answerMti, fields };
  const bytes = listener.codec.encode(answer);
  if (session !== null) sign(listener, session, bytes);
  return { message: answer, bytes };
}

function sign({ codec }: PosListener, session: KeySession, bytes: Buffer): void {
  const start = codec.macStart(bytes);
  if (start === null) throw new Error('an answer under keys ends with its MAC');
  const mac = session.mac(bytes.subarray(0, start));
  const place = bytes.length - start;
  // Where the layout writes bytes as hexadecimal text, so it does with the MAC.
  const written = place === mac.length ? mac : Buffer.from(mac.toString('hex').toUpperCase(), 'latin1');
  if (place !== written.length) throw new Error('a MAC that is not as long as its field');
  written.copy(bytes, start);
}

/** The answer to a message of which only its type, its trace and its terminal could be read. */
export function writeShort(
  listener: PosListener,
  of: { readonly type: MessageType; readonly fields: Fields; readonly refusal: PosRefusal },
): Written {
  const { type, refusal } = of;
  const message = { mti: type.answerMti, fields: { ...of.fields, 39: responseCode(refusal, type) } };
  return { message, bytes: listener.codec.encode(message) };
}

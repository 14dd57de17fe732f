import {
  type Admitted,
  admitTerminal,
  isOfMerchant,
  type Received,
} from '#channels/pos/exchange/admit-terminal.ts';
import { approvedWith, type ReadMessage, type Reply, refusedWith } from '#channels/pos/exchange/exchange.ts';
import { perform } from '#channels/pos/exchange/perform.ts';
import { writeAnswer, writeShort } from '#channels/pos/exchange/write-answer.ts';
import { type FormatError, isFormatError, type Message } from '#iso8583/message.ts';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import { isServerGone } from '#platform/rules/server-gone.ts';
import type { MacProof } from '#terminals/keys/rules/doubts.ts';
import { faultLines, type SayFault } from './fault-lines.ts';
import { countGuesses, type Sender } from './guesses.ts';
import type { Handled } from './handled.ts';
import { messageNoter } from './log-message.ts';
import type { PosListener, PosParts } from './parts.ts';
import type { PosRefusal } from './response-codes.ts';
import { readAsked } from './rules/asked.ts';
import { readMessageType } from './rules/message-type.ts';
import { readTerminalData } from './rules/sub-fields.ts';

/** What a message is answered on its connection. */
export interface MessageAnswer {
  /** Null: nothing is sent. */
  readonly body: Buffer | null;
  /** Why the connection is ended after the body; null where it goes on. */
  readonly close: string | null;
  /** What its MAC showed, where one was judged. */
  readonly proof?: MacProof | null;
}

/** Without a sender nobody is kept from guessing: a listener always names one. */
export type AnswerMessage = (body: Uint8Array, sender?: Sender) => MessageAnswer | Promise<MessageAnswer>;

/**
 * Answers the messages of a listener's terminals. It never throws: what fails is logged and answered with 96, and where
 * not even that can be written, the connection is ended.
 */
export function messageAnswerer(parts: PosParts, listener: PosListener): AnswerMessage {
  const note = messageNoter(parts.log, listener);
  const guesses = countGuesses(parts.nowMs);
  const sayFault = faultLines(parts.log, listener.name, parts.nowMs);
  return async (body, from) => {
    const startedMs = performance.now();
    const sender = from ?? null;
    try {
      const handled = await handle(parts, listener, { body, guesses, sayFault, sender });
      note(handled, { startedMs, sender });
      const { close, proof = null } = handled;
      return { body: handled.answer?.bytes ?? null, close, proof };
    } catch (error) {
      sayFault('a message was not answered', error, sender);
      return { body: null, close: 'a message could not be answered' };
    }
  };
}

interface Heard extends Received {
  readonly sayFault: SayFault;
}

async function handle(parts: PosParts, listener: PosListener, received: Heard): Promise<Handled> {
  const { body } = received;
  const asked = listener.codec.decode(body);
  if (isFormatError(asked)) return handleBroken(listener, body, asked);
  const type = readMessageType(asked.mti);
  if (type === null)
    return { ...unanswered(asked, 'not-supported'), close: 'a message type that asks nothing of us' };
  const isText = listener.codec.layout.fields[60]?.type !== 'n';
  const terminalData = readTerminalData(asked.fields[60], isText);
  const receivedMs = parts.nowMs();
  if (terminalData === null) {
    const unsigned = { message: asked, type, session: null, receivedMs };
    const refusal = 'format 60';
    const answer = writeAnswer(listener, unsigned, refusedWith(refusal));
    return { ...unanswered(asked, refusal), answer };
  }
  const read = { message: asked, type, terminalData, receivedMs };
  const { reply, admitted, proof } = await replyTo(parts, listener, { ...read, ...received });
  const answer = writeAnswer(listener, { ...read, session: admitted?.session ?? null }, reply);
  const { refusal } = reply;
  return { asked, terminal: admitted?.terminal ?? null, answer, refusal, close: null, proof };
}

function unanswered(asked: Message | FormatError, refusal: PosRefusal): Handled {
  return { asked, terminal: null, answer: null, refusal, close: null };
}

/** What could not be read is answered where it says what it is, which one, and of whom; nobody could match another. */
function handleBroken(listener: PosListener, body: Uint8Array, asked: FormatError): Handled {
  const [mti, trace, terminal] = [0, 11, 41].map((field) => listener.codec.peek(body, field));
  const type = typeof mti === 'string' ? readMessageType(mti) : null;
  const refusal = asked.field === null ? 'format' : (`format ${asked.field}` as const);
  if (type === null || typeof trace !== 'string' || typeof terminal !== 'string') {
    const place = asked.field === null ? '' : ` at field ${asked.field}`;
    const close = `a message that cannot be read: ${asked.error}${place}`;
    return { ...unanswered(asked, refusal), close };
  }
  const answer = writeShort(listener, { type, fields: { 11: trace, 41: terminal }, refusal });
  return { ...unanswered(asked, refusal), answer };
}

interface Replied {
  readonly reply: Reply;
  /** Null where the message was turned away before its terminal was known. */
  readonly admitted: Admitted | null;
  readonly proof: MacProof | null;
}

async function replyTo(parts: PosParts, listener: PosListener, read: ReadMessage & Heard): Promise<Replied> {
  let admitted: Admitted | null = null;
  let proof: MacProof | null = null;
  try {
    const asked = readAsked({ ...read, fields: read.message.fields });
    // Whoever asks only whether we are there need not say who it is.
    if (asked?.act === 'echo' && read.message.fields[41] === undefined)
      return { reply: approvedWith({}), admitted, proof };
    const letIn = admitTerminal(parts, listener, read);
    const found = letIn instanceof Promise ? await letIn : letIn;
    if ('refusal' in found) return { reply: refusedWith(found.refusal), admitted, proof: found.proof };
    admitted = found;
    if (found.session !== null) proof = { terminalId: found.terminal.id, isRight: true };
    // What is refused from here on is answered under the terminal's keys.
    if (!isOfMerchant(found.terminal, read)) return { reply: refusedWith('merchant-wrong'), admitted, proof };
    if (asked === null) return { reply: refusedWith('not-supported'), admitted, proof };
    const reply = await perform(parts, { ...read, ...found, listener }, asked);
    return { reply, admitted, proof };
  } catch (error) {
    // What waits is already more than a terminal's patience. Nothing was done.
    if (error instanceof TooManyWait) return { reply: refusedWith('busy'), admitted, proof };
    read.sayFault('a message failed', error, read.sender);
    if (isServerGone(error)) return { reply: refusedWith('unknown'), admitted, proof };
    return { reply: refusedWith('fault'), admitted, proof };
  }
}

import { type AnswerMessage, messageAnswerer } from '#channels/pos/message-answer.ts';
import type { PosListener, PosParts } from '#channels/pos/parts.ts';
import { demoMasterKey } from '#demo/sign-ins.ts';
import { type Codec, compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { type Fields, isFormatError, type Message } from '#iso8583/message.ts';
import { posParts } from '#start/pos/parts.ts';
import { sealMasterKey } from '#terminals/keys/sealed-keys.ts';
import { replaceMasterKey } from '#terminals/keys/store.ts';
import { readTerminals } from '#terminals/store.ts';
import { type HttpTown, type HttpTownOptions, openHttpTown } from '#testing/http/http-town.ts';
import type { PosLine } from './pos-line.ts';
import { openTerminal, type PosTerminal } from './pos-terminal.ts';
import { macAt } from './terminal-keys.ts';
import { freshState, type TerminalState } from './terminal-state.ts';

export interface PosTownOptions extends HttpTownOptions {
  readonly listener?: Partial<PosListener>;
  /** The clock of terminals and of their channel; that of HTTP is the options' own. */
  readonly posNowMs?: () => number;
}

/** What a message was answered. */
export interface Told {
  readonly mti: string;
  readonly fields: Fields;
  readonly bytes: Buffer;
}

/** A terminal of the town, with what it knows. */
export interface TownTerminal extends PosTerminal {
  /** Signs a message under the terminal's keys, sends it and gives the answer. */
  tell(message: Message): Promise<Told>;
}

/** A listener of the town's, without a port. */
interface TownPort {
  readonly codec: Codec;
  /** A terminal that is signed on. */
  terminal(terminalId: number, firstTrace?: number): Promise<TownTerminal>;
  /** What is answered to these bytes; null for nothing. */
  answer(bytes: Uint8Array): Promise<Buffer | null>;
}

/** The HTTP town with a channel of ISO 8583 over the same books. */
export interface PosTown extends HttpTown, TownPort {
  readonly pos: PosParts;
  /** A terminal's master key in hexadecimal. */
  masterKeyOf(terminalId: number): string;
  /** Makes a terminal's master key one of SM4: the same bytes, and the working keys that it had end. */
  giveSm4Key(terminalId: number): Promise<void>;
  /** Another listener, which differs from the town's own. */
  listen(other: Partial<PosListener>): TownPort;
}

const macPlace = '0'.repeat(16);

/** Builds the town; its terminals have the master keys of the demonstration. */
export async function openPosTown(url: string, options: PosTownOptions = {}): Promise<PosTown> {
  const { listener: over = {}, posNowMs: nowMs = Date.now, ...townOptions } = options;
  const http = await openHttpTown(url, townOptions);
  const terminals = await readTerminals(http.owner);
  const pos = { ...posParts(http.parts), nowMs };
  const masterKeyOf = (terminalId: number) =>
    Buffer.from(demoMasterKey(http.parts.secrets, terminalId).key).toString('hex');
  const participantOf = (terminalId: number) => terminals.get(terminalId)?.participantId ?? 0;
  const listen = (other: Partial<PosListener>) => {
    const listener = { ...townListener, ...over, ...other };
    return listenAs(listener, messageAnswerer(pos, listener), { masterKeyOf, participantOf, nowMs });
  };
  const giveSm4Key = async (terminalId: number) => {
    const master = { algorithm: 'sm4' as const, key: Buffer.from(masterKeyOf(terminalId), 'hex') };
    const sealed = sealMasterKey(http.parts.secrets, terminalId, master);
    await replaceMasterKey(http.owner, { terminalId, algorithm: 'sm4', sealed });
  };
  return { ...http, pos, masterKeyOf, giveSm4Key, listen, ...listen({}) };
}

const townListener: PosListener = {
  name: 'town',
  codec: compileCodec(dialects['unionpay-pos']),
  mac: 'cup-ecb',
  logMessages: false,
};

function listenAs(
  { codec, mac }: PosListener,
  answerMessage: AnswerMessage,
  of: {
    readonly masterKeyOf: (terminalId: number) => string;
    readonly participantOf: (terminalId: number) => number;
    readonly nowMs: () => number;
  },
): TownPort {
  const answer = async (bytes: Uint8Array) => (await answerMessage(bytes)).body;
  const line: PosLine = {
    ask: async (body) => {
      const answered = await answer(body);
      if (answered === null) throw new Error('the town has closed the connection');
      return answered;
    },
    hangUp: () => undefined,
    close: () => undefined,
  };
  const { masterKeyOf, participantOf, nowMs } = of;
  const terminal = async (terminalId: number, firstTrace = 1) => {
    const state = freshState({ terminalId, participantId: participantOf(terminalId), firstTrace });
    const ofTown = { form: '003', sendsTime: false, timeoutMs: () => 10_000, save: () => undefined } as const;
    const masterKey = masterKeyOf(terminalId);
    const opened = openTerminal({ ...ofTown, line, codec, state, masterKey, mac, nowMs });
    const { code } = await opened.signOn();
    if (code !== '00') throw new Error(`the terminal was not signed on: ${code}`);
    return { ...opened, tell: (message: Message) => tell({ codec, line, state }, message) };
  };
  return { codec, terminal, answer };
}

async function tell(
  of: { readonly codec: Codec; readonly line: PosLine; readonly state: TerminalState },
  { mti, fields }: Message,
): Promise<Told> {
  const { codec, line, state } = of;
  const body = codec.encode({ mti, fields: { ...fields, 64: macPlace } });
  const start = codec.macStart(body);
  if (start === null || state.keys === null) throw new Error('a terminal that is signed on signs');
  body.set(macAt(state.keys, body, start), start);
  const bytes = Buffer.from(await line.ask(body, { answerMti: '', trace: '', terminal: '', timeoutMs: 0 }));
  const read = codec.decode(bytes);
  if (isFormatError(read)) throw new Error('an answer that cannot be read');
  return { ...read, bytes };
}

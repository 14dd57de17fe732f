import type { Codec } from '#iso8583/codec.ts';
import { type Fields, isFormatError, type Message } from '#iso8583/message.ts';
import { recordsMax, writeUploadCount } from '#iso8583/unionpay/batch-upload.ts';
import type { SettlementResult } from '#iso8583/unionpay/field48.ts';
import { hainanTime } from '#platform/calendar.ts';
import type { KeyForm, MacMode } from '#terminals/keys/key-service.ts';
import { NoAnswer, type PosLine } from './pos-line.ts';
import {
  answerTo,
  entryOf,
  mtiOf,
  type NetworkCall,
  networkMessage,
  type Order,
  repeated,
  requestOf,
  reversalOf,
  settlementMessage,
  transactionFields,
  uploadMessage,
} from './requests.ts';
import {
  settlementField,
  settlementResult,
  standingRecords,
  totalsOf,
  uploadField,
} from './settlement-fields.ts';
import { macAt, openKeys, pinFields } from './terminal-keys.ts';
import {
  batchEntries,
  batchEntriesMax,
  beginBatch,
  type Entry,
  type PosKind,
  type Settling,
  type TerminalKeys,
  type TerminalState,
  takeTrace,
} from './terminal-state.ts';

export interface TerminalOptions {
  readonly line: PosLine;
  readonly codec: Codec;
  readonly state: TerminalState;
  /** In hexadecimal: what working keys come enciphered under. */
  readonly masterKey: string;
  /** "none" where the listener asks for no MACs. */
  readonly mac: MacMode | 'none';
  readonly form: KeyForm;
  /** Whether it sends fields 12 and 13. */
  readonly sendsTime: boolean;
  /** How long an answer is waited for; asked for each message. */
  readonly timeoutMs: () => number;
  /** Keeps the state: called before anything is sent that the terminal must not forget, and after each answer. */
  readonly save: () => void;
  readonly nowMs?: () => number;
}

/** What the host said. */
export interface Answered {
  /** Field 39; empty where there is none. */
  readonly code: string;
  readonly fields: Fields;
}

/** What the host asks a terminal to do before it sends the same again: its keys or its batch are others. */
export const asksForSignOn = (code: string): boolean => code === 'A0' || code === '77';

const undecided: readonly string[] = ['', '09', '91', '96', '98', 'A0'];

/** What is no final answer: the request is sent again or reversed. */
export const isUndecided = (code: string): boolean => undecided.includes(code);

/** A payment terminal: what it sends it notes first, and what it is answered it checks and notes. */
export interface PosTerminal {
  readonly state: TerminalState;
  signOn(): Promise<Answered>;
  signOff(): Promise<Answered>;
  /** Tests the line, and the working keys where it has them. */
  echo(): Promise<Answered>;
  balance(order: Omit<Order, 'amountFen'>): Promise<Answered>;
  /** Notes a transaction, which is then to be sent. */
  begin(kind: PosKind, order: Order): Entry;
  /** Forgets an entry that was never sent. */
  drop(entry: Entry): void;
  /** Sends an entry, or sends it again as a repeat. Throws NoAnswer: nobody knows then what was decided. */
  send(entry: Entry, isRepeat?: boolean): Promise<Answered>;
  /** Takes an entry back, or asks again for it. Throws NoAnswer. */
  reverse(entry: Entry): Promise<Answered>;
  /**
   * Settles the batch, uploading it where the host has other totals, and begins the next one. Gives what the host
   * found; with "error" or null it is not settled. Throws NoAnswer; it then goes on where it was when it is asked for
   * again.
   */
  settle(): Promise<SettlementResult>;
}

/** The terminal that is in this state. */
export function openTerminal(options: TerminalOptions): PosTerminal {
  const { state, save } = options;
  // Keys of another listener's mode are none here.
  if (state.keys !== null && state.keys.mode !== options.mac) state.keys = null;
  const clock = () => hainanTime((options.nowMs ?? Date.now)());
  const place = () => {
    const placed = { state, trace: takeTrace(state), at: clock(), sendsTime: options.sendsTime };
    save();
    return placed;
  };
  // In memory only, so that a repeat can be enciphered under newer keys; a terminal that restarts reverses.
  const pins = new WeakMap<Entry, string>();
  const network = (call: NetworkCall, isSigned = false) =>
    exchange(options, networkMessage(call, { ...place(), serial: serialOf(options) }), isSigned);
  const signOn = async () => {
    const answer = await network(options.form);
    if (answer.code === '00') adopt(options, answer.fields);
    return answer;
  };
  return {
    state,
    signOn,
    signOff: async () => {
      const answer = await network('002');
      state.keys = null;
      save();
      return answer;
    },
    echo: () => network('301', true),
    balance: (order) => {
      const fields = transactionFields('balance', { ...order, amountFen: 0n }, place());
      return exchange(options, sealed(options, { mti: mtiOf('balance'), fields }, order), true);
    },
    begin: (kind, order) => {
      if (state.settling !== null || state.entries.length >= batchEntriesMax)
        throw new RangeError('the batch is full or being settled: settle it first');
      const entry = entryOf(kind, order, place());
      if (order.pin !== undefined) pins.set(entry, order.pin);
      state.entries.push(entry);
      save();
      return entry;
    },
    drop: (entry) => {
      state.entries = state.entries.filter((other) => other !== entry);
      save();
    },
    send: async (entry, isRepeat = false) => {
      const request = requestOf(entry);
      const mti = isRepeat ? repeated(request.mti) : request.mti;
      const { cardNumber } = entry;
      const answer = await exchange(
        options,
        sealed(options, { ...request, mti }, { cardNumber, pin: pins.get(entry) }),
        true,
      );
      note(entry, answer);
      save();
      return answer;
    },
    reverse: async (entry) => {
      const request = reversalOf(entry);
      const isRepeat = entry.reversal !== null;
      entry.reversal = 'open';
      save();
      const mti = isRepeat ? repeated(request.mti) : request.mti;
      const answer = await exchange(options, { ...request, mti }, true);
      if (!isUndecided(answer.code)) entry.reversal = answer.code;
      save();
      return answer;
    },
    settle: () => settle(options),
  };
}

/** Fresh working keys and the batch that the host has open. */
function adopt({ state, save, masterKey, mac, form }: TerminalOptions, fields: Fields): void {
  const field62 = fields[62];
  if (mac !== 'none' && field62 !== undefined) state.keys = openKeys(masterKey, { form, mode: mac, field62 });
  const batch = Number(fields[60]?.slice(2, 8));
  if (Number.isInteger(batch) && batch > 0 && batch !== state.batchNumber) beginBatch(state, batch);
  save();
}

function note(entry: Entry, { code, fields }: Answered): void {
  if (isUndecided(code)) return;
  entry.code = code;
  entry.rrn = fields[37] ?? null;
  entry.approval = fields[38] ?? null;
}

function sealed(
  { state, mac }: TerminalOptions,
  message: Message,
  typed: { readonly cardNumber: string; readonly pin?: string | undefined },
): Message {
  const { pin, cardNumber } = typed;
  if (pin === undefined || mac === 'none' || state.keys === null) return message;
  const fields = pinFields(state.keys, { pin, cardNumber });
  return { ...message, fields: { ...message.fields, ...fields } };
}

/** Field 62 of a sign-on: where the layout has bytes there, the text in hexadecimal. */
function serialOf({ state, codec }: TerminalOptions): string {
  const serial = `SEQUENCE NO${String(state.terminalId).padStart(8, '0')}`;
  const isBytes = codec.layout.fields['62']?.type === 'b';
  return isBytes ? Buffer.from(serial).toString('hex').toUpperCase() : serial;
}

const macField = 64;
const macPlace = '0'.repeat(16);

/** Sends a message, signed where it moves money, and gives an answer that is believed. Throws NoAnswer. */
async function exchange(options: TerminalOptions, message: Message, isSigned: boolean): Promise<Answered> {
  const { codec, line, state, mac, timeoutMs } = options;
  const keys = isSigned && mac !== 'none' ? state.keys : null;
  const placeholder = keys === null ? {} : { [macField]: macPlace };
  const body = codec.encode({ ...message, fields: { ...message.fields, ...placeholder } });
  if (keys !== null) sign(options, keys, body);
  const answer = await line.ask(body, {
    answerMti: answerTo(message.mti),
    trace: message.fields[11] ?? '',
    terminal: message.fields[41] ?? '',
    timeoutMs: timeoutMs(),
  });
  const read = codec.decode(answer);
  if (isFormatError(read)) throw new NoAnswer('garbled', read);
  const code = read.fields[39] ?? '';
  if (keys !== null && !isBelieved(options, keys, { answer, code })) throw new NoAnswer('not-genuine');
  return { code, fields: read.fields };
}

function sign({ codec }: TerminalOptions, keys: TerminalKeys, body: Buffer): void {
  const start = codec.macStart(body);
  if (start === null) throw new Error('a message that is to be signed ends in its MAC');
  body.set(macAt(keys, body, start), start);
}

/** An answer must be the host's own. Only one that decides nothing may come without a MAC: the host has no key then. */
function isBelieved(
  { codec }: TerminalOptions,
  keys: TerminalKeys,
  { answer, code }: { readonly answer: Uint8Array; readonly code: string },
): boolean {
  const start = codec.macStart(answer);
  if (start === null) return isUndecided(code) || unsigned.includes(code);
  return macAt(keys, answer, start).equals(answer.subarray(start));
}

/** What a host says that does not know the terminal, or did not understand it. */
const unsigned: readonly string[] = ['03', '12', '30', '40', '97'];

/** Every step is noted before it is sent, so that a terminal that died goes on where it was. */
async function settle(options: TerminalOptions): Promise<SettlementResult> {
  const { state, save } = options;
  state.settling ??= {
    trace: takeTrace(state),
    field48: settlementField(totalsOf(batchEntries(state))),
    uploaded: 0,
  };
  save();
  const { settling } = state;
  const answer = await exchange(options, settlementMessage(state, settling), false);
  const result = settlementResult(answer.fields[48]);
  if (result === 'unbalanced') await upload(options, settling);
  if (result === 'balanced' || result === 'unbalanced') beginBatch(state, batchAfter(state.batchNumber));
  else if (result === 'error' || !isUndecided(answer.code)) state.settling = null;
  save();
  return result;
}

const batchMax = 999_999;
const batchAfter = (batch: number): number => (batch === batchMax ? 1 : batch + 1);

async function upload(options: TerminalOptions, settling: Settling): Promise<void> {
  const { state, save } = options;
  const entries = standingRecords(batchEntries(state));
  const send = async (field48: string, part: '201' | '202') => {
    const upload = uploadMessage(state, { trace: takeTrace(state), field48, part });
    const { code } = await exchange(options, upload, false);
    if (code !== '00') throw new Error(`an upload was answered ${code}`);
  };
  while (settling.uploaded < entries.length) {
    const some = entries.slice(settling.uploaded, settling.uploaded + recordsMax);
    await send(uploadField(some), '201');
    settling.uploaded += some.length;
    save();
  }
  await send(writeUploadCount(entries.length), '202');
}

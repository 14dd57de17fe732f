import type { Fields, Message } from '#iso8583/message.ts';
import { writeTransactionKind } from '#iso8583/unionpay/field60.ts';
import { writeOriginalTrace } from '#iso8583/unionpay/field61.ts';
import type { Entry, PosKind, TerminalState } from './terminal-state.ts';

/** How a kind stands in a message: its type, field 3, field 60.1 and field 25. */
interface KindWords {
  readonly mti: string;
  readonly processing: string;
  readonly type: string;
  readonly condition: string;
}

const words: Readonly<Record<PosKind | 'balance', KindWords>> = {
  balance: { mti: '0200', processing: '310000', type: '01', condition: '00' },
  payment: { mti: '0200', processing: '000000', type: '22', condition: '00' },
  void: { mti: '0200', processing: '200000', type: '23', condition: '00' },
  refund: { mti: '0220', processing: '200000', type: '25', condition: '00' },
  adjustment: { mti: '0220', processing: '000000', type: '32', condition: '00' },
  tip: { mti: '0220', processing: '000000', type: '34', condition: '00' },
  authorise: { mti: '0100', processing: '030000', type: '10', condition: '06' },
  'cancel-hold': { mti: '0100', processing: '200000', type: '11', condition: '06' },
  capture: { mti: '0200', processing: '000000', type: '20', condition: '06' },
  'cancel-capture': { mti: '0200', processing: '200000', type: '21', condition: '06' },
};

/** What is done with a card at the terminal. */
export interface Order {
  readonly cardNumber: string;
  readonly amountFen: bigint;
  /** What a void, refund, adjustment, tip, capture or cancellation speaks of. */
  readonly original?: Original;
  /** Typed by the holder: sent enciphered, and kept nowhere. */
  readonly pin?: string;
  /** Track 2 where the card was swiped; else its number was typed. */
  readonly track2?: string;
  /** Fields of the sector's own, as "line=28". */
  readonly sectorFields?: string;
}

/** An entry of this terminal, or what a slip says of one that it has forgotten: its reference number. */
export type Original = Pick<Entry, 'rrn' | 'approval'> & Partial<Pick<Entry, 'trace' | 'batch' | 'at'>>;

/** What every message of a terminal carries. */
export interface Placed {
  readonly state: TerminalState;
  readonly trace: string;
  /** "2026-11-22 08:30:00" in Hainan. */
  readonly at: string;
  /** Whether the terminal sends fields 12 and 13; many leave the time to the host. */
  readonly sendsTime: boolean;
}

const batchDigits = (state: TerminalState) => String(state.batchNumber).padStart(6, '0');

/** Field 60. Of what moves money it says that the terminal reads chips by contact, and that a part will not do. */
function kindField({ batchNumber }: TerminalState, type: string, networkCode: string): string {
  const abilities =
    networkCode === '000' ? { readCapability: '5', chipCondition: '0', partialApproval: '0' } : {};
  return writeTransactionKind({ type, batchNumber, networkCode, ...abilities });
}

/** The acceptor's own numbers: fields 41 and 42. */
const placeFields = ({ terminalId, participantId }: TerminalState) => ({
  41: String(terminalId).padStart(8, '0'),
  42: String(participantId).padStart(15, '0'),
});

/** What the terminal notes before it sends a transaction. */
export function entryOf(kind: PosKind, order: Order, placed: Placed): Entry {
  const amount = String(order.amountFen).padStart(12, '0');
  return {
    kind,
    trace: placed.trace,
    batch: batchDigits(placed.state),
    amount,
    cardNumber: order.cardNumber,
    fields: transactionFields(kind, order, placed),
    at: placed.at,
    code: null,
    rrn: null,
    approval: null,
    reversal: null,
  };
}

/** All fields but PIN and MAC. */
export function transactionFields(
  kind: PosKind | 'balance',
  order: Order,
  { state, trace, at, sendsTime }: Placed,
): Record<number, string> {
  const { processing, type, condition } = words[kind];
  const { original, track2, sectorFields } = order;
  const isSwiped = track2 !== undefined;
  return {
    ...(isSwiped ? { 35: track2 } : { 2: order.cardNumber }),
    3: processing,
    ...(kind === 'balance' ? {} : { 4: String(order.amountFen).padStart(12, '0') }),
    11: trace,
    ...(sendsTime ? timeFields(at) : {}),
    22: `0${isSwiped ? 2 : 1}${order.pin === undefined ? 2 : 1}`,
    25: condition,
    ...(order.pin === undefined ? {} : { 26: '06' }),
    ...(original === undefined ? {} : originalFields(original)),
    ...placeFields(state),
    49: '156',
    ...(sectorFields === undefined ? {} : { 57: sectorFields }),
    60: kindField(state, type, '000'),
  };
}

function originalFields({ trace, batch, rrn, approval, at }: Original): Record<number, string> {
  const isKnown = trace !== undefined && batch !== undefined && at !== undefined;
  return {
    ...(rrn === null ? {} : { 37: rrn }),
    ...(approval === null ? {} : { 38: approval }),
    ...(isKnown
      ? {
          61: writeOriginalTrace({
            batchNumber: Number(batch),
            traceNumber: Number(trace),
            monthDay: monthAndDay(at),
          }),
        }
      : {}),
  };
}

/** The type of the message that asks for it: "0200". */
export const mtiOf = (kind: PosKind | 'balance'): string => words[kind].mti;

/** "0200" → "0201": the same request, sent again. */
export const repeated = (mti: string): string => `${mti.slice(0, 3)}1`;

/** "0200" and "0201" → "0210". */
export const answerTo = (mti: string): string => `${mti.slice(0, 2)}${Number(mti[2]) + 1}0`;

/** The request as it was sent first. */
export const requestOf = (entry: Entry): Message => ({ mti: mtiOf(entry.kind), fields: entry.fields });

/** Why a terminal takes back what it asked for: it had no answer, or did not believe it. */
const notAnswered = '98';

/** Its reversal: the same trace and batch, under 0400. */
export function reversalOf({ fields, cardNumber }: Entry): Message {
  const { 35: _, 26: __, 37: ___, 38: ____, ...kept } = fields;
  const same: Fields = kept;
  return { mti: '0400', fields: { ...same, 2: cardNumber, 39: notAnswered } };
}

/** What is asked of the network: signing on in one of three forms, signing off, an echo. */
export type NetworkCall = '001' | '003' | '004' | '002' | '301';

/** A message about the terminal itself: 0800 where it asks for keys, 0820 else. */
export function networkMessage(call: NetworkCall, { state, trace, serial }: NetworkPlace): Message {
  const isSignOn = call === '001' || call === '003' || call === '004';
  return {
    mti: isSignOn ? '0800' : '0820',
    fields: {
      11: trace,
      ...placeFields(state),
      60: kindField(state, '00', call),
      ...(isSignOn ? { 62: serial, 63: operator } : {}),
    },
  };
}

export interface NetworkPlace {
  readonly state: TerminalState;
  readonly trace: string;
  /** The terminal's serial number, as the layout carries field 62. */
  readonly serial: string;
}

const operator = '001';

/** The settlement of a batch, 0500. */
export function settlementMessage(state: TerminalState, { trace, field48 }: Totalled): Message {
  return {
    mti: '0500',
    fields: {
      11: trace,
      ...placeFields(state),
      48: field48,
      49: '156',
      60: kindField(state, '00', '201'),
      63: operator,
    },
  };
}

interface Totalled {
  readonly trace: string;
  readonly field48: string;
}

/** Some of the batch's transactions (201), or the end of them (202). */
export function uploadMessage(
  state: TerminalState,
  { trace, field48, part }: Totalled & { readonly part: '201' | '202' },
): Message {
  return {
    mti: '0320',
    fields: { 11: trace, ...placeFields(state), 48: field48, 60: kindField(state, '00', part) },
  };
}

const monthAndDay = (at: string): string => at.slice(5, 10).replace('-', '');

const timeFields = (at: string) => ({ 12: at.slice(11).replaceAll(':', ''), 13: monthAndDay(at) });

import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { frameBytes } from '#iso8583/framing/framer.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { addDays } from '#platform/calendar.ts';
import { type MacKey, macKey } from '#terminals/keys/rules/mac.ts';
import { around } from '#testing/pos/pos-line.ts';
import { mtiOf, repeated, transactionFields } from '#testing/pos/requests.ts';
import { freshState } from '#testing/pos/terminal-state.ts';

/** A payment as our service takes it over TCP, before it is signed. */
export interface FramedPayment {
  readonly terminalId: number;
  readonly participantId: number;
  readonly traceNumber: number;
  /** Which load of the run it belongs to: each has a day of its own. */
  readonly load: number;
  readonly cardNumber: string;
  readonly amountFen: number;
  readonly isRepeat: boolean;
}

/** What the terminals were given when they signed on. */
export interface FrameKeys {
  /** The MAC keys in hexadecimal, by terminal. */
  readonly macs: Readonly<Record<number, string>>;
  /** The terminals' local date in the first load. */
  readonly firstDay: string;
}

const codec = compileCodec(dialects['unionpay-pos']);
const framing = framings['unionpay-pos'];
const prefix = around(framing);

/** Makes frames as they go over the wire, MAC and all. */
export function frameMaker({ macs, firstDay }: FrameKeys): (payment: FramedPayment) => Buffer {
  const keys = new Map<number, MacKey>();
  const keyOf = (terminalId: number) => {
    const key = keys.get(terminalId) ?? macKey('cup-ecb', Buffer.from(macs[terminalId] ?? '', 'hex'));
    keys.set(terminalId, key);
    return key;
  };
  return (payment) => {
    const { terminalId, participantId, traceNumber, cardNumber, isRepeat } = payment;
    const placed = {
      state: freshState({ terminalId, participantId, firstTrace: 1 }),
      trace: String(traceNumber).padStart(6, '0'),
      at: `${addDays(firstDay, payment.load)} 08:00:00`,
      sendsTime: true,
    };
    const order = { cardNumber, amountFen: BigInt(payment.amountFen) };
    const fields = { ...transactionFields('payment', order, placed), 64: '0'.repeat(16) };
    const mti = mtiOf('payment');
    const body = codec.encode({ mti: isRepeat ? repeated(mti) : mti, fields });
    const start = codec.macStart(body) ?? 0;
    keyOf(terminalId).mac(body.subarray(0, start)).copy(body, start);
    return frameBytes(framing, { ...prefix, body });
  };
}

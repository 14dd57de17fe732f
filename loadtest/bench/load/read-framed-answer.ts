import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { around } from '#testing/pos/pos-line.ts';
import type { WireAnswer } from './wire-answer.ts';

const codec = compileCodec(dialects['unionpay-pos']);
const { tpdu, header } = around(framings['unionpay-pos']);
const prefixBytes = 2 + (tpdu?.length ?? 0) + (header?.length ?? 0);

/** The first framed answer in what came, with field 39 as a number; null while it has not come whole. */
export function readFrame(came: Buffer): WireAnswer | null {
  if (came.length < 2 || came.length < 2 + came.readUInt16BE(0)) return null;
  const bytes = 2 + came.readUInt16BE(0);
  const body = came.subarray(prefixBytes, bytes);
  const mark = markOfFrame(Number(codec.peek(body, 41)), Number(codec.peek(body, 11)));
  const code = String(codec.peek(body, 39));
  const status = /^\d\d$/.test(code) ? Number(code) : lettersFrom + Number.parseInt(code, 36);
  return { status, bytes, mark };
}

/** What terminals match their answers by. */
export function markOfFrame(terminalId: number, traceNumber: number): number {
  return terminalId * tracesMax + traceNumber;
}

const tracesMax = 1_000_000;

/** "A0" is no number of two digits. */
const lettersFrom = 1_000;

import type { Frame, Framing, FramingError, FramingErrorCode } from './framing.ts';
import { lengthMax, readLength, writeLength } from './length-digits.ts';
import { openPendingBytes, type PendingBytes } from './pending-bytes.ts';

/** Cuts a stream into what stands in it. Whoever reads takes everything with `next` after each `push`. */
export interface Framer {
  /** Gives the bytes of the network to the framer, which keeps them: they must not be written to afterwards. */
  push(chunk: Uint8Array): void;
  /** What stands next in the stream; null needs more bytes. After an error it is this error for ever. */
  next(): Frame | 'keep-alive' | FramingError | null;
  /** At most a frame and a chunk, where everything is taken after each push; 0 after an error. */
  readonly pendingBytes: number;
}

const tpduLength = 5;

/** What a framing comes to in bytes. */
interface Plan {
  readonly framing: Framing;
  readonly lead: Buffer;
  readonly trailer: Buffer;
  /** Lead, length and pad. */
  readonly prefixBytes: number;
  readonly tpduBytes: number;
  /** TPDU and header. */
  readonly aroundBytes: number;
  /** What the length counts beside TPDU, header and message. */
  readonly countedBytes: number;
}

interface Fault {
  readonly error: FramingErrorCode;
  /** From where the frame begins. */
  readonly at: number;
}

/** Where the next frame ends, and how many bytes of TPDU, header and message it has: 0 is a keep-alive. */
interface Extent {
  readonly contentBytes: number;
  readonly frameBytes: number;
}

/** Reads messages out of a stream that is framed so. The framing must be one that `readFraming` lets pass. */
export function openFramer(framing: Framing): Framer {
  const plan = planOf(framing);
  const pending = openPendingBytes();
  const measure = framing.length.kind === 'none' ? measureToTrailer(plan) : measureByLength(plan);
  let taken = 0;
  let extent: Extent | null = null;
  let ended: FramingError | null = null;

  function end({ error, at }: Fault): FramingError {
    pending.clear();
    ended = { error, offset: taken + at };
    return ended;
  }

  return {
    get pendingBytes() {
      return pending.length;
    },
    push(chunk) {
      if (ended === null) pending.append(chunk, extent?.frameBytes ?? 0);
    },
    next() {
      if (ended !== null) return ended;
      const measured = extent ?? measure(pending);
      if (measured === null) return null;
      if ('error' in measured) return end(measured);
      extent = measured;
      if (pending.length < measured.frameBytes) return null;
      const frame = cut(plan, pending.view(0, measured.frameBytes), measured.contentBytes);
      if (isFault(frame)) return end(frame);
      pending.drop(measured.frameBytes);
      taken += measured.frameBytes;
      extent = null;
      return frame;
    },
  };
}

/**
 * The bytes that a frame is sent as.
 * @throws RangeError for a frame that does not fit its framing: a fault of whoever made it.
 */
export function frameBytes(framing: Framing, frame: Frame): Buffer {
  const plan = planOf(framing);
  const content = [frame.tpdu ?? [], frame.header ?? [], frame.body];
  const contentBytes = content.reduce((sum, part) => sum + part.length, 0);
  const said = contentBytes + plan.countedBytes;
  assertFits(plan, frame, said);
  const bytes = Buffer.alloc(plan.prefixBytes + contentBytes + plan.trailer.length);
  bytes.set(plan.lead);
  bytes.set(writeLength(framing.length, said), plan.lead.length);
  let at = plan.prefixBytes;
  for (const part of [...content, plan.trailer]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A frame of length zero, as it is sent to keep a connection alive and sent back. */
export function keepAliveBytes(framing: Framing): Buffer {
  const { lead, trailer } = planOf(framing);
  if (framing.length.kind === 'none') return Buffer.concat([lead, trailer]);
  return Buffer.concat([lead, writeLength(framing.length, 0), Buffer.alloc(framing.padBytes ?? 0)]);
}

export function isFramingError(read: Frame | 'keep-alive' | FramingError): read is FramingError {
  return read !== 'keep-alive' && 'error' in read;
}

/** What stands around the answer to a request: its header, and its TPDU with the two addresses swapped if need be. */
export function replyAround(framing: Framing, request: Frame): Pick<Frame, 'tpdu' | 'header'> {
  const { tpdu, header } = request;
  return { tpdu: tpdu !== null && framing.tpdu === 'swap' ? swapped(tpdu) : tpdu, header };
}

/** 60 dst dst src src → 60 src src dst dst. */
function swapped(tpdu: Uint8Array): Uint8Array {
  return Buffer.concat([tpdu.subarray(0, 1), tpdu.subarray(3, 5), tpdu.subarray(1, 3)]);
}

/** A framing is a listener's for as long as it lives, and each answer is framed by it. */
const plans = new WeakMap<Framing, Plan>();

function planOf(framing: Framing): Plan {
  const known = plans.get(framing);
  if (known !== undefined) return known;
  const plan = makePlan(framing);
  plans.set(framing, plan);
  return plan;
}

function makePlan(framing: Framing): Plan {
  const { length, padBytes = 0, headerBytes } = framing;
  const lead = Buffer.from(framing.lead ?? '', 'hex');
  const trailer = Buffer.from(framing.trailer ?? '', 'hex');
  const tpduBytes = framing.tpdu === 'none' ? 0 : tpduLength;
  return {
    framing,
    lead,
    trailer,
    prefixBytes: lead.length + length.bytes + padBytes,
    tpduBytes,
    aroundBytes: tpduBytes + headerBytes,
    countedBytes: (length.includesSelf ? length.bytes : 0) + (framing.trailerCounted ? trailer.length : 0),
  };
}

type Measure = (pending: PendingBytes) => Extent | Fault | null;

function measureByLength(plan: Plan): Measure {
  const { framing, lead, prefixBytes, countedBytes, trailer } = plan;
  const lengthEnd = lead.length + framing.length.bytes;
  return (pending) => {
    if (!startsWith(pending, lead)) return { error: 'wrong-lead', at: 0 };
    if (pending.length < lengthEnd) return null;
    const said = readLength(framing.length.kind, pending.view(lead.length, lengthEnd));
    if (said === null) return { error: 'wrong-length', at: lead.length };
    const contentBytes = said === 0 ? 0 : said - countedBytes;
    const error = faultOf(plan, said === 0, contentBytes);
    if (error) return { error, at: lead.length };
    return { contentBytes, frameBytes: prefixBytes + contentBytes + (said === 0 ? 0 : trailer.length) };
  };
}

/**
 * What was searched is not searched again, so a message that never ends costs no more than its bytes. TPDU and header
 * may hold the bytes of the trailer, but not begin with them: that is a keep-alive.
 */
function measureToTrailer(plan: Plan): Measure {
  const { framing, lead, trailer, aroundBytes } = plan;
  const first = lead.length + aroundBytes;
  let searched = first;
  return (pending) => {
    if (!startsWith(pending, lead)) return { error: 'wrong-lead', at: 0 };
    const found = isAt(pending, lead.length, trailer) ? lead.length : pending.find(trailer, searched);
    searched = Math.max(first, pending.length - trailer.length + 1);
    const contentBytes = (found === -1 ? searched : found) - lead.length;
    if (contentBytes > framing.frameBytesMax) return { error: 'frame-too-large', at: lead.length };
    if (found === -1) return null;
    searched = first;
    const error = faultOf(plan, contentBytes === 0, contentBytes);
    return error ? { error, at: lead.length } : { contentBytes, frameBytes: found + trailer.length };
  };
}

/** What is wrong with a frame of that many bytes, if anything: it must hold more than TPDU and header. */
function faultOf(
  { framing, aroundBytes }: Plan,
  isKeepAlive: boolean,
  bytes: number,
): FramingErrorCode | null {
  if (isKeepAlive) return framing.keepAlive === 'refuse' ? 'keep-alive-refused' : null;
  if (bytes <= aroundBytes) return 'frame-too-short';
  return bytes > framing.frameBytesMax ? 'frame-too-large' : null;
}

/** Whether the bytes that came are those of the lead, as far as they came. */
function startsWith(pending: PendingBytes, lead: Buffer): boolean {
  const came = pending.view(0, lead.length);
  return came.equals(lead.subarray(0, came.length));
}

function isAt(pending: PendingBytes, start: number, bytes: Buffer): boolean {
  return pending.view(start, start + bytes.length).equals(bytes);
}

function cut(plan: Plan, whole: Buffer, contentBytes: number): Frame | 'keep-alive' | Fault {
  if (contentBytes === 0) return 'keep-alive';
  const { framing, trailer, tpduBytes, aroundBytes, prefixBytes } = plan;
  const contentEnd = prefixBytes + contentBytes;
  if (!whole.subarray(contentEnd).equals(trailer)) return { error: 'wrong-trailer', at: contentEnd };
  const part = (start: number, end: number) => whole.subarray(prefixBytes + start, prefixBytes + end);
  return {
    tpdu: tpduBytes === 0 ? null : part(0, tpduBytes),
    header: framing.headerBytes === 0 ? null : part(tpduBytes, aroundBytes),
    body: part(aroundBytes, contentBytes),
  };
}

function isFault(cut: Frame | 'keep-alive' | Fault): cut is Fault {
  return cut !== 'keep-alive' && 'error' in cut;
}

function assertFits(plan: Plan, frame: Frame, said: number): void {
  const { framing, tpduBytes, trailer } = plan;
  const { tpdu, header, body } = frame;
  if ((tpdu?.length ?? 0) !== tpduBytes)
    throw new RangeError(`the TPDU of this framing has ${tpduBytes} bytes`);
  if ((header?.length ?? 0) !== framing.headerBytes)
    throw new RangeError(`the header of this framing has ${framing.headerBytes} bytes`);
  if (body.length === 0) throw new RangeError('a frame holds a message');
  if (said - plan.countedBytes > framing.frameBytesMax || said > lengthMax(framing.length))
    throw new RangeError('the message is longer than a frame may be');
  if (framing.length.kind === 'none' && endsEarly(frame, trailer))
    throw new RangeError('the frame holds the bytes that end it');
}

function endsEarly({ tpdu, header, body }: Frame, trailer: Buffer): boolean {
  const around = Buffer.concat([tpdu ?? [], header ?? []].map((part) => Buffer.from(part)));
  const isKeepAlive = around.subarray(0, trailer.length).equals(trailer);
  return isKeepAlive || Buffer.concat([body, trailer]).indexOf(trailer) !== body.length;
}

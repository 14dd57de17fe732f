import type { Socket } from 'node:net';
import { type Framer, frameBytes, keepAliveBytes, openFramer, replyAround } from '#iso8583/framing/framer.ts';
import type { Frame } from '#iso8583/framing/framing.ts';
import type { Log } from '#platform/log.ts';
import { newRequestId } from '#platform/requests/current-request.ts';
import { type Doubts, type MacProof, openDoubts } from '#terminals/keys/rules/doubts.ts';
import type { Endings, EndReason } from './endings.ts';
import type { Sender } from './guesses.ts';
import type { Listener } from './listeners/listener.ts';
import type { AnswerMessage, MessageAnswer } from './message-answer.ts';
import { type ConnectionLimits, overdue } from './rules/overdue.ts';
import { openSending, type Sending } from './sending.ts';

/** What became of a message's answer: the metric's closed set. */
type AnswerFate = 'sent' | 'none' | 'undelivered' | 'fault';

/** What all connections of a listener share. */
export interface ConnectionParts {
  readonly listener: Pick<Listener, 'name' | 'framing' | 'inFlightMax'>;
  readonly limits: ConnectionLimits;
  readonly answer: AnswerMessage;
  readonly endings: Endings;
  readonly log: Log;
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
  readonly count: (fate: AnswerFate) => void;
  readonly countWrongMac: () => void;
}

/** A terminal's connection. Frames are read as they come, answers go out as they are ready, in whatever order. */
export interface Connection {
  /** Ends what is over its time. */
  lookAfter(nowMs: number): void;
  /** Reads nothing more, lets the answers under way go out, and ends. */
  finish(reason: EndReason): void;
  /** Ends it as it is. */
  destroy(): void;
}

/** So many frames of one connection are taken before every other has its turn. */
const framesPerTurnMax = 16;

interface State {
  readonly parts: ConnectionParts;
  readonly socket: Socket;
  readonly remoteAddress: string;
  readonly framer: Framer;
  readonly sending: Sending;
  readonly doubts: Doubts;
  readonly sender: Sender;
  readonly openedMs: number;
  /** "ending" reads no message any more; "ended" has sent its last byte. */
  phase: 'open' | 'ending' | 'ended' | 'closed';
  /** Whether something waits until there is room for it; nothing is read meanwhile. */
  isHeld: boolean;
  /** Whether the next turn is already arranged. */
  isTurning: boolean;
  hasPeerEnded: boolean;
  hasReason: boolean;
  messages: number;
  underWay: number;
  activeMs: number;
  frameSinceMs: number | null;
  endingSinceMs: number | null;
  endedSinceMs: number | null;
}

/** Takes charge of a socket, which was made with `allowHalfOpen`: a terminal that ends its side is answered first. */
export function openConnection(socket: Socket, parts: ConnectionParts, onClose: () => void): Connection {
  const nowMs = parts.nowMs();
  const remoteAddress = socket.remoteAddress ?? '';
  const doubts = openDoubts();
  const state: State = {
    parts,
    socket,
    remoteAddress,
    sender: { connection: newRequestId(), address: remoteAddress, hasProved: doubts.hasProved },
    framer: openFramer(parts.listener.framing),
    sending: openSending(socket, { nowMs: parts.nowMs, onSent: () => afterSent(state) }),
    doubts,
    openedMs: nowMs,
    phase: 'open',
    isHeld: false,
    isTurning: false,
    hasPeerEnded: false,
    hasReason: false,
    messages: 0,
    underWay: 0,
    activeMs: nowMs,
    frameSinceMs: null,
    endingSinceMs: null,
    endedSinceMs: null,
  };
  socket.on('data', (chunk: Buffer) => {
    // After the end what still comes is thrown away: unread, it would make the system drop our last answer.
    if (state.phase !== 'open') return;
    state.framer.push(chunk);
    takeFrames(state);
  });
  socket.on('end', () => {
    state.hasPeerEnded = true;
    if (!state.isHeld) finishForPeer(state);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => noteOnce(state, 'lost', { code: error.code }));
  socket.on('close', () => {
    state.phase = 'closed';
    noteOnce(state, 'peer', {});
    onClose();
  });
  return {
    lookAfter: (atMs) => lookAfter(state, atMs),
    finish: (reason) => finish(state, reason),
    destroy: () => socket.destroy(),
  };
}

function takeFrames(state: State): void {
  for (let taken = 0; taken < framesPerTurnMax && mayTake(state); taken += 1) {
    const read = state.framer.next();
    if (read === null) {
      waitForMore(state);
      return;
    }
    if (read === 'keep-alive') takeKeepAlive(state);
    else if ('error' in read) finish(state, 'broken-frame', { error: read.error, offset: read.offset });
    else takeMessage(state, read);
  }
  if (state.phase !== 'open') return;
  hold(state);
  // Where it may go on it does, after everybody else's turn; otherwise an answer that goes out lets it.
  goOn(state);
}

function mayTake(state: State): boolean {
  return (
    state.phase === 'open' &&
    state.underWay < state.parts.listener.inFlightMax &&
    state.sending.unsentSinceMs === null
  );
}

/** The sender is left waiting, so its time for the frame does not run. */
function hold(state: State): void {
  state.isHeld = true;
  state.frameSinceMs = null;
  state.socket.pause();
}

function goOn(state: State): void {
  if (!state.isHeld || state.isTurning || !mayTake(state)) return;
  state.isTurning = true;
  setImmediate(() => {
    state.isTurning = false;
    if (state.phase === 'open') takeFrames(state);
  });
}

function waitForMore(state: State): void {
  // Begun is begun: that bytes of it drip in gives a frame no more time.
  if (state.framer.pendingBytes > 0) state.frameSinceMs ??= state.parts.nowMs();
  if (state.hasPeerEnded) {
    finishForPeer(state);
  } else if (state.isHeld) {
    state.isHeld = false;
    state.socket.resume();
  }
}

function takeKeepAlive(state: State): void {
  const { framing } = state.parts.listener;
  wasWhole(state);
  if (framing.keepAlive === 'echo') state.sending.send(keepAliveBytes(framing));
}

function takeMessage(state: State, frame: Frame): void {
  wasWhole(state);
  state.messages += 1;
  try {
    const answer = state.parts.answer(frame.body, { ...state.sender, message: state.messages });
    if (answer instanceof Promise) void waitForAnswer(state, frame, answer);
    else giveAnswer(state, frame, answer);
  } catch (error) {
    noteFault(state, error);
  }
}

function wasWhole(state: State): void {
  state.frameSinceMs = null;
  state.activeMs = state.parts.nowMs();
}

async function waitForAnswer(state: State, frame: Frame, coming: Promise<MessageAnswer>): Promise<void> {
  state.underWay += 1;
  try {
    const answer = await coming;
    state.activeMs = state.parts.nowMs();
    giveAnswer(state, frame, answer);
  } catch (error) {
    noteFault(state, error);
  } finally {
    state.underWay -= 1;
    goOn(state);
    endIfDone(state);
  }
}

function giveAnswer(state: State, frame: Frame, { body, close, proof = null }: MessageAnswer): void {
  const { listener, count } = state.parts;
  if (body === null) count('none');
  else if (state.socket.writable) {
    state.sending.send(frameBytes(listener.framing, { ...replyAround(listener.framing, frame), body }));
    count('sent');
  } else count('undelivered');
  if (close !== null) finish(state, 'bad-message', { why: close });
  else if (proof !== null) weigh(state, proof);
}

function weigh(state: State, proof: MacProof): void {
  const { terminalId, isRight } = proof;
  if (!isRight) state.parts.countWrongMac();
  if (state.doubts.areEnough(proof)) finish(state, 'wrong-macs', { terminalId });
}

/** Nothing is sent: whoever does not know what became of a payment reverses or repeats it. */
function noteFault({ parts, sender: { connection } }: State, error: unknown): void {
  parts.count('fault');
  const { name: listener } = parts.listener;
  parts.log.error('a message of a terminal could not be answered', { listener, connection, error });
}

function afterSent(state: State): void {
  goOn(state);
  endIfDone(state);
}

function finishForPeer(state: State): void {
  finish(state, state.framer.pendingBytes > 0 ? 'cut-short' : 'peer');
}

function finish(state: State, reason: EndReason, facts: Readonly<Record<string, unknown>> = {}): void {
  if (state.phase !== 'open') return;
  noteOnce(state, reason, facts);
  state.phase = 'ending';
  state.endingSinceMs = state.parts.nowMs();
  state.socket.pause();
  endIfDone(state);
}

function endIfDone(state: State): void {
  if (state.phase !== 'ending' || state.underWay > 0 || state.sending.isWaiting) return;
  state.phase = 'ended';
  state.socket.end(() => {
    state.endedSinceMs = state.parts.nowMs();
  });
  state.socket.resume();
}

function lookAfter(state: State, nowMs: number): void {
  const { endingSinceMs, endedSinceMs, frameSinceMs, activeMs, underWay, sending } = state;
  const { unsentSinceMs } = sending;
  const times = { activeMs, frameSinceMs, unsentSinceMs, endingSinceMs, endedSinceMs, underWay };
  const late = overdue(times, state.parts.limits, nowMs);
  // Somebody who is late with a frame is still given the answers to the ones before it.
  if (late === 'idle' || late === 'slow-message') finish(state, late);
  else if (late !== null) {
    noteOnce(state, late === 'unended' ? 'peer' : late, {});
    state.socket.destroy();
  }
}

/** The first reason is the reason; what follows from it is not said again. */
function noteOnce(state: State, reason: EndReason, facts: Readonly<Record<string, unknown>>): void {
  if (state.hasReason) return;
  state.hasReason = true;
  const { parts, remoteAddress, messages, underWay, openedMs, sender } = state;
  const { connection } = sender;
  const durationMs = Math.round(parts.nowMs() - openedMs);
  parts.endings.note(reason, { connection, remoteAddress, messages, underWay, durationMs, ...facts });
}

import type { Guesses, Sender } from '#channels/pos/guesses.ts';
import type { PosListener, PosParts } from '#channels/pos/parts.ts';
import type { PosRefusal } from '#channels/pos/response-codes.ts';
import { needsMac } from '#channels/pos/rules/message-type.ts';
import type { KeySession } from '#terminals/keys/key-service.ts';
import type { MacProof } from '#terminals/keys/rules/doubts.ts';
import type { Terminal } from '#terminals/store.ts';
import type { ReadMessage } from './exchange.ts';

/** A terminal, and the keys that its message came under. */
export interface Admitted {
  readonly terminal: Terminal;
  readonly session: KeySession | null;
}

/** A message that is not let in. */
export interface TurnedAway {
  readonly refusal: PosRefusal;
  /** Whose MAC it was that was wrong; null where none was judged. */
  readonly proof: MacProof | null;
}

/** What comes on a connection. */
export interface Received {
  readonly body: Uint8Array;
  readonly guesses: Guesses;
  /** Null where it came on none. */
  readonly sender: Sender | null;
}

/** Who sends a message, once its MAC was judged: nothing else of the message is looked at before. */
export function admitTerminal(
  parts: PosParts,
  listener: PosListener,
  read: ReadMessage & Received,
): Admitted | TurnedAway | Promise<Admitted | TurnedAway> {
  const terminal = findTerminal(parts, read);
  if (typeof terminal === 'string') return { refusal: terminal, proof: null };
  const { codec, mac: mode } = listener;
  if (mode === 'none') return { terminal, session: null };
  const { message, type, body, guesses, sender } = read;
  const start = codec.macStart(body);
  const mac = message.fields[128] ?? message.fields[64];
  if (start === null || mac === undefined)
    return needsMac(type) ? { refusal: 'mac-wrong', proof: null } : { terminal, session: null };
  const wrong = { refusal: 'mac-wrong', proof: { terminalId: terminal.id, isRight: false } } as const;
  if (sender !== null && guesses.areTooMany(sender, terminal.id)) return wrong;
  const signed = { bytes: body.subarray(0, start), mac: Buffer.from(mac, 'hex') };
  const judged = parts.keys.admit(terminal.id, mode, signed);
  const letIn = (session: Awaited<typeof judged>): Admitted | TurnedAway => {
    if (typeof session !== 'string') return { terminal, session };
    // Where there is no key nothing is guessed.
    if (session !== 'mac-wrong') return { refusal: session, proof: null };
    if (sender !== null) guesses.note(sender, terminal.id);
    return wrong;
  };
  return judged instanceof Promise ? judged.then(letIn) : letIn(judged);
}

/** The terminal of field 41. */
function findTerminal(parts: PosParts, { message }: ReadMessage): Terminal | PosRefusal {
  const number = message.fields[41]?.trim() ?? '';
  if (!/^\d{8}$/.test(number)) return 'terminal-unknown';
  return parts.clearing.reference.current().terminals.get(Number(number)) ?? 'terminal-unknown';
}

/** Whether field 42 is the terminal's merchant, where it is said. */
export function isOfMerchant({ participantId }: Terminal, { message }: ReadMessage): boolean {
  const merchant = message.fields[42];
  return merchant === undefined || merchant.trim() === String(participantId).padStart(15, '0');
}

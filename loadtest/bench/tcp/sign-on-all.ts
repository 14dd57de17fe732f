import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { openLine } from '#testing/pos/pos-line.ts';
import { openTerminal } from '#testing/pos/pos-terminal.ts';
import { freshState, type TerminalKeys } from '#testing/pos/terminal-state.ts';

export interface ToSignOn {
  readonly terminalId: number;
  readonly participantId: number;
  /** In hexadecimal. */
  readonly masterKey: string;
}

const atOnce = 32;
const answerLimitMs = 10_000;

/** The working keys of terminals that signed on, by their numbers. */
export type SignedOn = Map<number, TerminalKeys>;

/**
 * Signs terminals on over one connection, those that are not yet: keys that a terminal has at one instance are good at
 * another, and a sign-on there would make them void here. Each then sends one message under its keys: a service that has
 * been up for a while has seen them.
 */
export async function signOnAll(
  port: number,
  terminals: readonly ToSignOn[],
  signedOn: SignedOn,
): Promise<void> {
  const codec = compileCodec(dialects['unionpay-pos']);
  const address = () => ({ host: '127.0.0.1', port });
  const line = openLine({ address, framing: framings['unionpay-pos'], codec });
  const signOn = async ({ terminalId, participantId, masterKey }: ToSignOn) => {
    const state = freshState({ terminalId, participantId, firstTrace: 1 });
    state.keys = signedOn.get(terminalId) ?? null;
    const terminal = openTerminal({
      ...{ line, codec, state, masterKey, mac: 'cup-ecb', form: '003', sendsTime: true },
      timeoutMs: () => answerLimitMs,
      save: () => undefined,
    });
    if (state.keys === null) await terminal.signOn();
    const { code } = await terminal.echo();
    if (code !== '00' || state.keys === null)
      throw new Error(`terminal ${terminalId} was not signed on: ${code}`);
    signedOn.set(terminalId, state.keys);
  };
  try {
    for (let first = 0; first < terminals.length; first += atOnce)
      await Promise.all(terminals.slice(first, first + atOnce).map(signOn));
  } finally {
    line.close();
  }
}

import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { openLine } from '#testing/pos/pos-line.ts';
import { openTerminal } from '#testing/pos/pos-terminal.ts';
import { freshState } from '#testing/pos/terminal-state.ts';

export interface ToSignOn {
  readonly terminalId: number;
  readonly participantId: number;
  /** In hexadecimal. */
  readonly masterKey: string;
}

const atOnce = 32;
const answerLimitMs = 10_000;

/**
 * Signs terminals on over one connection, and gives their MAC keys in hexadecimal. Each then sends one message under
 * them: a service that has been up for a while has seen its terminals' keys.
 */
export async function signOnAll(
  port: number,
  terminals: readonly ToSignOn[],
): Promise<Record<number, string>> {
  const codec = compileCodec(dialects['unionpay-pos']);
  const address = () => ({ host: '127.0.0.1', port });
  const line = openLine({ address, framing: framings['unionpay-pos'], codec });
  const macs: Record<number, string> = {};
  const signOn = async ({ terminalId, participantId, masterKey }: ToSignOn) => {
    const state = freshState({ terminalId, participantId, firstTrace: 1 });
    const terminal = openTerminal({
      ...{ line, codec, state, masterKey, mac: 'cup-ecb', form: '003', sendsTime: true },
      timeoutMs: () => answerLimitMs,
      save: () => undefined,
    });
    const { code } = await terminal.signOn();
    const echo = await terminal.echo();
    if (code !== '00' || echo.code !== '00' || state.keys === null)
      throw new Error(`terminal ${terminalId} was not signed on: ${code}, ${echo.code}`);
    macs[terminalId] = state.keys.mac;
  };
  try {
    for (let first = 0; first < terminals.length; first += atOnce)
      await Promise.all(terminals.slice(first, first + atOnce).map(signOn));
  } finally {
    line.close();
  }
  return macs;
}

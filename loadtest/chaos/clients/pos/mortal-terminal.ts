import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { openLine, type PosAddress } from '#testing/pos/pos-line.ts';
import { openTerminal, type PosTerminal } from '#testing/pos/pos-terminal.ts';
import { freshState, type TerminalState } from '#testing/pos/terminal-state.ts';

/** A terminal that may lose its power at any moment: what it kept is all that it then knows. */
export interface MortalTerminal {
  readonly terminalId: number;
  /** The terminal in its present life. */
  now(): PosTerminal;
  /** Its connection breaks; the next message goes over another one, perhaps to another instance. */
  hangUp(): void;
  /** It goes out in the middle of whatever it does, and comes up again with what it had written down. */
  die(): void;
  close(): void;
}

export interface MortalOptions {
  readonly terminalId: number;
  readonly masterKey: string;
  readonly address: () => PosAddress;
  readonly timeoutMs: () => number;
  /** Some terminals send fields 12 and 13, others leave the time to the host. */
  readonly sendsTime: boolean;
}

const codec = compileCodec(dialects['unionpay-pos']);

export function mortalTerminal(options: MortalOptions): MortalTerminal {
  const { terminalId } = options;
  const participantId = Math.floor(terminalId / 10);
  let written = JSON.stringify(freshState({ terminalId, participantId, firstTrace: 1 }));
  let life = rise();
  return {
    terminalId,
    now: () => life.terminal,
    hangUp: () => life.line.hangUp(),
    die: () => {
      life.line.close();
      life = rise();
    },
    close: () => life.line.close(),
  };

  function rise() {
    const state = JSON.parse(written) as TerminalState;
    const line = openLine({ address: options.address, framing: framings['unionpay-pos'], codec });
    let isAlive = true;
    const terminal = openTerminal({
      ...options,
      ...{ line, codec, state, mac: 'cup-ecb', form: '003' },
      save: () => {
        if (isAlive) written = JSON.stringify(state);
      },
    });
    const close = () => {
      isAlive = false;
      line.close();
    };
    return { terminal, line: { ...line, close } };
  }
}

import { networkOf } from '#access/sign-in/addresses.ts';

/** Who a message is from, as far as its connection tells. */
export interface Sender {
  readonly address: string;
  /** The name of the connection in the log, and which of its messages this is. */
  readonly connection?: string;
  readonly message?: number;
  /** Whether a message in this terminal's name came on the same connection with a right MAC. */
  hasProved(terminalId: number): boolean;
}

/** Wrong MACs in terminals' names, by the address that they came from, over all its connections. */
export interface Guesses {
  /** Whether another MAC of this terminal from there is not even looked at: right or wrong, it may be a guess. */
  areTooMany(sender: Sender, terminalId: number): boolean;
  note(sender: Sender, terminalId: number): void;
}

/** A terminal that is refused signs on and is right; a connection that guesses is ended, and opens the next. */
const wrongMax = 10;
const windowMs = 60_000;
/** More are not remembered; the oldest is forgotten. */
const rememberedMax = 100_000;

interface Window {
  readonly sinceMs: number;
  count: number;
}

/**
 * A MAC of UnionPay's has 32 bits: guessed as fast as we can judge them, one would be right within two days. At ten a
 * minute it takes centuries. It is counted for each terminal and address, so that whoever guesses keeps no terminal
 * out that connects from somewhere else, and none whose connection has shown its key.
 */
export function countGuesses(nowMs: () => number): Guesses {
  const windows = new Map<string, Window>();
  const nameOf = ({ address }: Sender, terminalId: number) => `${networkOf(address)} ${terminalId}`;
  const windowOf = (name: string): Window | undefined => {
    const window = windows.get(name);
    const ageMs = window === undefined ? windowMs : nowMs() - window.sinceMs;
    return ageMs >= 0 && ageMs < windowMs ? window : undefined;
  };
  return {
    areTooMany: (sender, terminalId) => {
      // Nearly always nobody guesses.
      if (windows.size === 0 || sender.hasProved(terminalId)) return false;
      return (windowOf(nameOf(sender, terminalId))?.count ?? 0) >= wrongMax;
    },
    note: (sender, terminalId) => {
      const name = nameOf(sender, terminalId);
      const window = windowOf(name);
      if (window !== undefined) {
        window.count += 1;
        return;
      }
      windows.delete(name);
      const [oldest] = windows.keys();
      if (windows.size >= rememberedMax && oldest !== undefined) windows.delete(oldest);
      windows.set(name, { sinceMs: nowMs(), count: 1 });
    },
  };
}

import type { Answered } from '#testing/pos/pos-terminal.ts';
import type { Entry } from '#testing/pos/terminal-state.ts';

/** What a terminal was told, and prints. */
export interface Told {
  readonly code: string;
  readonly rrn: string | null;
  readonly approval: string | null;
  /** Field 15, "1125". */
  readonly businessDay: string | null;
}

/** One transaction over TCP in the notebook, and its reversal where it was taken back. */
export interface PosPage {
  readonly terminalId: number;
  /** Which card of the demonstration. */
  readonly card: number;
  /** The page of what it voids, gives back or takes of a hold. */
  readonly original: PosPage | null;
  /** The terminal's own record: another object once the terminal died and read its memory. */
  entry: Entry;
  /** Null where nobody told; it was reversed then. */
  told: Told | null;
  toldOfReversal: Told | null;
  readonly startedAtMs: number;
  waitedMs: number;
  attempts: number;
  acknowledgements: number;
}

/** How often each thing happened at the terminals. */
interface PosCounts {
  signOns: number;
  reversals: number;
  deaths: number;
  settled: number;
}

/** The run's own record of what went over TCP; the service has no part in it. */
export interface PosNotebook {
  readonly pages: readonly PosPage[];
  readonly counts: PosCounts;
  readonly contradictions: readonly string[];
  open(of: Pick<PosPage, 'terminalId' | 'card' | 'original' | 'entry'>): PosPage;
  acknowledge(page: PosPage, of: 'request' | 'reversal', answer: Answered): void;
  contradict(what: string): void;
}

export function openPosNotebook(): PosNotebook {
  const pages: PosPage[] = [];
  const contradictions: string[] = [];
  return {
    pages,
    contradictions,
    counts: { signOns: 0, reversals: 0, deaths: 0, settled: 0 },
    open: (of) => {
      const page: PosPage = {
        ...{ ...of, told: null, toldOfReversal: null, startedAtMs: performance.now() },
        ...{ waitedMs: 0, attempts: 0, acknowledgements: 0 },
      };
      pages.push(page);
      return page;
    },
    acknowledge: (page, of, answer) => {
      const told = toldBy(answer);
      const place = of === 'request' ? 'told' : 'toldOfReversal';
      page.acknowledgements += 1;
      const before = page[place];
      if (before === null) {
        page[place] = told;
        page.waitedMs = performance.now() - page.startedAtMs;
        return;
      }
      const [first, second] = [JSON.stringify(before), JSON.stringify(told)];
      if (first !== second)
        contradictions.push(`${nameOf(page)}, ${of}: answered ${first} and then ${second}`);
    },
    contradict: (what) => void contradictions.push(what),
  };
}

const toldBy = ({ code, fields }: Answered): Told => ({
  code,
  rrn: fields[37] ?? null,
  approval: fields[38] ?? null,
  businessDay: fields[15] ?? null,
});

export const nameOf = ({ terminalId, entry }: PosPage): string =>
  `${entry.kind} of terminal ${terminalId}, batch ${entry.batch}, trace ${entry.trace}`;

import { businessKey, reversalKey } from '#idempotency/rules/keys.ts';
import type { Signer, TerminalPost } from '#testing/terminal-client.ts';

export type Kind = 'payment' | 'tap' | 'load' | 'authorise' | 'capture' | 'void' | 'refund' | 'reversal';

/** A request as its sender means it. */
export interface Sent {
  readonly kind: Kind;
  /** Which card of the demonstration. */
  readonly card: number;
  readonly signer: Signer;
  readonly sector: string;
  readonly traceNumber: number;
  /** "2026-11-22T08:30:00". */
  readonly localTime: string;
  /** Null where the tariff decides, and for a void. */
  readonly amountFen: number | null;
  /** The page of what it takes back, captures or voids. */
  readonly original: Page | null;
  /** For a capture: frees what is left. */
  readonly final: boolean;
  readonly what: TerminalPost;
}

/** What a purse was told to have moved. */
export interface Moved {
  readonly purse: string;
  readonly amount: number;
  readonly balance: number;
}

/** A final answer: approved, or declined for a reason that is pinned. */
export interface Final {
  readonly transactionId: string;
  /** Null is approved. */
  readonly refusal: string | null;
  readonly businessDate: string;
  readonly amount: number;
  readonly purses: readonly Moved[];
}

/** One request in the notebook. */
export interface Page {
  readonly sent: Sent;
  /** When it was sent first. */
  startedAtMs: number;
  final: Final | null;
  attempts: number;
  acknowledgements: number;
  waitedMs: number;
}

/** The run's own record of what it sent and what it was told; the service has no part in it. */
export interface Notebook {
  readonly pages: readonly Page[];
  /** What should never be: two answers that differ, or an answer that no rule of the interface allows. */
  readonly contradictions: readonly string[];
  open(sent: Sent): Page;
  acknowledge(page: Page, final: Final): void;
  contradict(page: Page, what: string): void;
}

export function openNotebook(): Notebook {
  const pages: Page[] = [];
  const contradictions: string[] = [];
  const contradict = (page: Page, what: string) => {
    contradictions.push(`${page.sent.kind} ${page.sent.what.idempotencyKey}: ${what}`);
  };
  return {
    pages,
    contradictions,
    open: (sent) => {
      const page: Page = {
        sent,
        startedAtMs: 0,
        final: null,
        attempts: 0,
        acknowledgements: 0,
        waitedMs: 0,
      };
      pages.push(page);
      return page;
    },
    acknowledge: (page, final) => {
      page.acknowledgements += 1;
      if (page.final === null) {
        page.final = final;
        page.waitedMs = performance.now() - page.startedAtMs;
        return;
      }
      const [first, second] = [JSON.stringify(page.final), JSON.stringify(final)];
      if (first !== second) contradict(page, `answered ${first} and then ${second}`);
    },
    contradict,
  };
}

export const batchNumber = 1;

/** The business key of a request, worked out from what was sent. */
export function keyOf({ sent }: Page): string {
  const { signer, traceNumber, localTime, kind } = sent;
  const trace = {
    terminalId: signer.terminalId,
    batchNumber,
    traceNumber,
    localDate: localTime.slice(0, 10),
  };
  return kind === 'reversal' ? reversalKey(trace) : businessKey(trace);
}

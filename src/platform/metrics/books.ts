import { Gauge, type Registry } from 'prom-client';

/** What a look at the books found, as far as it is measured. */
export interface MeasuredBooks {
  readonly driftFen: bigint;
  readonly state: 'green' | 'stale' | 'red';
  readonly ageMs: number;
  readonly lookMs: number;
  /** From this age on it is stale, if it was green. */
  readonly staleAfterMs: number;
  readonly behind: number;
  readonly checks: readonly { readonly name: string; readonly wrong: number; readonly amountFen: bigint }[];
  readonly queues: readonly {
    readonly name: string;
    readonly waiting: number;
    readonly oldestSeconds: number;
  }[];
}

export interface BooksMetrics {
  /** Shows what the last look found, and since when the open business day is open, until the next is shown. */
  readonly showBooks: (books: MeasuredBooks, dayOpenMs: number) => void;
}

const states = { green: 0, stale: 1, red: 2 } as const;

/** `nowMs` is a clock that only goes forward: an instance that hears nothing more shows how old its knowledge is. */
export function booksMetrics(registers: Registry[], nowMs: () => number): BooksMetrics {
  const openedMs = nowMs();
  let shown: { readonly books: MeasuredBooks; readonly dayOpenMs: number; readonly atMs: number } | null =
    null;
  const ageMs = () => nowMs() - (shown === null ? openedMs : shown.atMs - shown.books.ageMs);
  new Gauge({
    name: 'one_card_books_age_seconds',
    help: 'Since the begin of the last look at the books; before the first, since the start',
    registers,
    collect() {
      this.set(ageMs() / 1_000);
    },
  });
  new Gauge({
    name: 'one_card_books_state',
    help: 'The lamp of the books: 0 green, 1 stale (nobody looked for long), 2 red',
    registers,
    collect() {
      const isStale = shown === null || ageMs() > shown.books.staleAfterMs;
      this.set(states[shown?.books.state === 'red' ? 'red' : isStale ? 'stale' : 'green']);
    },
  });
  new Gauge({
    name: 'one_card_business_day_open_seconds',
    help: 'How long the open business day has been open',
    registers,
    collect() {
      if (shown !== null) this.set((shown.dayOpenMs + nowMs() - shown.atMs) / 1_000);
    },
  });
  const show = showFound(registers);
  return {
    showBooks: (books, dayOpenMs) => {
      shown = { books, dayOpenMs, atMs: nowMs() };
      show(books);
    },
  };
}

function showFound(registers: Registry[]): (books: MeasuredBooks) => void {
  const gauge = (name: string, help: string) => {
    const made = new Gauge({ name: `one_card_${name}`, help, registers });
    // It begins at 0, which nobody has found yet.
    made.remove();
    return made;
  };
  const labelled = <Label extends string>(name: string, help: string, label: Label) =>
    new Gauge({ name: `one_card_${name}`, help, labelNames: [label], registers });
  const drift = gauge(
    'books_drift_fen',
    'Fen by which all accounts together are not nought: anything but 0 is wrong',
  );
  const wrong = labelled('books_wrong', 'Rows of the running books that are wrong, by check', 'check');
  const wrongFen = labelled('books_wrong_fen', 'By how many fen they are wrong, by check', 'check');
  const look = gauge('books_look_seconds', 'How long the last look at the books took');
  const behind = gauge('books_behind', 'Decided requests whose group no look has recomputed yet');
  const waiting = labelled('queue_waiting', 'How many wait, by queue', 'queue');
  const oldest = labelled('queue_oldest_seconds', 'How long the first of them has waited, by queue', 'queue');
  return (books) => {
    // A gauge is a float: of more than 90 million million fen it shows somewhat less or more, and never 0.
    drift.set(Number(books.driftFen));
    look.set(books.lookMs / 1_000);
    behind.set(books.behind);
    for (const check of books.checks) {
      wrong.set({ check: check.name }, check.wrong);
      wrongFen.set({ check: check.name }, Number(check.amountFen));
    }
    for (const queue of books.queues) {
      waiting.set({ queue: queue.name }, queue.waiting);
      oldest.set({ queue: queue.name }, queue.oldestSeconds);
    }
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { openUtilization } from '#platform/limits/utilization.ts';
import type { Log } from '#platform/log.ts';
import { type Pool, type Session, type Statement, sessionOf } from '#platform/postgres.ts';
import { type BooksLamp, type LampFinding, readLamp } from './lamp.ts';
import { isDue, lookOnce } from './look.ts';
import type { Queue } from './queues.ts';
import { chainSpans, type PageDone, restAfter } from './rules/chain-budget.ts';

export interface WatchOptions {
  /** Of its own: a look waits for nobody, and nobody for it. */
  readonly pool: Pool;
  readonly queues: readonly Queue[];
  readonly pauseMs: number;
  readonly log: Pick<Log, 'info' | 'error'>;
  /** Told of the lamp as it stands, each turn, and for how long the open day has been open. */
  readonly show: (lamp: BooksLamp, dayOpenMs: number) => void;
}

export interface Watch {
  /** Reads the lamp, shows it, and looks at the books where that is due and nobody else does. The signal ends all rests. */
  turn(signal: AbortSignal): Promise<void>;
}

export function openWatch(options: WatchOptions): Watch {
  const { pool, pauseMs, log, show } = options;
  const utilizationSince = openUtilization();
  const look = (signal: AbortSignal): Promise<boolean> => {
    const rest = async (page: PageDone) => {
      await sleepUnless(signal, Math.min(restMsMax, restAfter(page, utilizationSince())));
      return !signal.aborted;
    };
    return lookOnce({ ...options, chain: { ...chainSpans(pauseMs), rest } });
  };
  const shown = async (): Promise<BooksLamp | null> => {
    const lamp = await readLamp(sessionOf(pool));
    if (lamp !== null) show(lamp, await readDayOpenMs(sessionOf(pool)));
    return lamp;
  };
  return {
    turn: async (signal) => {
      const before = await shown();
      if (before !== null && !isDue(before, pauseMs)) {
        // A look that begins in the next turn asks how busy the process is now, not how busy it was a while ago.
        utilizationSince();
        return;
      }
      if (!(await look(signal))) return;
      const after = await shown();
      if (after !== null) tell(log, before, after);
    },
  };
}

/** One page that hung holds up the look no longer than this. */
const restMsMax = 5_000;

async function sleepUnless(signal: AbortSignal, ms: number): Promise<void> {
  // Whoever stops waits for the look, and not for its rests.
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

const dayOpen: Statement = {
  name: 'live-day-open',
  text: `select (extract(epoch from clock_timestamp() - max(opened_at)) * 1000)::bigint
    from ledger.business_days where closed_at is null`,
};

async function readDayOpenMs(session: Session): Promise<number> {
  return Number((await session.run(dayOpen)).rows[0]?.[0] ?? 0);
}

/** What a log says where a look finds the books wrong; a load test that finds it has failed. */
export const booksAreWrong = 'the books are wrong';

/** What is wrong is said once, and again where it changes. */
function tell(log: WatchOptions['log'], before: BooksLamp | null, after: BooksLamp): void {
  const said = (lamp: BooksLamp | null) => JSON.stringify(lamp === null ? null : faultsOf(lamp));
  if (said(after) === said(before)) return;
  if (after.state === 'red')
    log.error(booksAreWrong, { ...faultsOf(after), rows: after.findings.map(wrongRow) });
  else if (before?.state === 'red') log.info('the books are right again', { driftFen: '0' });
}

/** A log masks whatever is called a key. */
function wrongRow({ check, table, key: row, expected, found }: LampFinding) {
  return { check, table, row, expected, found };
}

function faultsOf({ driftFen, checks }: BooksLamp) {
  const wrong = checks.filter((check) => check.wrong > 0);
  return {
    driftFen: String(driftFen),
    checks: wrong.map(({ name, wrong: rows, amountFen }) => ({ name, rows, amountFen: String(amountFen) })),
  };
}

import { type Final, isPayment, nameOfPage, type Page, type Sent } from './told/page.ts';
import { openTally, type Tally } from './told/tally.ts';

/**
 * The run's own record of what it sent and what it was told; the service has no part in it. Stories that are told stay
 * as they are for a while, since some of their requests come again; then only the tally knows of them.
 */
export interface Notebook {
  readonly tally: Tally;
  /** So far, and of those how many were approved or declined; payments and rides are those of the approved. */
  readonly sent: () => number;
  readonly approved: () => number;
  readonly payments: () => number;
  readonly declined: () => number;
  /** The requests that were sent last, in order. */
  readonly recent: () => readonly Page[];
  /** All requests of which more than the tally is known. */
  readonly kept: () => readonly Page[];
  open(sent: Sent): Page;
  acknowledge(page: Page, final: Final): void;
  /** What should never be: two answers that differ, or an answer that no rule of the interface allows. */
  contradict(page: Page, what: string): void;
  /** A story is told: nothing will refer to its pages any more. */
  close(story: readonly Page[]): void;
  /** Everything is told: all that is kept goes into the tally. */
  closeAll(): void;
}

const recentMax = 300;
const keptPagesMax = 10_000;

/** `file` takes what was told in words. */
export function openNotebook(file: string): Notebook {
  const tally = openTally(file);
  let recent: Page[] = [];
  let told: (readonly Page[])[] = [];
  let [keptPages, sent, approved, payments, declined] = [0, 0, 0, 0, 0];
  const contradict = (page: Page, what: string) => tally.problems.add(`${nameOfPage(page)}: ${what}`);
  const forget = (pagesMax: number) => {
    let stories = 0;
    for (const story of told) {
      if (keptPages <= pagesMax) break;
      tally.add(story);
      keptPages -= story.length;
      stories += 1;
    }
    told = told.slice(stories);
  };
  return {
    tally,
    sent: () => sent,
    approved: () => approved,
    payments: () => payments,
    declined: () => declined,
    recent: () => recent,
    kept: () => told.flat(),
    open: (what) => {
      const page = { sent: what, startedAtMs: 0, final: null, attempts: 0, acknowledgements: 0, waitedMs: 0 };
      sent += 1;
      recent.push(page);
      if (recent.length > recentMax * 2) recent = recent.slice(-recentMax);
      return page;
    },
    acknowledge: (page, final) => {
      page.acknowledgements += 1;
      if (page.final === null) {
        page.final = final;
        page.waitedMs = performance.now() - page.startedAtMs;
        if (final.refusal !== null) declined += 1;
        else approved += 1;
        if (final.refusal === null && isPayment(page.sent.kind)) payments += 1;
        return;
      }
      const [first, second] = [JSON.stringify(page.final), JSON.stringify(final)];
      if (first !== second) contradict(page, `answered ${first} and then ${second}`);
    },
    contradict,
    close: (story) => {
      told.push(story);
      keptPages += story.length;
      // By the hundred, so that the list is not copied for each.
      if (keptPages > keptPagesMax + recentMax) forget(keptPagesMax);
    },
    closeAll: () => forget(0),
  };
}

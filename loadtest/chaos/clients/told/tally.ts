import { type Answers, openAnswers } from './answers.ts';
import { openRides, type Rides } from './fares.ts';
import { type Holds, openHolds } from './holds.ts';
import type { Kind, Page } from './page.ts';
import { openProblems, type Problems } from './problems.ts';
import { openPurses, type Purses } from './purses.ts';

interface Counts {
  sent: number;
  answered: number;
  approved: number;
  attempts: number;
  retried: number;
  answeredAgain: number;
}

/**
 * What the run remembers of stories that are told: sums, fingerprints, and what they should have done to the purses. The
 * pages themselves may go, so the memory of a run does not grow with its words.
 */
export interface Tally {
  readonly counts: Readonly<Counts>;
  /** From the first attempt to the answer. */
  readonly waitsMs: readonly number[];
  readonly approvedByKind: ReadonlyMap<Kind, number>;
  readonly declinedFor: ReadonlyMap<string, number>;
  readonly answers: Answers;
  readonly purses: Purses;
  readonly holds: Holds;
  readonly rides: Rides;
  readonly problems: Problems;
  /** Takes what belongs together: no page outside refers to one of these, nor the other way round. */
  add(story: readonly Page[]): void;
  /** What moved by another way, which is checked elsewhere: only purses, holds and waits take it. */
  addMoved(pages: readonly Page[]): void;
}

/** `file` takes what was told in words. */
export function openTally(file: string): Tally {
  const counts: Counts = { sent: 0, answered: 0, approved: 0, attempts: 0, retried: 0, answeredAgain: 0 };
  const waitsMs: number[] = [];
  const approvedByKind = new Map<Kind, number>();
  const declinedFor = new Map<string, number>();
  const parts = {
    answers: openAnswers(file),
    purses: openPurses(),
    holds: openHolds(),
    rides: openRides(),
    problems: openProblems(),
  };
  const addMoved = (pages: readonly Page[]) => {
    parts.problems.add(...parts.purses.add(pages));
    parts.holds.add(pages);
  };
  const count = (page: Page) => {
    counts.sent += 1;
    counts.attempts += page.attempts;
    if (page.attempts > 1) counts.retried += 1;
    counts.answeredAgain += Math.max(0, page.acknowledgements - 1);
    if (page.final === null) return;
    counts.answered += 1;
    waitsMs.push(page.waitedMs);
    if (page.final.refusal !== null) return raise(declinedFor, page.final.refusal);
    counts.approved += 1;
    raise(approvedByKind, page.sent.kind);
  };
  return {
    ...{ counts, waitsMs, approvedByKind, declinedFor, ...parts, addMoved },
    add: (story) => {
      for (const page of story) {
        count(page);
        parts.problems.add(...parts.answers.add(page));
      }
      parts.rides.add(story);
      addMoved(story);
    },
  };
}

function raise<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

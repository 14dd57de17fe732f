import type pg from 'pg';
import { bookedWords } from './told/answers.ts';
import {
  type Booked,
  type BookedOutcome,
  type OutcomeRow,
  readBatches,
  readOutcomes,
} from './told/booked.ts';
import type { Moved } from './told/page.ts';
import type { Tally } from './told/tally.ts';

/** What the books were found to hold against what the senders were told. */
export interface AnswerFindings {
  readonly answered: number;
  readonly approved: number;
  /** Not answered, or answered and not in the books as it was. */
  readonly lost: number;
  /** In the books twice, or never sent. */
  readonly doubled: number;
  readonly problems: readonly string[];
}

/** What a walk through the books found, and what belongs to terminals that are checked another way. */
export interface Compared {
  readonly findings: AnswerFindings;
  readonly booked: Booked;
}

/**
 * Every answer is in the books exactly once as it was told, and nothing is there that nobody sent. What is of `others`
 * (terminals) is handed out.
 */
export async function checkAnswers(
  books: pg.Client,
  tally: Tally,
  others: ReadonlySet<number>,
): Promise<Compared> {
  const outcomes = new Map<string, OutcomeRow[]>();
  const legs = new Map<string, readonly Moved[]>();
  const wrong = new Map<string, string>();
  const strangers: string[] = [];
  let doubled = 0;
  const handOut = (outcome: BookedOutcome) => {
    outcomes.set(outcome.key, [...(outcomes.get(outcome.key) ?? []), outcome.row]);
    legs.set(outcome.row.id, outcome.legs);
  };
  for await (const outcome of readOutcomes(books)) {
    const { key, row } = outcome;
    const verdict = tally.answers.compare(key, row, outcome.legs);
    if (verdict === 'other') wrong.set(key, bookedWords(row, outcome.legs));
    if (verdict === 'doubled') doubled += 1;
    if (verdict !== 'never sent' || isOpening(row)) continue;
    if (others.has(terminalOf(key))) handOut(outcome);
    else strangers.push(key);
  }
  const missing = tally.answers.missing();
  const { sent, answered, approved } = tally.counts;
  return {
    booked: { outcomes, legs, openedOn: await readBatches(books) },
    findings: {
      ...{ answered, approved, lost: sent - answered + missing.length + wrong.size },
      doubled: doubled + strangers.length,
      problems: [
        ...inWords(tally, missing, wrong),
        ...strangers.map((key) => `an outcome under ${key}, which nobody sent`),
        ...(doubled > 0 ? [`${doubled} outcomes are in the books a second time`] : []),
      ],
    },
  };
}

/** The opening loads came before the notebook. */
const isOpening = ({ callerKey, kind }: OutcomeRow): boolean => callerKey === null && kind === loadCode;

const loadCode = 2;

/** The terminal that a business key names: four bytes after the first. */
const terminalOf = (key: BookedOutcome['key']): number =>
  Number.parseInt(key.replaceAll('-', '').slice(2, 10), 16);

const shownMax = 50;

function inWords(tally: Tally, missing: readonly string[], wrong: ReadonlyMap<string, string>): string[] {
  const keys = [...missing, ...wrong.keys()];
  if (keys.length === 0) return [];
  const shown = keys.slice(0, shownMax);
  const told = tally.answers.words(new Set(shown));
  const lines = shown.map((key) => `told ${told.get(key)}; in the books ${wrong.get(key) ?? 'nothing'}`);
  return keys.length > shownMax ? [...lines, `and ${keys.length - shownMax} more that differ`] : lines;
}

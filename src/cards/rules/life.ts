import { type CardStatus, type CardTerms, type Moment, statusAt } from './status.ts';

/** What is done to a card that exists. A replacement is a step of the old card; the new one is issued. */
export const cardSteps = [
  'activate',
  'report-temporary-loss',
  'lift-temporary-loss',
  'report-loss',
  'lock',
  'unlock',
  'replace',
  'expire',
  'close',
] as const;
export type CardStep = (typeof cardSteps)[number];

/** Every step that a card's history knows, its first included. */
export type HistoryStep = CardStep | 'issue';

interface Rule {
  /** From which statuses the step may be taken. */
  readonly from: readonly CardStatus[];
  readonly to: CardStatus;
  /** In the past, as the audit trail says it. */
  readonly act: string;
}

/**
 * The life of a card (facts: settlement §2). What is not in this table is refused. A locked card is not replaced:
 * whoever locked it unlocks it first, or it is reported lost. Lifting a loss never makes a card active that was not.
 */
export const lifeRules: Readonly<Record<CardStep, Rule>> = {
  activate: { from: ['not-active'], to: 'active', act: 'card-activated' },
  'report-temporary-loss': {
    from: ['active'],
    to: 'temporarily-lost',
    act: 'card-temporary-loss-reported',
  },
  'lift-temporary-loss': { from: ['temporarily-lost'], to: 'active', act: 'card-temporary-loss-lifted' },
  'report-loss': {
    from: ['active', 'not-active', 'temporarily-lost', 'locked', 'expired'],
    to: 'lost',
    act: 'card-loss-reported',
  },
  lock: { from: ['active', 'temporarily-lost'], to: 'locked', act: 'card-locked' },
  unlock: { from: ['locked'], to: 'active', act: 'card-unlocked' },
  replace: {
    from: ['active', 'not-active', 'temporarily-lost', 'lost', 'expired'],
    to: 'replaced',
    act: 'card-replaced',
  },
  expire: { from: ['expired'], to: 'expired', act: 'card-expired' },
  close: {
    from: ['active', 'not-active', 'temporarily-lost', 'lost', 'locked', 'expired'],
    to: 'closed',
    act: 'card-closed',
  },
};

export type StepVerdict =
  | {
      readonly kind: 'taken';
      readonly to: CardStatus;
    }
  /** The card is already there: the step was taken before, and nothing is to be done. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'step-not-allowed'; readonly status: CardStatus };

/**
 * What a step does to a card now. A card's row may lag behind its day (a loss that is over, a date that has
 * passed): the step meets what the card is, not what its row still says.
 */
export function judgeStep(step: CardStep, card: CardTerms, moment: Moment): StepVerdict {
  const status = statusAt(card, moment);
  const { from, to } = lifeRules[step];
  // An expiry is taken once more where only the date has passed, so that the row says it too.
  if (status === to && (step !== 'expire' || card.status === to)) return { kind: 'repeated' };
  if (from.includes(status)) return { kind: 'taken', to };
  return { kind: 'step-not-allowed', status };
}

const dayMs = 86_400_000;

/** When a temporary loss that is reported now lifts itself. */
export function liftsAtMs(nowMs: number, temporaryLossDays: number): number {
  return nowMs + temporaryLossDays * dayMs;
}

/** The last day of a card that is issued today: the same day so many years on, and 28 February for the 29th. */
export function expiryOf(today: string, validityYears: number): string {
  const year = Number(today.slice(0, 4)) + validityYears;
  const rest = today.slice(4);
  return `${year}${rest === '-02-29' && !isLeapYear(year) ? '-02-28' : rest}`;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

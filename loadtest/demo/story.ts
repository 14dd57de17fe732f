import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cardNumber } from '#demo/hainan.ts';

/** What a body may say; a card stands by its place in the demonstration, never by its number. */
export interface StoryBody {
  readonly sector?: string;
  readonly card?: number;
  readonly amount?: number;
  readonly final?: boolean;
  readonly detail?: Readonly<Record<string, string>>;
}

/** One thing a terminal does. */
export interface Step {
  readonly title: string;
  readonly titleZh: string;
  readonly terminal: number;
  readonly path?: string;
  readonly body?: StoryBody;
  readonly lines?: readonly StoryBody[];
  readonly as?: string;
  /** The step whose request is sent again under its key. */
  readonly repeat?: string;
  /** The step whose transaction this one speaks of. */
  readonly of?: string;
  /** The step whose trace this one carries. */
  readonly traceOf?: string;
  readonly expect: {
    readonly status: number;
    readonly code?: string;
    readonly replayed?: boolean;
    readonly amount?: number;
  };
}

export function readStory(): Step[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/demo/terminals.json'), 'utf8'));
}

/** A body as it goes over the wire. */
export function wireBody(body: StoryBody, trace: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { card, ...rest } = body;
  return {
    ...rest,
    ...(card === undefined ? {} : { cardNumber: cardNumber(card) }),
    ...(body.amount === undefined && body.sector === undefined ? {} : { currency: 'CNY' }),
    ...trace,
  };
}

/** How far a batch is. */
export const batchStates = [
  'imported',
  'published',
  'proposed',
  'returned',
  'approved',
  'running',
  'paid',
  'partly-paid',
  'corrected',
  'withdrawn',
] as const;
export type BatchState = (typeof batchStates)[number];

/** What may happen to a batch. */
export const batchSteps = [
  'publish',
  'propose',
  'approve',
  'reject',
  'run',
  'finish',
  'finish-in-part',
  'correct',
  'withdraw',
] as const;
export type BatchStep = (typeof batchSteps)[number];

/**
 * The whole life: a step that is not here is not allowed. What a correction changes has to be published anew while
 * nobody has approved it, and approved anew always. To withdraw a batch takes back what of it was not paid; what
 * waits for its second person, or may be paid at this moment, is not withdrawn.
 */
const life: Readonly<Record<BatchState, Partial<Readonly<Record<BatchStep, BatchState>>>>> = {
  imported: { publish: 'published', correct: 'imported', withdraw: 'withdrawn' },
  published: { propose: 'proposed', correct: 'imported', withdraw: 'withdrawn' },
  proposed: { propose: 'proposed', approve: 'approved', reject: 'returned' },
  returned: { propose: 'proposed', correct: 'corrected', withdraw: 'withdrawn' },
  approved: { run: 'running' },
  running: { run: 'running', finish: 'paid', 'finish-in-part': 'partly-paid' },
  paid: {},
  'partly-paid': { correct: 'corrected' },
  corrected: { propose: 'proposed', correct: 'corrected', withdraw: 'withdrawn' },
  withdrawn: {},
};

/** Where the step leads, or null where it may not be taken. */
export function nextState(state: BatchState, step: BatchStep): BatchState | null {
  return life[state][step] ?? null;
}

/** Whether a list that is published up to a day may be proposed on another: the period is over, or there was none. */
export function isPublishedLongEnough(publishedUntil: string | null, today: string): boolean {
  return publishedUntil === null || publishedUntil <= today;
}

/** A journey of k6, and what it runs on. */
export interface Journey {
  readonly name: string;
  readonly what: string;
  /** Of journeys/. */
  readonly script: string;
  readonly instances: 1 | 2;
  readonly withRedis: boolean;
  /** Purses that are filled before. */
  readonly purse: 'online' | 'e-purse';
  /**
   * What is beside the steady open run. Storm: the same rate with every payment sent three times. Hot: all payments
   * to one participant. Subsidies: a run pays every holder meanwhile.
   */
  readonly beside: 'nothing' | 'storm' | 'hot' | 'subsidies' | 'bills';
}

const usual = { instances: 1, withRedis: false, purse: 'online', beside: 'nothing' } as const;

export const journeys: readonly Journey[] = [
  {
    ...usual,
    name: 'rush-hour',
    what: 'taps at 200 gates, every second one a transfer',
    script: 'rush-hour.ts',
    purse: 'e-purse',
  },
  {
    ...usual,
    name: 'lunch-hour',
    what: 'shops: payments, holds, captures, voids, refunds, repeats, looks; two instances',
    script: 'lunch-hour.ts',
    instances: 2,
  },
  {
    ...usual,
    name: 'bill-day',
    what: 'bills asked for and paid at counters, written off by three utilities',
    script: 'bill-day.ts',
    beside: 'bills',
  },
  {
    ...usual,
    name: 'subsidy-day',
    what: 'holders look and spend while a run pays their allowances',
    script: 'subsidy-day.ts',
    beside: 'subsidies',
  },
  {
    ...usual,
    name: 'retry-storm',
    what: 'every payment sent three times at once, to two instances and under two keys; Redis',
    script: 'retry-storm.ts',
    instances: 2,
    withRedis: true,
    beside: 'storm',
  },
  {
    ...usual,
    name: 'hot-participant',
    what: 'all payments to one participant, beside the same spread over 1,000',
    script: 'hot-participant.ts',
    beside: 'hot',
  },
];

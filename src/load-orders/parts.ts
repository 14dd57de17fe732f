import type { Clearing } from '#clearing/open.ts';
import type { Log } from '#platform/log.ts';
import type { Pool } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Bank } from './bank/bank.ts';
import type { BankAddress } from './bank/http-bank.ts';

/** What load orders are built from. */
export interface LoadOrderParts {
  readonly pool: Pool;
  readonly clearing: Pick<Clearing, 'submit' | 'reference'>;
  readonly secrets: Pick<Secrets, 'open' | 'openPersonal' | 'sealPersonal'>;
  readonly log: Log;
  /** How a bank is reached; `httpBank` outside of tests. */
  readonly connect: (at: BankAddress) => Bank;
  /** How long a bank may take to answer once. */
  readonly bankTimeoutMs: number;
}

/** Whoever drives an order has it for so long: longer than all that one step of it may take. */
export const leaseMs = 60_000;

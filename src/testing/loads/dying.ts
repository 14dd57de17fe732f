import type { LoadOrderParts } from '#load-orders/parts.ts';
import type { Pool, PoolClient } from '#platform/postgres.ts';

/** Thrown in place of everything that a process would still have done after it died. */
class Died extends Error {}

/** Parts whose process dies at one of its dealings with the outside, and does nothing more from there on. */
export interface Dying {
  readonly parts: LoadOrderParts;
  readonly isDead: () => boolean;
}

/**
 * Every dealing with the outside is counted: each statement, `begin` and `commit` too, each call of the bank, each
 * load. At the one given the process dies: just before it goes out, or just after it was done and before its answer
 * is taken in. A transaction that is open then is rolled back, as the server does when a connection is lost.
 */
export function dyingAt(
  parts: LoadOrderParts,
  at: { readonly dealing: number; readonly when: 'before' | 'after' },
): Dying {
  let dealings = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Died('the process died here');
  };
  const deal = async <T>(act: () => Promise<T>): Promise<T> => {
    if (dead) throw new Died('dead already');
    dealings += 1;
    const isHere = dealings === at.dealing;
    if (isHere && at.when === 'before') die();
    const done = await act();
    if (isHere) die();
    return done;
  };
  type Query = (...args: unknown[]) => Promise<unknown>;
  const client = (real: PoolClient): PoolClient =>
    ({
      query: (...args: unknown[]) => deal(() => (real.query as Query)(...args)),
      // The dead give nothing back: their connection is lost, and its transaction with it.
      release: (broken?: Error) => real.release(dead ? new Died('lost') : broken),
    }) as unknown as PoolClient;
  const pool = {
    query: (...args: unknown[]) => deal(() => (parts.pool.query as Query)(...args)),
    connect: async () => client(await parts.pool.connect()),
  } as unknown as Pool;
  return {
    isDead: () => dead,
    parts: {
      ...parts,
      pool,
      clearing: {
        reference: parts.clearing.reference,
        submit: (submitted) => deal(() => parts.clearing.submit(submitted)),
      },
      connect: (address) => {
        const bank = parts.connect(address);
        return {
          debit: (ask) => deal(() => bank.debit(ask)),
          inquire: (ask) => deal(() => bank.inquire(ask)),
          refund: (ask) => deal(() => bank.refund(ask)),
        };
      },
    },
  };
}

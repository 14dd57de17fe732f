import { gatherer } from '#platform/limits/gatherer.ts';
import type { Session } from '#platform/postgres.ts';
import {
  type KeyRow,
  type OfferedKeys,
  offerKeys,
  readKeys,
  type TakenKeys,
  takeKeys,
  type UsedKeys,
} from './store.ts';

const lookUpMax = 1_000;
/** Fewer, because each costs a tenth of a millisecond when they are answered, and payments wait for that. */
const signOnMax = 50;
/** More than these do not wait: the database is behind, and nothing is done for whoever comes then. */
const waitingMax = 20_000;

/**
 * The rows of the keys, each asked for alone and read with all that wait: after a power cut everybody signs on. Each may
 * throw `TooManyWait`: nothing was done then.
 */
export interface KeyRows {
  read(terminalId: number): Promise<KeyRow | null>;
  /** Offers keys where none are on offer; the row then says which are. */
  offer(terminalId: number, sealed: Buffer): Promise<KeyRow | null>;
  /** Takes offered keys into use; the row then says which are. */
  take(terminalId: number, used: UsedKeys): Promise<KeyRow | null>;
}

interface Asked {
  readonly terminalId: number;
  readonly used: UsedKeys | null;
}

/** Sign-ons wait in a line of their own: a flood of them does not keep payments waiting. */
export function gatherKeys(session: Session): KeyRows {
  const lookUps = gathered<Asked>(session, lookUpMax, async (batch) => {
    const taken = batch.filter((asked): asked is TakenKeys => asked.used !== null);
    if (taken.length > 0) await takeKeys(session, taken);
  });
  const signOns = gathered<OfferedKeys>(session, signOnMax, (batch) => offerKeys(session, batch));
  return {
    read: (terminalId) => lookUps({ terminalId, used: null }),
    take: (terminalId, used) => lookUps({ terminalId, used }),
    offer: (terminalId, sealed) => signOns({ terminalId, sealed }),
  };
}

/** Writes what was asked together, and gives each the row as it then is. */
function gathered<Item extends { readonly terminalId: number }>(
  session: Session,
  atOnceMax: number,
  write: (batch: readonly Item[]) => Promise<void>,
): (item: Item) => Promise<KeyRow | null> {
  return gatherer({ atOnceMax, waitingMax }, async (batch: readonly Item[]) => {
    await write(batch);
    const rows = await readKeys(session, [...new Set(batch.map(({ terminalId }) => terminalId))]);
    return batch.map(({ terminalId }) => rows.get(terminalId) ?? null);
  });
}

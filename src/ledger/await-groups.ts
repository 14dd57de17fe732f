import { readNowMs } from '#platform/clock/read-now.ts';
import { firstIdAt } from '#platform/ids.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { dayLockKey } from './open-day.ts';

const pollMs = 2;
/** A group whose process is frozen is ended by the server after about this long. */
const waitMsMax = 10_000;

// The two halves of the key, as PostgreSQL shows an advisory lock on one big number.
const underWay: Statement = {
  name: 'ledger-groups-under-way',
  text: `select virtualtransaction from pg_locks
    where locktype = 'advisory' and granted and mode = 'ShareLock' and objsubid = 1
      and classid::bigint = ${dayLockKey >> 32n} and objid::bigint = ${dayLockKey & 0xffff_ffffn}
      and database = (select oid from pg_database where datname = current_database())`,
};

/**
 * Waits until every group that was begun before now has ended, and gives the id below which all that is decided is
 * in the books: nothing is added below it any more. Unlike a cut-off it holds nobody up. A group takes the day's
 * lock before it reads the clock that its ids are made of, so one that is not seen here has later ids. (Ids of an
 * account that is posted to twice within a millisecond run ahead of the clock: such an outcome counts as later.)
 */
export async function awaitGroups(session: Session): Promise<bigint> {
  const fromMs = (await readNowMs(session)) + 1;
  const deadlineMs = performance.now() + waitMsMax;
  // By the clock that ids are made of: a timer of a busy process may be over at once.
  while ((await readNowMs(session)) < fromMs) await nextLook(deadlineMs);
  let waitedFor = await readUnderWay(session);
  while (waitedFor.size > 0) {
    await nextLook(deadlineMs);
    const still = await readUnderWay(session);
    waitedFor = new Set([...waitedFor].filter((transaction) => still.has(transaction)));
  }
  return firstIdAt(fromMs);
}

async function readUnderWay(session: Session): Promise<Set<unknown>> {
  return new Set((await session.run(underWay)).rows.map(([transaction]) => transaction));
}

async function nextLook(deadlineMs: number): Promise<void> {
  if (performance.now() > deadlineMs) throw new Error('a group, or the clock, did not go on in time');
  await new Promise((resolve) => setTimeout(resolve, pollMs));
}

import { type Actor, systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { findBusinessDay } from '#ledger/business-days.ts';
import { cutOff, usualLimits } from '#ledger/cut-off.ts';
import { type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { finishClosedDays } from './seal-days.ts';
import { readSeal } from './store.ts';

/** A business day that is closed and sealed. */
export interface ClosedDay {
  readonly businessDate: string;
  readonly openedAt: Date;
  readonly closedAt: Date;
  /** The day that took over at the cut-off. */
  readonly nextDate: string;
  /** The day's seal in hexadecimal: handed out with the settlement files. */
  readonly sealHex: string;
  /** Whether the day had been cut off before this call. */
  readonly replay: boolean;
}

/** A date that is no day of the books, before or to come, or groups that did not come to an end; nothing was changed. */
export type CloseRefusal = 'day-not-open-yet' | 'cut-off-busy';

/**
 * Closes a business day without stopping service: first the cut-off, which takes milliseconds, then the nets
 * and the seal. Called twice, by two instances, or again after a crash between the two, it gives the same day.
 */
export async function closeDay(
  pool: Pool,
  businessDate: string,
  actor: Actor = systemActor,
): Promise<ClosedDay | CloseRefusal> {
  const day = await findBusinessDay(sessionOf(pool), businessDate);
  if (day === null) return 'day-not-open-yet';
  const cut =
    day.closedAt === null
      ? await cutOff(pool, businessDate, { ...usualLimits, record: closedBy(actor, businessDate) })
      : 'not-open';
  if (cut === 'busy') return 'cut-off-busy';
  await finishClosedDays(pool);
  return { ...(await readClosedDay(pool, businessDate)), replay: cut !== 'made' };
}

async function readClosedDay(pool: Pool, businessDate: string): Promise<Omit<ClosedDay, 'replay'>> {
  const session = sessionOf(pool);
  const day = await findBusinessDay(session, businessDate);
  const seal = await readSeal(session, businessDate);
  if (day === null || day.closedAt === null || day.nextDate === null || seal === null) {
    throw new Error(`business day ${businessDate} is not closed and sealed`);
  }
  const { openedAt, closedAt, nextDate } = day;
  return { businessDate, openedAt, closedAt, nextDate, sealHex: seal.toString('hex') };
}

const closedBy = (actor: Actor, businessDate: string) => (session: Session) =>
  recordAudit(session, [{ actor, act: 'day-closed', subject: `day ${businessDate}`, reason: '' }]);

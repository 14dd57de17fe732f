import { systemActor } from '#audit/rules/event.ts';
import { recordAudit } from '#audit/store.ts';
import { readDayTotals, readHeadsAtCutOff } from '#ledger/business-days.ts';
import { inTransaction, type Pool, type Session, sessionOf } from '#platform/postgres.ts';
import { movementFen, netsOf } from './rules/nets.ts';
import { genesisSeal, sealHash } from './rules/seal.ts';
import { findUnsealedDay, insertNets, insertSeal, readSeal, readSealBefore } from './store.ts';

/** More closed days without a seal than this were not left behind by a crash. */
const daysMax = 3_660;

/**
 * Nets and seals every day that was cut off and not sealed yet, in their order, each in a transaction of its
 * own. May be run again, and by several instances at once: all of them come to the same nets and seals.
 * Called when a day was closed, and when the service starts. Gives the dates it sealed.
 */
export async function finishClosedDays(pool: Pool): Promise<string[]> {
  const sealed: string[] = [];
  while (sealed.length < daysMax) {
    const businessDate = await findUnsealedDay(sessionOf(pool));
    if (businessDate === null) return sealed;
    await inTransaction(pool, (client) => sealDay(sessionOf(client), businessDate));
    sealed.push(businessDate);
  }
  throw new Error(`more than ${daysMax} days were never sealed`);
}

/** A closed day takes no more postings, so whoever seals it, and when, reads the same. */
async function sealDay(session: Session, businessDate: string): Promise<void> {
  const totals = await readDayTotals(session, businessDate);
  if (movementFen(totals) !== 0n) throw new Error(`business day ${businessDate} does not sum to zero`);
  const heads = await readHeadsAtCutOff(session, businessDate);
  const nets = netsOf(totals);
  const previous = (await readSealBefore(session, businessDate)) ?? genesisSeal;
  const hash = sealHash(previous, { businessDate, heads, nets });
  await insertNets(session, businessDate, nets);
  const isFirst = await insertSeal(session, businessDate, hash);
  const kept = await readSeal(session, businessDate);
  if (kept === null || !kept.equals(hash)) throw new Error(`business day ${businessDate} has another seal`);
  // The trail holds the seal, which was handed out: rows cannot be cut off its end without taking it along.
  if (isFirst) await recordAudit(session, [sealedEvent(businessDate, hash)]);
}

function sealedEvent(businessDate: string, seal: Buffer) {
  const subject = `day ${businessDate}/${seal.toString('hex')}`;
  return { actor: systemActor, act: 'day-sealed', subject, reason: '' };
}

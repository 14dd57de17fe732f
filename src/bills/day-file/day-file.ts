import { hash } from 'node:crypto';
import type { BillParts } from '#bills/payment-steps.ts';
import { dayFileText, linesOf, sumOfLines } from '#bills/rules/day-file-text.ts';
import { readUtilities } from '#bills/utilities/store.ts';
import type { UtilityTerms } from '#bills/utility.ts';
import { findBusinessDay } from '#ledger/business-days.ts';
import { inTransaction, type Pool, sessionOf } from '#platform/postgres.ts';
import { readNets } from '#settlement/day-report.ts';
import {
  type Break,
  type DayFile,
  hasUnfinished,
  insertBreaks,
  insertDayFile,
  markSent,
  readDayFile,
  readDueDayFiles,
  readPaymentsOfDay,
  sendLater,
} from './store.ts';

export interface DayFileParts extends Pick<BillParts, 'connect' | 'log'> {
  /** For what takes its time. */
  readonly reports: Pool;
}

export type NoDayFile =
  /** The books have no such day, or it is still open. */
  | 'day-not-closed'
  /** A payment of the day is still under way: its line is not known yet. */
  | 'day-file-not-ready';

/**
 * The file of a closed business day, made from our rows and kept: made again it is the same, since every payment in
 * it has come to its end. Its sum is held against what the ledger owes the utility for the day; a difference (a desk
 * of ours gave a wrong charge back, or a fault) is kept as a break and does not hold the file up.
 */
export async function makeDayFile(
  { reports, log }: DayFileParts,
  utilityId: number,
  businessDate: string,
): Promise<DayFile | NoDayFile> {
  const session = sessionOf(reports);
  const kept = await readDayFile(session, utilityId, businessDate);
  if (kept !== null) return kept;
  const day = await findBusinessDay(session, businessDate);
  if (day === null || day.closedAt === null) return 'day-not-closed';
  if (await hasUnfinished(session, utilityId, day.closedAt)) return 'day-file-not-ready';
  const payments = await readPaymentsOfDay(session, utilityId, businessDate);
  const lines = payments.flatMap((payment) => linesOf(payment, businessDate));
  const content = dayFileText(businessDate, lines);
  const file = {
    utilityId,
    businessDate,
    content,
    digestHex: hash('sha256', content, 'hex'),
    lineCount: lines.length,
    amountFen: sumOfLines(lines),
    ledgerFen: await ledgerFen(reports, utilityId, businessDate),
  };
  const differenceFen = file.ledgerFen - file.amountFen;
  if (differenceFen !== 0n) log.error('a day file differs from the ledger', { utilityId, businessDate });
  await inTransaction(reports, async (client) => {
    const own = sessionOf(client);
    await insertDayFile(own, file);
    const differs = { reference: 'ledger', kind: 'ledger-differs', amountFen: differenceFen };
    await insertBreaks(own, file, differenceFen === 0n ? [] : [differs]);
  });
  return (await readDayFile(session, utilityId, businessDate)) ?? 'day-file-not-ready';
}

/** What the ledger owes the utility for the day. */
async function ledgerFen(reports: Pool, utilityId: number, businessDate: string): Promise<bigint> {
  const nets = await readNets(reports, businessDate);
  return nets?.nets.find((net) => net.participantId === utilityId)?.netFen ?? 0n;
}

const sendAgainMs = 60_000;

/** Sends a day's file, unless the utility has it: its differences are kept as breaks. False: it does not answer. */
export async function sendDayFile(parts: DayFileParts, terms: UtilityTerms, file: DayFile): Promise<boolean> {
  if (file.sentAt !== null) return true;
  const { businessDate, content: text, digestHex } = file;
  const answer = await parts.connect(terms).sendDayFile({ businessDate, text, digestHex });
  if (answer.status === 'unknown') {
    await sendLater(sessionOf(parts.reports), file, sendAgainMs);
    return false;
  }
  const breaks: readonly Break[] =
    answer.status === 'accepted'
      ? answer.differences
      : [{ reference: 'file', kind: `refused-${answer.code}`, amountFen: file.amountFen }];
  await inTransaction(parts.reports, async (client) => {
    const session = sessionOf(client);
    if (await markSent(session, file.utilityId, businessDate)) await insertBreaks(session, file, breaks);
  });
  if (breaks.length > 0)
    parts.log.warn('a utility says otherwise than our day file', { utilityId: file.utilityId, businessDate });
  return true;
}

const filesMax = 200;

/** Makes and sends what is due; says how many were sent. A day that is not ready, or that failed, comes again. */
export async function sendDueDayFiles(parts: DayFileParts): Promise<number> {
  const session = sessionOf(parts.reports);
  const due = await readDueDayFiles(session, filesMax);
  const utilities = await readUtilities(session, [...new Set(due.map((one) => one.utilityId))]);
  let sent = 0;
  for (const { utilityId, businessDate } of due) {
    const terms = utilities.get(utilityId);
    if (terms === undefined) continue;
    // What is wrong with one utility (a key that cannot be opened) must not hold up the files of the others.
    const isSent = await makeAndSend(parts, terms, businessDate).catch((error) => {
      parts.log.error('a day file could not be sent', { utilityId, businessDate, error });
      return false;
    });
    if (isSent) sent += 1;
  }
  return sent;
}

async function makeAndSend(parts: DayFileParts, terms: UtilityTerms, businessDate: string): Promise<boolean> {
  const file = await makeDayFile(parts, terms.participantId, businessDate);
  return typeof file !== 'string' && sendDayFile(parts, terms, file);
}

import { movedFen, type Outcome } from '#clearing/outcome.ts';
import type { Fields } from '#iso8583/message.ts';
import { hainanTime } from '#platform/calendar.ts';
import { idTimeMs } from '#platform/ids.ts';
import { amountField } from './amounts.ts';
import { approvalCode, retrievalNumber } from './retrieval-number.ts';

/** What a terminal finds again in its answer, as it sent it. */
const echoed = [3, 4, 7, 11, 12, 13, 24, 25, 32, 37, 41, 42, 49, 60, 70];

type Answer = { [field: number]: string | undefined };

/**
 * The fields that every answer has. Of a decided request they follow from what was asked and what was decided, and from
 * nothing else: the answer to its repeat is the same to the byte.
 */
export function answerFields(
  asked: Fields,
  reply: { readonly code: string; readonly outcome: Outcome | null; readonly fields: Fields },
  of: { readonly nowMs: number; readonly version: 1987 | 1993 },
): Answer {
  const answer: Answer = {};
  for (const field of echoed) {
    const value = asked[field];
    if (value !== undefined) answer[field] = value;
  }
  const { outcome } = reply;
  const decidedMs = outcome === null ? of.nowMs : idTimeMs(outcome.id);
  if (asked[12] === undefined || (asked[13] === undefined && of.version === 1987))
    addTime(answer, hainanTime(decidedMs), of.version);
  if (outcome !== null) addDecided(answer, outcome, of.version);
  answer[39] = reply.code;
  return Object.assign(answer, reply.fields);
}

/** "2026-11-22 08:30:00" in the fields of the version; what the terminal said stands. */
function addTime(answer: Answer, time: string, version: 1987 | 1993): void {
  const clock = time.slice(11, 13) + time.slice(14, 16) + time.slice(17, 19);
  const monthDay = time.slice(5, 7) + time.slice(8, 10);
  if (version === 1993) {
    answer[12] ??= time.slice(2, 4) + monthDay + clock;
    return;
  }
  answer[12] ??= clock;
  answer[13] ??= monthDay;
}

function addDecided(answer: Answer, outcome: Outcome, version: 1987 | 1993): void {
  const { businessDate, refusal, id } = outcome;
  const monthDay = businessDate.slice(5, 7) + businessDate.slice(8, 10);
  answer[15] = version === 1993 ? businessDate.slice(2, 4) + monthDay : monthDay;
  const number = retrievalNumber(id);
  answer[37] ??= number;
  if (refusal !== null) return;
  answer[38] = approvalCode(number);
  // Where the tariff says the price, the terminal learns it here.
  const isPriced = answer[4] === undefined || /^0*$/.test(answer[4]);
  if (isPriced) answer[4] = amountField(movedFen(outcome));
}

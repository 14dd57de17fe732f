import { businessKey } from '#idempotency/rules/keys.ts';
import type { Session } from '#platform/postgres.ts';
import type { KnownOutcome } from './rules/state.ts';
import { findOutcomes } from './store.ts';

/** How a terminal names an earlier transaction of its own: for a void, a refund, the completion of an authorisation. */
export interface EarlierTrace {
  readonly terminalId: number;
  readonly batchNumber: number;
  readonly traceNumber: number;
  /** The local dates it may have had: as it was given, and the day on which its batch was opened. */
  readonly localDates: readonly (string | null)[];
}

const datesMax = 4;

/**
 * The outcomes under that trace, those of the first date that has any: refused ones too, and more than one where two
 * cards used the same trace. Empty: there is none. Whether the card fits is the caller's to judge.
 */
export async function findByTrace(session: Session, earlier: EarlierTrace): Promise<KnownOutcome[]> {
  const { localDates, ...trace } = earlier;
  const dates = new Set(localDates.filter((date) => date !== null));
  if (dates.size > datesMax) throw new RangeError('more dates than a transaction may have');
  const businessKeys = [...dates].map((localDate) => businessKey({ ...trace, localDate }));
  if (businessKeys.length === 0) return [];
  const found = await findOutcomes(session, { callerKeys: [], businessKeys });
  const first = businessKeys.find((key) => found.some((outcome) => outcome.businessKey === key));
  return found.filter((outcome) => outcome.businessKey === first);
}

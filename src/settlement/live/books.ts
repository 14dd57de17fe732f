import { absFen } from '#money/fen.ts';
import type { Session } from '#platform/postgres.ts';
import {
  type AccountDay,
  compareHolds,
  compareTotals,
  type DaySum,
  type IdRange,
  type PurseSums,
  readOpenHolds,
  sumPostings,
  sumPurses,
  sumTotalsAfter,
  type TotalsOff,
} from './books-store.ts';
import { type NewHead, readNewHeads } from './chain-store.ts';
import type { CheckResult, LampFinding } from './lamp.ts';
import { lastIdOf } from './rules/chain-page.ts';
import { type Drift, driftCheck, driftOf, rolledUp } from './rules/drift.ts';
import { sequenceOf } from './rules/start-from.ts';
import type { HoldPlace, Place, Watermark } from './rules/watermark.ts';

/** Open holds whose authorisation is looked up in one look; those after them come in the next. */
const holdsMax = 5_000;
const findingsMax = 4;

export interface BooksOptions {
  readonly mark: Watermark;
  /** Where each lane stood before the first day that is watched: from there postings are summed anew. */
  readonly bases: ReadonlyMap<number, Place>;
  /** Whether what was summed in earlier looks is not to be built on. */
  readonly anew: boolean;
}

/** What one moment of the books came to. */
export interface BooksLook {
  readonly driftFen: bigint;
  readonly checks: readonly CheckResult[];
  readonly findings: readonly LampFinding[];
  readonly counted: readonly AccountDay[];
  /** Whether these sums take the place of what was kept. */
  readonly replaces: boolean;
  readonly mark: Watermark;
}

/** Looks at balances, holds and day totals as they stand at one moment: the session is in a snapshot. */
export async function lookAtBooks(session: Session, options: BooksOptions): Promise<BooksLook> {
  const sums = await sumPurses(session);
  // Everything after the one scan goes by an index, whatever the planner believes of a table that was empty.
  await session.run({ name: 'live-by-index', text: `select set_config('enable_seqscan', 'off', true)` });
  const drift = await lookAtDrift(session, options.mark, sums);
  const holds = await lookAtHolds(session, options.mark.holdsAfter, sums);
  const totals = await lookAtTotals(session, options);
  const totalsCheck = {
    name: 'day-totals' as const,
    wrong: totals.off.wrong,
    amountFen: totals.off.amountFen,
  };
  return {
    driftFen: drift.drift.driftFen,
    checks: [{ name: 'drift', ...driftCheck(drift.drift) }, holds.check, totalsCheck],
    findings: [...driftFindings(drift.drift), ...holds.findings, ...totalsFindings(totals.off)],
    counted: totals.counted,
    replaces: totals.replaces,
    mark: {
      ...options.mark,
      ...drift.closed,
      lanes: totals.lanes,
      days: watchOn(options.mark.days, totals.off),
      holdsAfter: holds.after,
    },
  };
}

interface DriftLook {
  readonly drift: Drift;
  readonly closed: Pick<Watermark, 'closedThrough' | 'closedFen'>;
}

async function lookAtDrift(session: Session, mark: Watermark, sums: PurseSums): Promise<DriftLook> {
  const look = await driftAfter(session, mark, sums);
  const isRight = look.drift.driftFen === 0n && driftCheck(look.drift).wrong === 0;
  // What was kept of closed days is not taken as a proof that something is wrong.
  if (isRight || mark.closedThrough === null) return look;
  return driftAfter(session, { closedThrough: null, closedFen: new Map() }, sums);
}

async function driftAfter(
  session: Session,
  { closedThrough, closedFen }: DriftLook['closed'],
  { balances }: PurseSums,
): Promise<DriftLook> {
  const days = await sumTotalsAfter(session, closedThrough);
  const closed = days.filter((day) => day.closed);
  const through = closed.reduce<string | null>(
    (last, { businessDate }) => (last === null || businessDate > last ? businessDate : last),
    closedThrough,
  );
  const closedSums = plus(closedFen, closed);
  const totals = plus(
    closedSums,
    days.filter((day) => !day.closed),
  );
  return { drift: driftOf(balances, totals), closed: { closedThrough: through, closedFen: closedSums } };
}

function plus(sums: ReadonlyMap<number, bigint>, days: readonly DaySum[]): Map<number, bigint> {
  const total = new Map(sums);
  for (const { kind, fen } of days) total.set(kind, (total.get(kind) ?? 0n) + fen);
  return total;
}

function driftFindings({ kinds, totalsFen }: Drift): LampFinding[] {
  const ofKinds = kinds.map(({ kind, balanceFen, totalFen }) => ({
    check: 'drift' as const,
    table: 'ledger.accounts',
    key: `purses of kind ${kind}`,
    expected: `balances of ${totalFen} together`,
    found: `${balanceFen}`,
  }));
  if (totalsFen === 0n) return ofKinds;
  const key = `all accounts from ${rolledUp} on and all kinds of purses`;
  return [
    ...ofKinds,
    { check: 'drift', table: 'ledger.day_totals', key, expected: 'sum 0', found: `sum ${totalsFen}` },
  ];
}

interface HoldsLook {
  readonly check: CheckResult;
  readonly findings: readonly LampFinding[];
  readonly after: HoldPlace | null;
}

async function lookAtHolds(session: Session, after: HoldPlace | null, sums: PurseSums): Promise<HoldsLook> {
  const compared = await compareHolds(session);
  const unheldFen = sums.heldFen - compared.heldFen;
  const open = await readOpenHolds(session, after, holdsMax);
  const ended = open.filter((hold) => hold.isWrong);
  const findings: LampFinding[] = [];
  const say = (table: string, key: string, [expected, found]: [string, string]) =>
    findings.push({ check: 'holds', table, key, expected, found });
  if (compared.first !== null) {
    const off = `${compared.wrong} that hold something else, by ${compared.amountFen} fen together`;
    say('ledger.accounts', compared.first, ['what its open holds hold', off]);
  }
  if (unheldFen !== 0n) say('ledger.accounts', 'purses without open holds', ['held 0', `held ${unheldFen}`]);
  for (const { entryId, accountId, remainingFen } of ended.slice(0, findingsMax)) {
    const key = `entry ${entryId}, account ${accountId}`;
    say('ledger.holds', key, ['an authorisation that is open', `an open hold over ${remainingFen}`]);
  }
  const endedFen = ended.reduce((total, hold) => total + hold.remainingFen, 0n);
  return {
    findings,
    check: {
      name: 'holds',
      wrong: compared.wrong + (unheldFen === 0n ? 0 : 1) + ended.length,
      amountFen: compared.amountFen + absFen(unheldFen) + endedFen,
    },
    after: placeAfter(open, { after, isWrong: ended.length > 0 }),
  };
}

/** Where there are more holds than a look goes through, the next one goes on; it stays where one is wrong. */
function placeAfter(
  open: readonly HoldPlace[],
  { after, isWrong }: { readonly after: HoldPlace | null; readonly isWrong: boolean },
): HoldPlace | null {
  if (isWrong) return after;
  const last = open.at(-1);
  if (open.length < holdsMax || last === undefined) return null;
  return { bucket: last.bucket, accountId: last.accountId, entryId: last.entryId };
}

interface TotalsLook {
  readonly off: TotalsOff;
  readonly counted: readonly AccountDay[];
  readonly replaces: boolean;
  readonly lanes: Watermark['lanes'];
}

async function lookAtTotals(session: Session, { mark, bases, anew }: BooksOptions): Promise<TotalsLook> {
  const fromBegin = new Map([...bases].map(([lane, place]) => [lane, sequenceOf(place)]));
  const recount = () => countTotals(session, mark, { seen: fromBegin, withKept: false });
  if (anew) return recount();
  const seen = new Map([...mark.lanes].map(([lane, { countedSequence }]) => [lane, countedSequence]));
  const look = await countTotals(session, mark, { seen, withKept: true });
  // What was summed in earlier looks is no proof: only postings that are summed now say that a total is wrong.
  return look.off.wrong === 0 ? look : recount();
}

interface CountOptions {
  /** The last group of each lane whose postings are not to be summed. */
  readonly seen: ReadonlyMap<number, bigint>;
  /** Whether what was kept of earlier looks is added. */
  readonly withKept: boolean;
}

async function countTotals(
  session: Session,
  { days, lanes: before }: Watermark,
  { seen, withKept }: CountOptions,
): Promise<TotalsLook> {
  const heads = await readNewHeads(session, seen, days.at(-1) ?? '');
  const counted = await sumPostings(session, days, heads.map(rangeOf));
  const off = await compareTotals(session, { days, counted, withKept });
  const lanes = new Map(before);
  for (const { head } of heads) {
    const lane = lanes.get(head.lane);
    if (lane !== undefined) lanes.set(head.lane, { ...lane, countedSequence: head.sequence });
  }
  return { off, counted, replaces: !withKept, lanes };
}

function rangeOf({ head, firstNewId }: NewHead): IdRange {
  return { lane: head.lane, firstId: firstNewId, lastId: lastIdOf(head) };
}

function totalsFindings({ first }: TotalsOff): LampFinding[] {
  return first.map((row) => ({ check: 'day-totals', table: 'ledger.day_totals', ...row }));
}

/** A closed day whose totals are right is done with; one whose are not is watched on, until they are. */
function watchOn(days: readonly string[], off: TotalsOff): readonly string[] {
  return off.wrong === 0 ? days.slice(-1) : days;
}

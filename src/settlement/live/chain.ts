import type { Session } from '#platform/postgres.ts';
import type { ChainGroup } from '#settlement/rules/group-check.ts';
import type { Finding } from '#settlement/rules/group-rows.ts';
import { readBases, readGroupsAfter, readGroupsAt, readRowsBetween } from './chain-store.ts';
import type { ChainBudget, ChainPart, PageDone } from './rules/chain-budget.ts';
import { checkPage, lastIdOf, pageOf } from './rules/chain-page.ts';
import type { LaneMark, Place, Watermark } from './rules/watermark.ts';

export interface ChainLook {
  readonly lanes: ReadonlyMap<number, LaneMark>;
  readonly findings: readonly Finding[];
  /** Whether a group was found wrong. */
  readonly suspect: boolean;
  /** How long the look rested: no time that it took from anybody. */
  readonly restedMs: number;
}

/** A page is recomputed without a pause: nobody is to wait for it longer than for a few payments. */
const pageLimits = { perLane: 200, outcomesMax: 250 } as const;

/**
 * Recomputes groups as `verify` does, with the same rules: those that are new, as far as the time goes, and after
 * them, again and again, those of the days that are watched, so that a row that was changed behind a group that had
 * been looked at is found too. A lane stops at a group that is wrong, and is looked at there until it is right.
 */
export async function lookAtChain(
  session: Session,
  mark: Watermark,
  budget: ChainBudget,
): Promise<ChainLook> {
  const kept = placesOf(mark, 'chained');
  const changed = await findChangedHeads(session, kept);
  const sound = new Map([...kept].filter(([lane]) => !changed.has(lane)));
  const news = await walk(session, sound, paceOf(budget, 'new'));
  // While there are new groups to catch up with, old ones wait; where one was found wrong they do not.
  const isLate = !news.ended && !mark.suspect;
  const again = isLate ? null : await walkAgain(session, mark, paceOf(budget, 'again'));
  const wrong = [changed, news.wrong, again?.wrong ?? new Map<number, Finding>()];
  const lanes = new Map<number, LaneMark>();
  for (const [lane, before] of mark.lanes) {
    const place = (places: ReadonlyMap<number, Place> | undefined, otherwise: Place) =>
      places?.has(lane) ? (places.get(lane) ?? null) : otherwise;
    const [chained, walked] = [place(news.places, before.chained), place(again?.places, before.walked)];
    lanes.set(lane, { ...before, chained, walked });
  }
  const findings = distinct(wrong.flatMap((ofLanes) => [...ofLanes.values()]));
  const restedMs = news.restedMs + (again?.restedMs ?? 0);
  return { lanes, findings, suspect: findings.length > 0, restedMs };
}

function placesOf(mark: Watermark, which: 'chained' | 'walked'): Map<number, Place> {
  return new Map([...mark.lanes].map(([lane, ofLane]) => [lane, ofLane[which]]));
}

function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.table} ${finding.key}`, finding])).values()];
}

/** Groups up to which a chain was recomputed, and that are not any more what they were then; by lane. */
async function findChangedHeads(
  session: Session,
  places: ReadonlyMap<number, Place>,
): Promise<Map<number, Finding>> {
  const known = [...places.values()].filter((place) => place !== null);
  const now = await readGroupsAt(session, known);
  const changed = new Map<number, Finding>();
  for (const place of known) {
    const hash = now.get(place.lane)?.hash;
    if (hash?.equals(place.hash)) continue;
    const key = `lane ${place.lane}, sequence ${place.sequence}, ids ${place.firstId} to ${lastIdOf(place)}`;
    const expected = `hash ${place.hash.toString('hex')}`;
    const found = hash === undefined ? 'no group' : `hash ${hash.toString('hex')}`;
    changed.set(place.lane, { table: 'ledger.groups', key, expected, found });
  }
  return changed;
}

interface Walked {
  /** Where each lane stands, at the last group that was right. */
  readonly places: ReadonlyMap<number, Place>;
  readonly wrong: ReadonlyMap<number, Finding>;
  /** Whether there was nothing more to go through, but for the lanes that stopped. */
  readonly ended: boolean;
  readonly restedMs: number;
}

interface Pace {
  readonly forMs: number;
  readonly rest: (page: Pick<PageDone, 'pageMs' | 'leftMs'>) => Promise<boolean>;
}

function paceOf({ newMs, againMs, rest }: ChainBudget, part: ChainPart): Pace {
  return {
    forMs: part === 'new' ? newMs : againMs,
    rest: async (page) => (await rest?.({ ...page, part })) ?? true,
  };
}

async function walk(
  session: Session,
  from: ReadonlyMap<number, Place>,
  { forMs, rest }: Pace,
): Promise<Walked> {
  const untilMs = performance.now() + forMs;
  const places = new Map(from);
  const wrong = new Map<number, Finding>();
  let restedMs = 0;
  let goesOn = true;
  while (goesOn && performance.now() < untilMs) {
    const pageAtMs = performance.now();
    const going = new Map([...places].filter(([lane]) => !wrong.has(lane)));
    const page = pageOf(await readGroupsAfter(session, going, pageLimits.perLane), pageLimits);
    if (page.length === 0) return { places, wrong, ended: true, restedMs };
    const checked = checkPage(page, await readRows(session, page), places);
    for (const [lane, place] of checked.places) places.set(lane, place);
    for (const [lane, finding] of checked.wrong) wrong.set(lane, finding);
    const restAtMs = performance.now();
    goesOn = await rest({ pageMs: restAtMs - pageAtMs, leftMs: Math.max(0, untilMs - restAtMs) });
    restedMs += performance.now() - restAtMs;
  }
  return { places, wrong, ended: false, restedMs };
}

function readRows(session: Session, page: readonly ChainGroup[]) {
  const firstId = page.reduce(
    (least, group) => (group.firstId < least ? group.firstId : least),
    page[0]?.firstId ?? 0n,
  );
  const lastId = page.reduce((most, group) => (lastIdOf(group) > most ? lastIdOf(group) : most), firstId);
  const days = [...new Set(page.map((group) => group.businessDate))];
  return readRowsBetween(session, { firstId, lastId, days });
}

/** A part of the round over the days that are watched; at the end of one it begins anew, where nothing was wrong. */
async function walkAgain(session: Session, mark: Watermark, pace: Pace): Promise<Walked> {
  const walked = await walk(session, placesOf(mark, 'walked'), pace);
  if (!walked.ended) return walked;
  const bases = await readBases(session, mark.days[0] ?? '');
  return { ...walked, places: new Map([...bases].filter(([lane]) => !walked.wrong.has(lane))) };
}

import { html } from 'hono/html';
import { toneOf } from '#channels/pages/staff/lists/cells.ts';
import { contentSeal, isContentSeal } from '#channels/pages/staff/rules/content-seal.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { StaffSite } from '#channels/pages/staff/staff-site.ts';
import {
  actorOf,
  type Fields,
  type SignedIn,
  type StaffContext,
  secretsOf,
} from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import { actView } from '#channels/pages/staff/views/act-view.ts';
import { dayView } from '#channels/pages/staff/views/day-view.ts';
import { badgeOf, type Html, hiddenField, linkTo, yuan } from '#channels/pages/staff/views/pieces.ts';
import { problemPage } from '#channels/pages/staff/views/problem-view.ts';
import { dayNumber, hainanDay, nextDay } from '#platform/calendar.ts';
import { closeDay } from '#settlement/close-day.ts';
import { type DayReport, type NetReport, readDay, readNets } from '#settlement/day-report.ts';
import type { BooksLamp } from '#settlement/live/lamp.ts';
import { countSuspended } from './count-suspended.ts';

/** A business day, and its close in two steps. */
export function addDayRoutes({ parts, door }: StaffSite): void {
  door.page('/staff/day/:date', async (c, visit) => {
    const found = await findDay(parts, c);
    if (found === null) return problemPage(c, 'notFound');
    const asked = c.req.query('done');
    const done = asked === 'closed' || asked === 'again' ? asked : null;
    const shown = { ...visit, path: `/staff/day/${found.day.businessDate}` };
    return c.html(dayView(shown, { ...found, done }));
  });
  door.page('/staff/day/:date/close', async (c, visit) => {
    const found = await findDay(parts, c);
    if (found === null) return problemPage(c, 'notFound');
    const { businessDate, state } = found.day;
    if (state === 'closed') return c.redirect(`/staff/day/${businessDate}`, 303);
    return c.html(closeStep(visit, await withState(parts, visit, found)));
  });
  door.form(
    '/staff/day/:date/close',
    (c) => `/staff/day/${c.req.param('date')}/close`,
    (c, visit, fields) => close(parts, { c, visit, fields }),
  );
}

interface FoundDay {
  readonly day: DayReport;
  readonly nets: NetReport;
  readonly nowMs: number;
}

async function findDay({ reports, nowMs }: StaffParts, c: StaffContext): Promise<FoundDay | null> {
  const date = c.req.param('date') ?? '';
  if (Number.isNaN(dayNumber(date))) return null;
  const [day, nets] = await Promise.all([readDay(reports, date), readNets(reports, date)]);
  return day === null || nets === null ? null : { day, nets, nowMs: nowMs() };
}

/** A day that is to be closed, with what whoever closes it looks at first. */
interface DayToClose extends FoundDay {
  readonly lamp: BooksLamp | null;
  readonly waiting: number;
}

async function withState(parts: StaffParts, visit: SignedIn, found: FoundDay): Promise<DayToClose> {
  const [lamp, suspended] = await Promise.all([parts.readLamp(), countSuspended(parts, visit)]);
  return { ...found, lamp, waiting: suspended.reduce((sum, { waiting }) => sum + waiting.count, 0) };
}

/** The lamp with its drift, and the way to the rows that are wrong. */
function lampText({ texts }: SignedIn, lamp: BooksLamp | null): Html | string {
  if (lamp === null) return texts.home.noLamp;
  const { state, driftFen } = lamp;
  return html`${badgeOf(wordIn(texts, 'lamp', state), toneOf('lamp', state))} ${linkTo('/staff', `${texts.home.drift} ${yuan(driftFen)}`)}`;
}

function closeStep(
  visit: SignedIn,
  { day, nets, nowMs, lamp, waiting }: DayToClose,
  refusals: readonly string[] = [],
) {
  const { texts } = visit;
  const says = texts.day;
  const { businessDate } = day;
  return actView(visit, {
    ...{ title: says.closeTitle(businessDate), section: 'days', lead: says.closeLead, faults: {}, refusals },
    changes: [
      { what: says.title(businessDate), before: wordIn(texts, 'day', 'open'), after: says.dayAfter },
      { what: says.books, before: lampText(visit, lamp), after: says.booksAfter },
      {
        what: says.waitingItems,
        before: linkTo('/staff/suspended', says.itemsCount(waiting)),
        after: says.itemsAfter,
      },
      { what: says.nets, before: says.netsCount(nets.nets.length), after: says.netsAfter },
      { what: says.participantsNet, before: yuan(nets.netFen), after: yuan(nets.netFen) },
      { what: says.sum, before: yuan(nets.sumFen), after: says.sumNote },
      { what: says.nextDay, before: texts.nothing, after: `${dayAfter(businessDate, nowMs)} (${says.next})` },
    ],
    action: `/staff/day/${businessDate}/close`,
    fields: hiddenField('seal', contentSeal(secretsOf(visit), contentOf(businessDate))),
    ...{ submit: texts.act.confirm(says.close), isLast: true, cancel: `/staff/day/${businessDate}` },
  });
}

/** After days without a close the books come back to the calendar. */
function dayAfter(businessDate: string, nowMs: number): string {
  const [next, today] = [nextDay(businessDate), hainanDay(nowMs)];
  return next > today ? next : today;
}

/** Amounts go on rising while the day is open, so what is confirmed is the day. */
const contentOf = (businessDate: string) => ['close-day', businessDate];

interface Sent {
  readonly c: StaffContext;
  readonly visit: SignedIn;
  readonly fields: Fields;
}

async function close(parts: StaffParts, { c, visit, fields }: Sent): Promise<Response> {
  const found = await findDay(parts, c);
  if (found === null) return problemPage(c, 'notFound');
  const { businessDate } = found.day;
  if (!isContentSeal(fields['seal'], secretsOf(visit), contentOf(businessDate)))
    return problemPage(c, 'stale');
  const closed = await closeDay(parts.reports, businessDate, actorOf(visit));
  if (typeof closed === 'string') {
    const shown = await withState(parts, visit, found);
    return c.html(closeStep(visit, shown, [visit.texts.refusals[closed]]), 409);
  }
  parts.log.info('business day closed', { businessDate, replay: closed.replay });
  return c.redirect(`/staff/day/${businessDate}?done=${closed.replay ? 'again' : 'closed'}`, 303);
}

import { html } from 'hono/html';
import { lastingText, toneOf } from '#channels/pages/staff/lists/cells.ts';
import type { Suspended } from '#channels/pages/staff/routes/count-suspended.ts';
import { type SectorTotal, sumOfSectors } from '#channels/pages/staff/rules/sector-totals.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import { mayRead } from '#channels/pages/staff/who-may.ts';
import type { BusinessDay } from '#ledger/business-days.ts';
import { hainanTime } from '#platform/calendar.ts';
import type { BooksLamp } from '#settlement/live/lamp.ts';
import { badgeOf, grouped, type Html, linkTo, tableBox, yuan } from './pieces.ts';
import { staffLayout } from './staff-layout.ts';
import { suspendedTable } from './suspended-view.ts';

export interface HomePage {
  readonly nowMs: number;
  readonly day: BusinessDay | null;
  /** Null for whom the books do not concern. */
  readonly sectors: readonly SectorTotal[] | null;
  /** Undefined for whom the books do not concern; null while nothing was checked. */
  readonly lamp: BooksLamp | null | undefined;
  readonly suspended: readonly Suspended[];
}

/** The first page: the day, whether the books balance, what waits, and what the day comes to so far. */
export function homeView(visit: SignedIn, page: HomePage): Html {
  const { texts, member } = visit;
  const body = html`<p class="lead">${texts.home.welcome(member.displayName)}</p>
<div class="cards">${dayCard(visit, page)}${page.lamp === undefined ? '' : lampCard(visit, page.lamp)}</div>
${page.suspended.length === 0 ? '' : html`<section aria-labelledby="suspended"><h2 id="suspended">${texts.home.suspended}</h2>${suspendedTable(visit, { items: page.suspended, nowMs: page.nowMs })}</section>`}
${page.sectors === null ? '' : totals(visit, page.sectors, page.day?.businessDate ?? '')}
${page.lamp ? html`${findingsTable(visit, page.lamp)}${lampDetails(visit, page.lamp, page.nowMs)}` : ''}`;
  return staffLayout(visit, { title: texts.home.title, section: 'home', body });
}

function dayCard({ texts, member }: SignedIn, { day, nowMs }: HomePage): Html | '' {
  if (day === null) return '';
  const { businessDate, openedAt } = day;
  const path = mayRead(member.role, '/staff/day/:date') ? `/staff/day/${businessDate}` : null;
  return html`<section class="panel card" aria-labelledby="day"><h2 id="day">${texts.home.day}</h2>
<p class="figure">${linkTo(path, businessDate)}</p>
<p class="fine">${texts.home.openFor(lastingText(texts, openedAt.getTime(), nowMs))} · ${texts.home.openSince(hainanTime(openedAt.getTime()))}</p></section>`;
}

function lampCard({ texts }: SignedIn, lamp: BooksLamp | null): Html {
  const says = texts.home;
  if (lamp === null)
    return html`<section class="panel card" aria-labelledby="lamp"><h2 id="lamp">${says.lamp}</h2><p class="figure">${texts.nothing}</p><p class="fine">${says.noLamp}</p></section>`;
  const { state, driftFen, computedAtMs } = lamp;
  return html`<section class="panel card lamp ${toneOf('lamp', state)}" aria-labelledby="lamp"><h2 id="lamp">${says.lamp}</h2>
<p class="figure"><span class="bulb" aria-hidden="true"></span>${wordIn(texts, 'lamp', state)} <span class="drift">${says.drift} ${yuan(driftFen)}</span></p>
<p class="fine">${says.lampAt(hainanTime(computedAtMs))}</p></section>`;
}

function totals(visit: SignedIn, sectors: readonly SectorTotal[], day: string): Html {
  const { texts } = visit;
  const says = texts.home;
  if (sectors.length === 0)
    return html`<section aria-labelledby="totals"><h2 id="totals">${says.totals}</h2><p class="panel empty">${says.noTotals}</p></section>`;
  const lines = sectors.map((total) =>
    totalLine(visit, {
      ...{ name: wordIn(texts, 'sector', total.sector), total },
      href: pathWith('/staff/nets', { day, sector: total.sector }),
    }),
  );
  const sum = { name: says.all, total: sumOfSectors(sectors), href: pathWith('/staff/nets', { day }) };
  return html`<section aria-labelledby="totals"><h2 id="totals">${says.totals}</h2><p class="fine">${says.totalsNote}</p>
${tableBox(
  texts.list.table(says.totals),
  html`<table><caption class="hidden">${says.totals}</caption><thead><tr><th scope="col">${texts.columns.sector}</th><th scope="col">${texts.columns.participant}</th>
<th scope="col" class="number">${texts.columns.creditCount}</th><th scope="col" class="number">${texts.columns.credit}</th><th scope="col" class="number">${texts.columns.debitCount}</th><th scope="col" class="number">${texts.columns.debit}</th><th scope="col" class="number">${texts.columns.net}</th></tr></thead>
<tbody>${lines}</tbody><tfoot>${totalLine(visit, sum)}</tfoot></table>`,
)}</section>`;
}

interface TotalLine {
  readonly name: string;
  readonly total: SectorTotal;
  readonly href: string;
}

function totalLine({ texts }: SignedIn, { name, total, href }: TotalLine): Html {
  const { participantsOf } = texts.home;
  const cell = (content: string) => html`<td class="number"><a href="${href}">${content}</a></td>`;
  return html`<tr><th scope="row">${name}</th><td><a href="${href}">${participantsOf(total.participants)}</a></td>${cell(grouped(total.creditCount))}${cell(yuan(total.creditFen))}${cell(grouped(total.debitCount))}${cell(yuan(total.debitFen))}${cell(yuan(total.netFen))}</tr>`;
}

/** The rows that are wrong stand before everything that is right. */
function findingsTable({ texts }: SignedIn, { findings }: BooksLamp): Html | '' {
  if (findings.length === 0) return '';
  const says = texts.home;
  const lines = findings.map(
    ({ check, table, key, expected, found }) =>
      html`<tr><th scope="row">${wordIn(texts, 'check', check)}</th><td>${table}</td><td>${key}</td><td>${expected}</td><td>${found}</td></tr>`,
  );
  return html`<section aria-labelledby="findings"><h2 id="findings">${says.findings}</h2>${tableBox(
    texts.list.table(says.findings),
    html`<table><thead><tr><th scope="col">${says.lampCheck}</th><th scope="col">${says.findingTable}</th><th scope="col">${says.findingKey}</th><th scope="col">${says.findingExpected}</th><th scope="col">${says.findingFound}</th></tr></thead><tbody>${lines}</tbody></table>`,
  )}</section>`;
}

/** What the monitor checked one by one, and the queues it looked at. */
function lampDetails({ texts }: SignedIn, lamp: BooksLamp, nowMs: number): Html {
  const says = texts.home;
  const checks = lamp.checks.map(
    ({ name, wrong, amountFen }) =>
      html`<tr><th scope="row">${wordIn(texts, 'check', name)}</th><td class="number">${badgeOf(grouped(wrong), wrong === 0 ? 'ok' : 'off')}</td><td class="number">${yuan(amountFen)}</td></tr>`,
  );
  const queues = lamp.queues.map(
    ({ name, waiting, oldestSeconds }) =>
      html`<tr><th scope="row">${wordIn(texts, 'queue', name)}</th><td class="number">${grouped(waiting)}</td><td>${waiting === 0 ? texts.nothing : lastingText(texts, nowMs - oldestSeconds * 1_000, nowMs)}</td></tr>`,
  );
  return html`<div class="cards"><section aria-labelledby="checks"><h2 id="checks">${says.checks}</h2>${tableBox(
    texts.list.table(says.checks),
    html`<table><thead><tr><th scope="col">${says.lampCheck}</th><th scope="col" class="number">${says.lampWrong}</th><th scope="col" class="number">${says.lampAmount}</th></tr></thead><tbody>${checks}</tbody></table>`,
  )}</section>
<section aria-labelledby="queues"><h2 id="queues">${says.queues}</h2>${
    queues.length === 0
      ? html`<p class="panel empty">${says.noQueues}</p>`
      : tableBox(
          texts.list.table(says.queues),
          html`<table><thead><tr><th scope="col">${says.queue}</th><th scope="col" class="number">${says.waiting}</th><th scope="col">${says.oldest}</th></tr></thead><tbody>${queues}</tbody></table>`,
        )
  }</section></div>`;
}

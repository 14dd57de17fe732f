import { html } from 'hono/html';
import { lastingText, toneOf } from '#channels/pages/staff/lists/cells.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import { mayRead } from '#channels/pages/staff/who-may.ts';
import type { DayReport, NetReport } from '#settlement/day-report.ts';
import { tabsBeside } from './list-view.ts';
import { badgeOf, doneNotice, fact, grouped, type Html, linkTo, moment, tableBox, yuan } from './pieces.ts';
import { staffLayout } from './staff-layout.ts';

export interface DayPage {
  readonly day: DayReport;
  readonly nets: NetReport;
  readonly nowMs: number;
  readonly done: 'closed' | 'again' | null;
}

/** A business day: how far it is, what it moved, what it comes to, and for finance the way to its close. */
export function dayView(visit: SignedIn, page: DayPage): Html {
  const { texts, member } = visit;
  const says = texts.day;
  const { day, nets, done } = page;
  const { businessDate, state } = day;
  const mayClose = state === 'open' && mayRead(member.role, '/staff/day/:date/close');
  const body = html`${tabsBeside(visit, '/staff/days')}${done === null ? '' : doneNotice(done === 'closed' ? says.closeDone : says.closeAgain)}
<div class="cards"><section class="panel"><dl class="facts">
${fact(says.state, badgeOf(wordIn(texts, 'day', state), toneOf('day', state)))}
${fact(says.opened, moment(day.openedAt))}
${day.closedAt === null ? fact(says.openFor, lastingText(texts, day.openedAt.getTime(), page.nowMs)) : fact(says.closed, moment(day.closedAt))}
${fact(says.seal, day.sealHex === null ? says.noSeal : html`<code>${day.sealHex}</code>`)}
</dl>${mayClose ? html`<p class="actions"><a class="button" href="/staff/day/${businessDate}/close">${says.close}…</a></p>` : ''}</section>
<section class="panel"><h2>${says.nets}</h2><dl class="facts">
${fact(says.netsCount(nets.nets.length), html`<a href="${pathWith('/staff/nets', { day: businessDate })}">${says.toNets}</a>`)}
${fact(says.participantsNet, yuan(nets.netFen))}
${fact(says.pursesNet, yuan(nets.purseFen))}
${fact(`${says.sum} (${says.sumNote})`, badgeOf(yuan(nets.sumFen), nets.sumFen === 0n ? 'ok' : 'off'))}
</dl><p class="actions"><a class="button quiet" href="${pathWith('/staff/nets/export', { day: businessDate })}">${says.exportNets}</a></p></section></div>
<section aria-labelledby="totals"><h2 id="totals">${says.totals}</h2>${totalsTable(visit, day)}</section>`;
  return staffLayout(visit, { title: says.title(businessDate), section: 'days', body });
}

function totalsTable({ texts }: SignedIn, day: DayReport): Html {
  const says = texts.day;
  const nets = pathWith('/staff/nets', { day: day.businessDate });
  // What moved on participants' accounts is itemised by participant; purses are their holders' own.
  const hrefOf = (kind: string) => (kind === 'payable' || kind === 'receivable' ? nets : null);
  const lines = day.totals.map(
    ({ kind, debitCount, debitFen, creditCount, creditFen }) =>
      html`<tr><th scope="row">${wordIn(texts, 'purse', kind)}</th><td class="number">${linkTo(hrefOf(kind), grouped(debitCount))}</td><td class="number">${linkTo(hrefOf(kind), yuan(debitFen))}</td><td class="number">${linkTo(hrefOf(kind), grouped(creditCount))}</td><td class="number">${linkTo(hrefOf(kind), yuan(creditFen))}</td></tr>`,
  );
  return tableBox(
    texts.list.table(says.totals),
    html`<table><caption class="hidden">${says.totals}</caption><thead><tr><th scope="col">${says.account}</th><th scope="col" class="number">${says.debitCount}</th><th scope="col" class="number">${says.debit}</th><th scope="col" class="number">${says.creditCount}</th><th scope="col" class="number">${says.credit}</th></tr></thead>
<tbody>${lines}</tbody><tfoot><tr><th scope="row" colspan="4">${says.sum} (${says.sumNote})</th><td class="number">${badgeOf(yuan(day.sumFen), day.sumFen === 0n ? 'ok' : 'off')}</td></tr></tfoot></table>`,
  );
}

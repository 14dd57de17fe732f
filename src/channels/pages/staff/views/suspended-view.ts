import { html } from 'hono/html';
import { lastingText } from '#channels/pages/staff/lists/cells.ts';
import type { Suspended } from '#channels/pages/staff/routes/count-suspended.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import { waitingCountMax } from '#platform/limits/waiting.ts';
import { tabsBeside } from './list-view.ts';
import { doneNotice, grouped, type Html, moment, tableBox } from './pieces.ts';
import { staffLayout } from './staff-layout.ts';

export interface SuspendedPage {
  readonly items: readonly Suspended[];
  readonly nowMs: number;
  readonly resumed: boolean;
}

/** What waits for people, by kind. */
export function suspendedView(visit: SignedIn, page: SuspendedPage): Html {
  const { texts } = visit;
  const body = html`${tabsBeside(visit, '/staff/suspended')}${page.resumed ? doneNotice(texts.load.done) : ''}
<p class="lead">${texts.suspended.lead}</p>${suspendedTable(visit, page)}`;
  return staffLayout(visit, { title: texts.suspended.title, section: 'suspended', body });
}

export function suspendedTable(
  { texts }: SignedIn,
  { items, nowMs }: Pick<SuspendedPage, 'items' | 'nowMs'>,
): Html {
  const says = texts.suspended;
  const lines = items.map(({ kind, path, query, waiting: { count, oldestAt } }) => {
    const shown = count >= waitingCountMax ? says.more(grouped(count)) : grouped(count);
    return html`<tr class="${count === 0 ? 'calm' : ''}"><th scope="row"><a href="${pathWith(path, query)}">${says.kinds[kind]}</a></th>
<td class="number"><a href="${pathWith(path, query)}">${shown}</a></td>
<td class="mono">${oldestAt === null ? texts.nothing : moment(oldestAt)}</td>
<td>${oldestAt === null ? texts.nothing : lastingText(texts, oldestAt.getTime(), nowMs)}</td></tr>`;
  });
  return tableBox(
    texts.list.table(says.title),
    html`<table><caption class="hidden">${says.title}</caption>
<thead><tr><th scope="col">${says.kind}</th><th scope="col" class="number">${says.count}</th><th scope="col">${says.oldest}</th><th scope="col">${says.age}</th></tr></thead>
<tbody>${lines}</tbody></table>`,
  );
}

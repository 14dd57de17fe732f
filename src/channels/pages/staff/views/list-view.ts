import { html } from 'hono/html';
import type { Cell, List } from '#channels/pages/staff/lists/list.ts';
import type { Filter, QueryFault } from '#channels/pages/staff/rules/list-query.ts';
import { pathWith } from '#channels/pages/staff/rules/staff-paths.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import type { WordGroup } from '#channels/pages/staff/texts/words-zh.ts';
import type { StaffTexts } from '#channels/pages/staff/texts/zh.ts';
import { type ListPath, mayList, mayRead } from '#channels/pages/staff/who-may.ts';
import { cellView, grouped, type Html, tableBox, tabsOf } from './pieces.ts';
import { type Section, staffLayout } from './staff-layout.ts';

/** A code that is longer may be broken. */
const lineLettersMax = 40;

export interface ListPage {
  readonly list: List;
  /** What the filter form shows. */
  readonly said: Readonly<Record<string, string>>;
  readonly faults: readonly QueryFault[];
  /** Null where the filter is wrong. */
  readonly rows: readonly (readonly Cell[])[] | null;
  /** What is to be said above the rows. */
  readonly note: string | null;
  readonly isFirst: boolean;
  readonly next: string | null;
  /** The most rows that a file holds. */
  readonly exportMax: number;
}

/** A list: its filter, its rows, the way on, and the same as a file. */
export function listView(visit: SignedIn, page: ListPage): Html {
  const { texts } = visit;
  const [title, what] = texts.lists[page.list.path];
  const body = html`${tabsFor(visit, page)}<p class="lead">${what}</p>
${faultNotice(texts, page.faults)}
${page.list.filters.length === 0 ? '' : filterForm(visit, page)}
${page.note === null ? '' : html`<p class="panel" role="status">${page.note}</p>`}
${page.rows === null ? '' : table(visit, page, page.rows)}`;
  return staffLayout(visit, {
    title,
    section: sectionOf(page.list.path),
    failed: isWrong(page.faults),
    body,
  });
}

/** A rule of codes by the filter that has them; the others are shown as they are. */
const wordsOf: Readonly<Record<string, WordGroup>> = {
  sector: 'sector',
  active: 'active',
  batch: 'batch',
  force: 'force',
  purse: 'purse',
  answer: 'answer',
  actor: 'actor',
};
const groupsAt: Readonly<Record<string, WordGroup>> = {
  '/staff/terms/passes kind': 'pass',
  '/staff/items kind': 'kind',
  '/staff/days state': 'day',
  '/staff/suspended/bills state': 'bill',
  '/staff/suspended/batches state': 'disbursement',
  '/staff/suspended/terminal-batches state': 'batch',
};

function sectionOf(path: ListPath): Section {
  const [, , second = ''] = path.split('/');
  if (second === 'nets' || second === 'items') return 'days';
  return second as Section;
}

const together: readonly (readonly (keyof StaffTexts['tabNames'])[])[] = [
  Object.keys(mayList).filter((path): path is ListPath & keyof StaffTexts['tabNames'] =>
    path.startsWith('/staff/terms/'),
  ),
  [
    '/staff/suspended',
    '/staff/suspended/loads',
    '/staff/suspended/bills',
    '/staff/suspended/batches',
    '/staff/suspended/lines',
    '/staff/suspended/terminal-batches',
  ],
  ['/staff/days', '/staff/nets', '/staff/items'],
];

/** The tabs beside a page, of those that its visitor may read. */
export function tabsBeside(
  visit: SignedIn,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Html | '' {
  const paths = together.find((group) => (group as readonly string[]).includes(path));
  if (paths === undefined) return '';
  const tabs = paths
    .filter((one) => mayRead(visit.member.role, one))
    .map((one) => ({ path: one, name: visit.texts.tabNames[one], query }));
  return tabsOf(visit.texts, tabs, path);
}

/** Nets and items are of one day: their tabs keep it. */
function tabsFor(visit: SignedIn, { list, said }: ListPage): Html | '' {
  const { path } = list;
  if (path !== '/staff/nets' && path !== '/staff/items') return tabsBeside(visit, path);
  const { texts, member } = visit;
  const day = said['day'];
  const query = day === undefined ? {} : { day };
  const paths = (['/staff/days', '/staff/nets', '/staff/items'] as const).filter((one) =>
    mayRead(member.role, one),
  );
  const tabs = paths.map((one) => ({
    path: one,
    name: texts.tabNames[one],
    query: one === '/staff/days' ? {} : query,
  }));
  return tabsOf(texts, tabs, path);
}

/** What is needed and was not said yet is nobody's mistake: the form asks for it. */
export function isWrong(faults: readonly QueryFault[]): boolean {
  return faults.some(({ fault }) => fault !== 'needed');
}

function faultNotice(texts: StaffTexts, faults: readonly QueryFault[]): Html | '' {
  if (faults.length === 0) return '';
  const nameOf = (word: string) => {
    const names: Readonly<Record<string, string>> = texts.filters;
    return Object.hasOwn(names, word) ? (names[word] ?? word) : word;
  };
  const lead = isWrong(faults) ? html`<p class="notice-title">${texts.list.faultLead}</p>` : '';
  return html`<div class="notice${isWrong(faults) ? ' bad' : ''}" role="${isWrong(faults) ? 'alert' : 'status'}">${lead}
<ul>${faults.map(({ word, fault }) => html`<li>${nameOf(word)}: ${texts.list.faults[fault]}</li>`)}</ul></div>`;
}

function filterForm(visit: SignedIn, { list, said, faults }: ListPage): Html {
  const { texts } = visit;
  const wrong = new Set(faults.map(({ word }) => word));
  const fields = list.filters.map((filter) =>
    filterField({ visit, list, filter, value: said[filter.word] ?? '', isWrong: wrong.has(filter.word) }),
  );
  return html`<form class="filter" method="get" action="${list.path}">${fields}
<div class="filter-acts"><button class="button" type="submit">${texts.list.filter}</button>
<a class="button quiet" href="${list.path}">${texts.list.clear}</a></div></form>`;
}

interface FieldIn {
  readonly visit: SignedIn;
  readonly list: List;
  readonly filter: Filter;
  readonly value: string;
  readonly isWrong: boolean;
}

function filterField({ visit, list, filter, value, isWrong }: FieldIn): Html {
  const { texts } = visit;
  const { word } = filter;
  const labels: Readonly<Record<string, string>> = texts.filters;
  const hints: Readonly<Record<string, string>> = texts.hints;
  // Not the browser's own field for days, which writes them in its own order.
  const hint = filter.kind === 'day' ? texts.hints.day : hints[word];
  const id = `filter-${word}`;
  const invalid = isWrong ? html` aria-invalid="true"` : '';
  const control =
    filter.options === undefined
      ? html`<input id="${id}" name="${word}" type="text" value="${value}" maxlength="120" autocomplete="off" spellcheck="false"${filter.kind === 'number' ? html` inputmode="numeric"` : ''}${hint === undefined ? '' : html` placeholder="${hint}"`}${invalid}>`
      : html`<select id="${id}" name="${word}"${invalid}><option value="">${texts.list.any}</option>${filter.options.map(
          (option) =>
            html`<option value="${option}"${option === value ? html` selected` : ''}>${optionText(texts, `${list.path} ${word}`, option)}</option>`,
        )}</select>`;
  return html`<div class="filter-field"><label for="${id}">${labels[word] ?? word}</label>${control}</div>`;
}

function optionText(texts: StaffTexts, place: string, option: string): string {
  const group = groupsAt[place] ?? wordsOf[place.split(' ')[1] ?? ''];
  return group === undefined ? option : wordIn(texts, group, option);
}

function table(visit: SignedIn, page: ListPage, rows: readonly (readonly Cell[])[]): Html {
  const { texts } = visit;
  const { list, said } = page;
  const [title] = texts.lists[list.path];
  const head = html`<div class="table-head"><p>${texts.list.rows(rows.length)}</p>
<p><a class="button quiet small" href="${pathWith(`${list.path}/export`, said)}" title="${texts.list.exportNote(grouped(page.exportMax))}">${texts.list.exportFile}</a></p></div>`;
  if (rows.length === 0)
    return html`${head}<p class="panel empty">${texts.list.noRows}</p>${pager(visit, page)}`;
  const classOf = (i: number, cell?: Cell) =>
    [
      list.numbers.has(i) ? 'number' : '',
      cell?.kind === 'mono' || cell?.kind === 'moment' ? 'mono' : '',
      cell?.kind === 'mono' && cell.text.length > lineLettersMax ? 'long' : '',
    ]
      .filter((one) => one !== '')
      .join(' ');
  const headers = list.columns.map(
    (name, i) => html`<th scope="col" class="${classOf(i)}">${texts.columns[name]}</th>`,
  );
  const lines = rows.map(
    (
      cells,
    ) => html`<tr>${cells.map((cell, i) => html`<td class="${classOf(i, cell)}">${cellView(cell, texts)}</td>`)}</tr>
`,
  );
  return html`${head}${tableBox(
    texts.list.table(title),
    html`<table><caption class="hidden">${title}</caption><thead><tr>${headers}</tr></thead><tbody>
${lines}</tbody></table>`,
  )}${pager(visit, page)}`;
}

function pager({ texts }: SignedIn, { list, said, isFirst, next }: ListPage): Html | '' {
  if (isFirst && next === null) return '';
  return html`<nav class="pager" aria-label="${texts.list.next}">
${isFirst ? '' : html`<a class="button quiet" href="${pathWith(list.path, said)}">${texts.list.first}</a>`}
${next === null ? '' : html`<a class="button quiet" rel="next" href="${pathWith(list.path, { ...said, after: next })}">${texts.list.next}</a>`}
</nav>`;
}

import { html } from 'hono/html';
import type { Visit } from '#channels/pages/page-context.ts';
import type { BillShown, Page, SubsidyShown } from '#channels/pages/parts.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { nameIn } from '#channels/pages/texts/texts.ts';
import { formatYuan } from '#money/fen.ts';
import { layout } from './layout.ts';
import { fact, type Html, moment, pager } from './pieces.ts';

type Listed<Item> = Page<Item> & { readonly isFirst: boolean };

/** What was paid out, by programme: which one, for which period, how much, and whether it has arrived. */
export function subsidiesView(visit: Visit, page: Listed<SubsidyShown>): Html {
  const { texts, language } = visit;
  const programmes = Map.groupBy(page.items, (item) => nameIn(language, item.programme));
  const sections = [...programmes].map(
    ([name, items], i) => html`<section aria-labelledby="programme-${i}">
<h2 id="programme-${i}">${name}</h2>
<ul class="items">${items.map((item) => subsidyOf(visit, item))}</ul></section>`,
  );
  const someFailed = page.items.some((item) => item.state === 'failed');
  const body = html`<p class="lead">${texts.subsidies.lead}</p>
${sections.length === 0 ? html`<p class="panel">${texts.subsidies.empty}</p>` : sections}
${someFailed ? html`<p class="aside">${texts.subsidies.failedNote}</p>` : ''}
${pager(visit, { ...page, path: `${pagesRoot}/subsidies` })}`;
  return layout(visit, { title: texts.pages.subsidies, section: 'home', body });
}

function subsidyOf({ texts }: Visit, item: SubsidyShown): Html {
  const says = texts.subsidies;
  return html`<li class="panel">
<h3 class="item-title"><span>${says.period} ${item.period}</span> <strong class="money">${formatYuan(item.amountFen)}</strong></h3>
<dl class="facts">${fact(says.state, badge(says.states[item.state], item.state === 'paid'))}
${fact(says.purse, texts.purses[item.purse].name)}
${fact(says.paidAt, item.paidOn ?? says.notYet)}</dl></li>`;
}

/** Household bills that were paid, and whether the utility has entered them. */
export function billsView(visit: Visit, page: Listed<BillShown>): Html {
  const { texts } = visit;
  const someGivenBack = page.items.some((item) => item.state === 'given-back');
  const body = html`<p class="lead">${texts.bills.lead}</p>
${
  page.items.length === 0
    ? html`<p class="panel">${texts.bills.empty}</p>`
    : html`<ul class="items">${page.items.map((item) => billOf(visit, item))}</ul>`
}
${someGivenBack ? html`<p class="aside">${texts.bills.givenBackNote}</p>` : ''}
${pager(visit, { ...page, path: `${pagesRoot}/bills` })}`;
  return layout(visit, { title: texts.pages.bills, section: 'home', body });
}

function billOf({ texts, language }: Visit, item: BillShown): Html {
  const says = texts.bills;
  return html`<li class="panel">
<h2 class="item-title"><span>${nameIn(language, item.company)} ${item.period}</span> <strong class="money">${formatYuan(item.amountFen)}</strong></h2>
<dl class="facts">${fact(says.state, badge(says.states[item.state], item.state === 'paid'))}
${fact(says.bill, item.billNumber)}
${fact(says.paidAt, moment(item.paidAt))}</dl>
${item.entryId === null ? '' : html`<p class="actions"><a class="button quiet" href="${pagesRoot}/history/${String(item.entryId)}">${says.receipt}</a></p>`}</li>`;
}

function badge(text: string, isDone: boolean): Html {
  return html`<span class="badge ${isDone ? 'ok' : 'wait'}">${text}</span>`;
}

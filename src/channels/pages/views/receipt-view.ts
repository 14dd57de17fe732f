import { html } from 'hono/html';
import type { Visit } from '#channels/pages/page-context.ts';
import type { HistoryLine } from '#channels/pages/rules/history-line.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { formatYuan } from '#money/fen.ts';
import { entryNotes, factTexts, lineTitle, type NameBook, placeOf, sharesOf } from './history-view.ts';
import { layout } from './layout.ts';
import { fact, type Html, moment, signedYuan } from './pieces.ts';

export interface ReceiptPage {
  readonly line: HistoryLine;
  readonly reference: string;
  /** Null when the card account has no card any more. */
  readonly cardTail: string | null;
  readonly names: NameBook;
}

/** A receipt, made to be printed: who, what, when, where, each account's change and its balance after. */
export function receiptView(visit: Visit, { line, reference, cardTail, names }: ReceiptPage): Html {
  const { texts } = visit;
  const says = texts.receipt;
  const body = html`<article class="panel receipt">
<p class="receipt-brand">${texts.brandLong}</p>
<p class="receipt-title">${lineTitle(visit, line, names)}</p>
<p class="receipt-amount"><span class="hidden">${says.amount}</span> <strong class="money">${
    line.legs.length === 0 ? formatYuan(0n) : signedYuan(line.amountFen)
  }</strong></p>
${[...factTexts(visit, line, names), ...entryNotes(visit, line, names)].map((note) => html`<p class="note">${note}</p>`)}
${sharesFacts(visit, line)}
<dl class="facts">
${fact(says.time, moment(line.atMs))}
${fact(says.place, placeOf(visit, line, names))}
${cardTail === null ? '' : fact(says.card, texts.card.masked(cardTail))}
${fact(says.terminal, String(line.terminalId))}
${fact(says.reference, html`<span class="reference">${reference}</span>`)}
${fact(says.businessDate, line.businessDate)}
</dl>
${legTable(visit, line)}
<p class="fine receipt-note">${says.note}</p>
</article>
<p class="actions"><a class="button quiet" href="${pagesRoot}/history">${says.toHistory}</a></p>`;
  return layout(visit, { title: texts.pages.receipt, section: 'history', body });
}

function legTable({ texts }: Visit, line: HistoryLine): Html {
  const says = texts.receipt;
  if (line.legs.length === 0) return html`<p>${says.noLegs}</p>`;
  return html`<table>
<caption>${says.legs}</caption>
<thead><tr><th scope="col">${says.purse}</th><th scope="col" class="number">${says.change}</th><th scope="col" class="number">${says.after}</th></tr></thead>
<tbody>${line.legs.map(
    (leg) => html`<tr><th scope="row">${texts.purses[leg.purse].name}</th>
<td class="number">${signedYuan(leg.amountFen)}</td><td class="number">${formatYuan(leg.balanceFen)}</td></tr>`,
  )}</tbody>
</table>`;
}

/** Who paid which part of a hospital's settlement. */
function sharesFacts(visit: Visit, line: HistoryLine): Html | '' {
  const shares = sharesOf(visit, line);
  return shares.length === 0
    ? ''
    : html`<dl class="facts shares">${shares.map(([name, amount]) => fact(name, amount))}</dl>`;
}

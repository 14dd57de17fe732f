import { html } from 'hono/html';
import type { Visit } from '#channels/pages/page-context.ts';
import type { CardShown, PendingItem } from '#channels/pages/parts.ts';
import type { HoldShown, PurseShown } from '#channels/pages/read-lines.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { nameIn } from '#channels/pages/texts/texts.ts';
import type { Tile } from '#channels/pages/texts/zh.ts';
import { formatYuan } from '#money/fen.ts';
import { layout } from './layout.ts';
import { doneNotice, fact, type Html, timeText } from './pieces.ts';

export interface HomePage {
  readonly card: CardShown | null;
  readonly purses: readonly PurseShown[];
  readonly pending: readonly PendingItem[];
  readonly asOfMs: number;
  readonly lifted: boolean;
}

/** The account for everything comes first, then the e-purse, then money with a purpose. */
const shownOrder: readonly PurseShown['purse'][] = [
  'online',
  'e-purse',
  'medical',
  'subsidy',
  'farm-subsidy',
  'elder-care',
];

const tiles: readonly Tile[] = ['history', 'subsidies', 'bills', 'mandate', 'loss', 'settings'];

/** The first page: the card, what is on it and why some of it is held, what waits, and where to go. */
export function homeView(visit: Visit, page: HomePage): Html {
  const { texts } = visit;
  const body = html`${page.lifted ? doneNotice(texts.loss.lifted) : ''}
${page.card === null ? '' : cardFace(visit, page.card)}
<section aria-labelledby="balances">
<h2 id="balances">${texts.home.balances}</h2>
${page.purses.length === 0 ? html`<p class="panel">${texts.home.noPurses}</p>` : purseList(visit, page.purses)}
<p class="fine as-of">${texts.home.asOf(timeText(page.asOfMs))}</p>
</section>
${pendingList(visit, page.pending)}
<section aria-labelledby="services">
<h2 id="services">${texts.home.services}</h2>
<ul class="tiles">${tilesFor(visit).map((tile) => tileOf(visit, tile))}</ul>
</section>`;
  return layout(visit, { title: texts.pages.home, section: 'home', body });
}

function cardFace({ texts, language }: Visit, card: CardShown): Html {
  const says = texts.card;
  const note = says.statusNote[card.status];
  return html`<section class="card-face" aria-label="${says.heading}">
<p class="card-product">${nameIn(language, card.product)}</p>
<p class="card-number">${says.tail(card.tail)}</p>
<p class="card-holder"><span class="hidden">${says.holder}</span> ${card.holder}</p>
<p class="card-state"><span class="badge ${card.status === 'active' ? 'ok' : 'off'}">${says.status[card.status]}</span>
<span>${says.expires(card.expiresOn)}</span></p>
</section>
${note === '' ? '' : html`<div class="notice bad"><p><span aria-hidden="true">!</span> ${note}</p></div>`}`;
}

/** In elder mode an account with nothing on it is one line of the list, not a panel of its own. */
function purseList(visit: Visit, purses: readonly PurseShown[]): Html {
  const { texts, elder } = visit;
  const inOrder = shownOrder.flatMap((name) => purses.filter(({ purse }) => purse === name));
  const isEmpty = (purse: PurseShown) => elder && purse.postedFen === 0n && purse.heldFen === 0n;
  const some = inOrder.filter((purse) => !isEmpty(purse));
  const shown = some.length === 0 ? inOrder.slice(0, 1) : some;
  const hidden = purses
    .filter((purse) => !shown.includes(purse))
    .map(({ purse }) => texts.purses[purse].name);
  return html`<ul class="purses">${shown.map((purse) => purseOf(visit, purse))}</ul>
${hidden.length === 0 ? '' : html`<p class="aside">${texts.home.emptyPurses(hidden.join(texts.listSeparator))}</p>`}`;
}

function purseOf(visit: Visit, { purse, postedFen, heldFen, availableFen, holds }: PurseShown): Html {
  const { texts } = visit;
  const says = texts.home;
  return html`<li class="panel purse">
<h3>${texts.purses[purse].name}</h3>
<p class="available"><span class="fine">${says.available}</span> <strong class="money">${formatYuan(availableFen)}</strong></p>
<p class="purpose">${texts.purses[purse].purpose}</p>
${heldFen === 0n ? quietly(visit, postedFen) : heldFacts(visit, postedFen, heldFen)}
${holds.length === 0 ? '' : html`<div class="holds"><h4>${says.heldWhy}</h4><ul>${holds.map((hold) => holdOf(visit, hold))}</ul></div>`}
</li>`;
}

/** With nothing held, the books say what is available: one quiet line, none for an empty account or in elder mode. */
function quietly({ texts, elder }: Visit, postedFen: bigint): Html | '' {
  const says = texts.home;
  if (elder || postedFen === 0n) return '';
  return html`<p class="fine">${says.posted} ${formatYuan(postedFen)} · ${says.held} ${formatYuan(0n)}</p>`;
}

function heldFacts({ texts }: Visit, postedFen: bigint, heldFen: bigint): Html {
  const says = texts.home;
  return html`<dl class="facts">${fact(says.posted, formatYuan(postedFen))}${fact(says.held, formatYuan(heldFen))}</dl>`;
}

function holdOf({ texts, language }: Visit, hold: HoldShown): Html {
  const says = texts.home;
  const place = hold.place === undefined ? texts.unknownPlace : nameIn(language, hold.place);
  const captured =
    hold.capturedFen === 0n ? '' : html`<br>${says.holdCaptured(formatYuan(hold.capturedFen))}`;
  return html`<li>${says.holdLine(place, formatYuan(hold.remainingFen))}${captured}
<br><span class="fine">${says.holdUntil(timeText(hold.expiresAtMs))}</span></li>`;
}

function pendingList({ texts, language }: Visit, pending: readonly PendingItem[]): Html {
  const says = texts.home;
  const items = pending.map(
    ({ kind, about, amountFen }) =>
      html`<li><span>${says.pendingKind[kind](nameIn(language, about))}</span> <span class="money">${formatYuan(amountFen)}</span></li>`,
  );
  return html`<section aria-labelledby="pending">
<h2 id="pending">${says.pending}</h2>
${items.length === 0 ? html`<p class="panel">${says.noPending}</p>` : html`<ul class="panel rows">${items}</ul>`}
</section>`;
}

/** In elder mode what the main navigation has is not there a second time. */
function tilesFor({ elder }: Visit): readonly Tile[] {
  return elder ? ['subsidies', 'bills', 'mandate'] : tiles;
}

function tileOf({ texts }: Visit, tile: Tile): Html {
  const [name, what] = texts.home.tiles[tile];
  return html`<li><a class="tile" href="${pagesRoot}/${tile}"><strong>${name}</strong><span>${what}</span></a></li>`;
}

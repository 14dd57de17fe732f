import { html } from 'hono/html';
import type { FoundCard } from '#cards/people/find-cards.ts';
import { toneOf } from '#channels/pages/staff/lists/cells.ts';
import { type AnyAct, actsFor, counterActs } from '#channels/pages/staff/rules/card-acts.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import type { StaffTexts } from '#channels/pages/staff/texts/zh.ts';
import { mayRead } from '#channels/pages/staff/who-may.ts';
import {
  badgeOf,
  doneNotice,
  fact,
  faultSentences,
  field,
  type Html,
  moment,
  tableBox,
  tokenField,
  wrongs,
} from './pieces.ts';
import type { FormState } from './sign-in-view.ts';
import { staffLayout } from './staff-layout.ts';

export interface SearchPage extends FormState {
  /** Null before a search. */
  readonly found: readonly FoundCard[] | null;
}

/** The search by number. What was typed is not shown again: a number leaves this service only as its tail. */
export function searchView(visit: SignedIn, { found, faults, refusals }: SearchPage): Html {
  const { texts } = visit;
  const says = texts.cards;
  const sentences = [...refusals, ...faultSentences(faults, texts)];
  const number = { lengthMax: 40, optional: true } as const;
  const body = html`<p class="lead">${says.lead}</p>${wrongs(sentences, texts)}
<form class="panel search" method="post" action="/staff/cards/search">${tokenField(visit)}
${field({ ...number, name: 'cardNumber', label: says.number, hint: says.numberHint }, faults, texts)}
${field({ ...number, name: 'idNumber', label: says.idNumber, hint: says.idNumberHint }, faults, texts)}
<p class="actions"><button class="button" type="submit">${says.submit}</button></p></form>
${found === null ? '' : foundCards(visit, found)}`;
  return staffLayout(visit, { title: says.title, section: 'cards', failed: sentences.length > 0, body });
}

function foundCards({ texts }: SignedIn, found: readonly FoundCard[]): Html {
  const says = texts.cards;
  if (found.length === 0) return html`<p class="panel empty" role="status">${says.foundNone}</p>`;
  const lines = found.map(
    (card) =>
      html`<tr><th scope="row" class="mono"><a href="/staff/cards/${card.cardId}">${card.cardId}</a></th><td class="mono">${card.numberTail}</td><td>${statusOf(texts, card)}</td><td>${card.product}</td><td class="mono">${card.expiresOn}</td><td>${card.name ?? texts.nothing}</td></tr>`,
  );
  return html`<section aria-labelledby="found"><h2 id="found" role="status">${says.found(found.length)}</h2>${tableBox(
    texts.list.table(says.title),
    html`<table><thead><tr><th scope="col">${texts.columns.id}</th><th scope="col">${says.tail}</th><th scope="col">${says.status}</th><th scope="col">${says.product}</th><th scope="col">${says.expires}</th><th scope="col">${says.holder}</th></tr></thead><tbody>${lines}</tbody></table>`,
  )}</section>`;
}

function statusOf(texts: StaffTexts, { status }: FoundCard): Html {
  return badgeOf(wordIn(texts, 'status', status), toneOf('status', status));
}

export interface CardPage {
  readonly card: FoundCard;
  readonly done: AnyAct | null;
}

/** A card: what of it may be shown, what can be done, and its life. */
export function cardView(visit: SignedIn, { card, done }: CardPage): Html {
  const { texts, member } = visit;
  const says = texts.cards;
  const mayAct = mayRead(member.role, '/staff/cards/:id/act/:act');
  const body = html`${done === null ? '' : doneNotice(says.done(wordIn(texts, 'step', done)))}
<div class="cards"><section class="panel" aria-labelledby="facts"><h2 id="facts">${says.facts}</h2><dl class="facts">
${fact(says.status, statusOf(texts, card))}
${fact(says.tail, card.numberTail)}
${fact(says.holder, card.name ?? texts.nothing)}
${fact(says.idMasked, card.idNumber ?? texts.nothing)}
${fact(says.product, card.product)}
${fact(says.expires, card.expiresOn)}
${card.liftsAt === null ? '' : fact(says.liftsAt, moment(card.liftsAt))}
${fact(says.account, String(card.cardAccountId))}
</dl></section>${mayAct ? actsPanel(visit, card) : ''}</div>
<section aria-labelledby="life"><h2 id="life">${says.history}</h2>${lifeTable(visit, card)}</section>`;
  return staffLayout(visit, { title: says.cardTitle(card.numberTail), section: 'cards', body });
}

function actsPanel({ texts }: SignedIn, card: FoundCard): Html {
  const says = texts.cards;
  const link = (act: AnyAct) =>
    html`<li><a class="button quiet" href="/staff/cards/${card.cardId}/act/${act}">${wordIn(texts, 'step', act)}…</a></li>`;
  const acts = actsFor(card.status);
  return html`<section class="panel" aria-labelledby="acts"><h2 id="acts">${says.acts}</h2>
${acts.length === 0 ? html`<p>${says.noActs}</p>` : html`<ul class="acts">${acts.map(link)}</ul>`}
<h3>${says.counter}</h3><ul class="acts">${counterActs.map(link)}</ul></section>`;
}

function lifeTable({ texts }: SignedIn, card: FoundCard): Html {
  const says = texts.cards;
  const status = (code: string | null) =>
    code === null ? texts.nothing : badgeOf(wordIn(texts, 'status', code), toneOf('status', code));
  const lines = card.events.map(
    ({ at, step, from, to, actorKind, actorId, reason }) =>
      html`<tr><td class="mono">${moment(at)}</td><th scope="row">${wordIn(texts, 'step', step)}</th><td>${status(from)}</td><td>${status(to)}</td><td>${wordIn(texts, 'actor', actorKind)} ${actorId}</td><td>${reason}</td></tr>
`,
  );
  if (lines.length === 0) return html`<p class="panel empty">${texts.none}</p>`;
  return tableBox(
    texts.list.table(says.history),
    html`<table><caption class="hidden">${says.history}</caption><thead><tr><th scope="col">${says.at}</th><th scope="col">${says.step}</th><th scope="col">${says.from}</th><th scope="col">${says.to}</th><th scope="col">${says.by}</th><th scope="col">${says.reason}</th></tr></thead><tbody>${lines}</tbody></table>`,
  );
}

/** The one password that is shown, once. */
export function oneTimePasswordView(visit: SignedIn, card: FoundCard, password: string): Html {
  const { texts } = visit;
  const body = html`<section class="panel narrow"><dl class="facts">${fact(texts.act.oneTime, html`<strong class="secret">${password}</strong>`)}</dl>
<p>${texts.act.oneTimeNote}</p><p class="actions"><a class="button quiet" href="/staff/cards/${card.cardId}">${texts.act.toCard}</a></p></section>`;
  const title = texts.act.title(wordIn(texts, 'step', 'reset-password'), card.numberTail);
  return staffLayout(visit, { title, section: 'cards', body });
}

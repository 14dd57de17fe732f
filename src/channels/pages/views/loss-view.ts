import { html } from 'hono/html';
import type { FieldFaults } from '#channels/pages/forms/fields.ts';
import type { Visit } from '#channels/pages/page-context.ts';
import type { CardShown, LossKind } from '#channels/pages/parts.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { layout } from './layout.ts';
import { fact, faultList, faultSentences, formTokenField, type Html, moment, textInput } from './pieces.ts';

export interface LossPage {
  readonly card: CardShown | null;
  readonly faults: FieldFaults;
  readonly refusals: readonly string[];
}

const kinds: readonly LossKind[] = ['temporary', 'formal'];
const lossPath = `${pagesRoot}/loss`;

/** Reporting a loss, or what is in effect and how it ends. */
export function lossView(visit: Visit, { card, faults, refusals }: LossPage): Html {
  const { texts } = visit;
  const sentences = [...refusals, ...faultSentences(faults, texts)];
  const body = html`${faultList(sentences, texts)}${stateOf(visit, card, faults)}`;
  return layout(visit, { title: texts.pages.loss, section: 'loss', failed: sentences.length > 0, body });
}

function stateOf(visit: Visit, card: CardShown | null, faults: FieldFaults): Html {
  switch (card?.status) {
    case 'lost-temporary':
      return html`${inEffect(visit, card, 'temporary')}${liftForm(visit, faults)}${toFormal(visit)}`;
    case 'lost-formal':
      return inEffect(visit, card, 'formal');
    default:
      return chooseForm(visit, card);
  }
}

function chooseForm({ texts }: Visit, card: CardShown | null): Html {
  const possible = kinds.filter((kind) => card !== null && mayReport(card, kind));
  if (possible.length === 0) return html`<p class="panel">${texts.loss.notPossible}</p>`;
  const choices = possible.map(
    (
      kind,
      i,
    ) => html`<label class="choice"><input type="radio" name="kind" value="${kind}" required${i === 0 ? html` checked` : ''}>
<span><strong>${texts.loss.kinds[kind].name}</strong><span>${texts.loss.kinds[kind].what}</span></span></label>`,
  );
  return html`<p class="lead">${texts.loss.lead}</p><form class="panel" method="get" action="${lossPath}/confirm">
<fieldset><legend>${texts.loss.choose}</legend>${choices}</fieldset>
<p class="actions"><button class="button" type="submit">${texts.loss.next}</button></p>
</form>`;
}

function inEffect({ texts }: Visit, card: CardShown, kind: LossKind): Html {
  return html`<section class="panel" aria-labelledby="effect">
<h2 id="effect"><span aria-hidden="true">✓</span> ${texts.loss.doneHeading}</h2>
<dl class="facts">
${fact(texts.card.heading, texts.card.tail(card.tail))}
${fact(texts.loss.inEffectKind, texts.loss.kinds[kind].name)}
${card.lostSince === null ? '' : fact(texts.loss.effective, moment(card.lostSince))}
${card.lossLiftsAt === null ? '' : fact(texts.loss.lifts, moment(card.lossLiftsAt))}
</dl>
<p>${texts.loss.how[kind]}</p>
</section>`;
}

function liftForm(visit: Visit, faults: FieldFaults): Html {
  const { texts } = visit;
  const { password, passwordHint } = texts.signIn;
  const secret = { type: 'password', autocomplete: 'current-password', lengthMax: 64 } as const;
  return html`<section class="panel" aria-labelledby="lift">
<h2 id="lift">${texts.loss.liftHeading}</h2>
<p>${texts.loss.liftLead}</p>
<form method="post" action="${lossPath}/lift">${formTokenField(visit)}
${textInput({ ...secret, name: 'password', label: password, hint: passwordHint }, faults, texts)}
<p class="actions"><button class="button" type="submit">${texts.loss.liftSubmit}</button></p>
</form></section>`;
}

function toFormal({ texts }: Visit): Html {
  return html`<p class="actions"><a class="button quiet" href="${lossPath}/confirm?kind=formal">${texts.loss.toFormal}</a></p>`;
}

/** Whether this report can be made now: a temporary one may become a formal one, and nothing else is reported twice. */
export function mayReport(card: CardShown, kind: LossKind): boolean {
  if (kind === 'temporary') return card.status === 'active';
  return card.status !== 'lost-formal' && card.status !== 'closed';
}

/** The second step: what will happen, and a way out. */
export function lossConfirmView(visit: Visit, kind: LossKind, card: CardShown): Html {
  const { texts } = visit;
  const says = texts.loss;
  const body = html`<section class="panel">
<p class="lead">${says.confirmLead(says.kinds[kind].name, card.tail)}</p>
<ul class="points">${says.confirmPoints[kind].map((point) => html`<li>${point}</li>`)}</ul>
<form method="post" action="${lossPath}">${formTokenField(visit)}
<input type="hidden" name="kind" value="${kind}">
<p class="actions"><button class="button danger" type="submit">${says.confirm}</button>
<a class="button quiet" href="${lossPath}">${says.cancel}</a></p>
</form></section>`;
  return layout(visit, { title: texts.pages.lossConfirm, section: 'loss', body });
}

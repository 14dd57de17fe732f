import { html } from 'hono/html';
import { consentVersion } from '#channels/pages/consent-version.ts';
import type { FieldFaults } from '#channels/pages/forms/fields.ts';
import type { Fields, Visit } from '#channels/pages/page-context.ts';
import type { MandateShown } from '#channels/pages/parts.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { nameIn } from '#channels/pages/texts/texts.ts';
import { formatYuan } from '#money/fen.ts';
import { layout } from './layout.ts';
import {
  doneNotice,
  fact,
  faultList,
  faultSentences,
  formTokenField,
  type Html,
  moment,
  textInput,
} from './pieces.ts';

export interface MandatePage {
  readonly mandate: MandateShown;
  readonly done: 'agreed' | 'revoked' | null;
  readonly faults: FieldFaults;
  readonly refusals: readonly string[];
  /** What was typed before, so that nothing is lost. */
  readonly typed: Fields;
}

const mandatePath = `${pagesRoot}/mandate`;

/** Automatic top-up: what is agreed and how to revoke it, or the agreement to agree to. */
export function mandateView(visit: Visit, page: MandatePage): Html {
  const { texts } = visit;
  const sentences = [...page.refusals, ...faultSentences(page.faults, texts)];
  const { active, offer } = page.mandate;
  const body = html`${faultList(sentences, texts)}
${page.done === null ? '' : doneNotice(texts.mandate[page.done])}
<p class="lead">${texts.mandate.lead}</p>
${active === null ? notAgreed(visit, offer, page) : agreed(visit, active)}`;
  return layout(visit, { title: texts.pages.mandate, section: 'home', failed: sentences.length > 0, body });
}

function agreed(visit: Visit, active: NonNullable<MandateShown['active']>): Html {
  const { texts, language } = visit;
  const says = texts.mandate;
  return html`<section class="panel" aria-labelledby="agreed">
<h2 id="agreed">${says.activeHeading}</h2>
<dl class="facts">
${fact(says.bank, says.accountTail(nameIn(language, active.bank), active.accountTail))}
${fact(says.threshold, formatYuan(active.thresholdFen))}
${fact(says.amount, formatYuan(active.amountFen))}
${fact(says.perDayMax, says.times(active.perDayMax))}
${fact(says.since, moment(active.consentedAt))}
${fact(says.version, active.consentVersion)}
</dl></section>
<section class="panel" aria-labelledby="revoke">
<h2 id="revoke">${says.revokeHeading}</h2>
<p>${says.revokeLead}</p>
<form method="post" action="${mandatePath}/revoke">${formTokenField(visit)}
<p class="actions"><button class="button danger" type="submit">${says.revoke}</button></p></form>
</section>`;
}

function notAgreed(visit: Visit, offer: MandateShown['offer'], page: MandatePage): Html {
  const { texts } = visit;
  if (offer === null) return html`<p class="panel">${texts.mandate.noBank}</p>`;
  return html`${page.done === 'revoked' ? '' : html`<p class="lead">${texts.mandate.none}</p>`}${agreeForm(visit, offer, page)}`;
}

function agreeForm(
  visit: Visit,
  offer: NonNullable<MandateShown['offer']>,
  { faults, typed }: MandatePage,
): Html {
  const { texts, language } = visit;
  const says = texts.mandate;
  const field = { type: 'text', autocomplete: 'off', numeric: true, lengthMax: 12 } as const;
  const agreeFault = faults['agree'];
  return html`<form class="panel" method="post" action="${mandatePath}">${formTokenField(visit)}
<h2>${says.agreeHeading}</h2>
<dl class="facts">${fact(says.bank, says.accountTail(nameIn(language, offer.bank), offer.accountTail))}
${fact(says.perDayMax, says.times(offer.perDayMax))}</dl>
${textInput({ ...field, name: 'threshold', label: says.thresholdLabel, hint: says.thresholdHint, value: typed['threshold'] ?? '' }, faults, texts)}
${textInput({ ...field, name: 'amount', label: says.amountLabel, hint: says.amountHint, value: typed['amount'] ?? '' }, faults, texts)}
<section class="consent" aria-labelledby="consent">
<h3 id="consent">${says.consentHeading}</h3>
<p class="fine">${says.version} ${consentVersion}</p>
<ol>${says.consent.map((sentence) => html`<li>${sentence}</li>`)}</ol>
</section>
<input type="hidden" name="version" value="${consentVersion}">
${agreeFault === undefined ? '' : html`<p class="fault" id="agree-fault">${texts.faults[agreeFault]}</p>`}
<label class="choice"><input type="checkbox" name="agree" value="yes" required${agreeFault === undefined ? '' : html` aria-invalid="true" aria-describedby="agree-fault"`}>
<span>${says.agree}</span></label>
<p class="actions"><button class="button" type="submit">${says.submit}</button></p>
</form>`;
}

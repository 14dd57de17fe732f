import { html } from 'hono/html';
import type { FieldFaults } from '#channels/pages/forms/fields.ts';
import type { Visit } from '#channels/pages/page-context.ts';
import { settingsPath } from '#channels/pages/rules/return-path.ts';
import { languages, languageTags } from '#channels/pages/texts/texts.ts';
import { layout, lookPath } from './layout.ts';
import { doneNotice, faultList, faultSentences, formTokenField, type Html, textInput } from './pieces.ts';

export interface SettingsPage {
  /** What was just done. */
  readonly done: 'changed' | 'pin' | null;
  readonly faults: FieldFaults;
  readonly refusals: readonly string[];
}

/** Language, elder mode, the query password and the payment PIN. */
export function settingsView(visit: Visit, { done, faults, refusals }: SettingsPage): Html {
  const { texts } = visit;
  const sentences = [...refusals, ...faultSentences(faults, texts)];
  const body = html`${faultList(sentences, texts)}
${done === null ? '' : doneNotice(done === 'pin' ? texts.settings.pinChosen : texts.settings.changed)}
${visit.mustChange ? html`<div class="notice bad" role="status"><p>${texts.settings.changeFirst}</p></div>` : lookPanel(visit)}
${passwordPanel(visit, faults)}
${visit.mustChange ? '' : pinPanel(visit, faults)}`;
  return layout(visit, {
    title: texts.pages.settings,
    section: 'settings',
    failed: sentences.length > 0,
    body,
  });
}

function lookPanel(visit: Visit): Html {
  const { texts, language, elder } = visit;
  const says = texts.settings;
  const names = { zh: says.chinese, en: says.english };
  const choice = (href: string, name: Html | string, isNow: boolean) =>
    html`<li><a class="button ${isNow ? '' : 'quiet'}" href="${href}"${isNow ? html` aria-current="true"` : ''}>${name}${isNow ? html` <span class="now">(${says.now})</span>` : ''}</a></li>`;
  return html`<section class="panel" aria-labelledby="look">
<h2 id="look">${says.look}</h2>
<h3>${says.language}</h3>
<ul class="choices">${languages.map((one) =>
    choice(
      lookPath(visit, { language: one }),
      html`<span lang="${languageTags[one]}">${names[one]}</span>`,
      one === language,
    ),
  )}</ul>
<h3>${says.elder}</h3>
<p>${says.elderWhat}</p>
<ul class="choices">${choice(lookPath(visit, { elder: 'no' }), texts.elderOff, !elder)}${choice(lookPath(visit, { elder: 'yes' }), texts.elderOn, elder)}</ul>
</section>`;
}

const secretLength = 6;
const secret = { type: 'password', keys: 'digits', lengthMax: 64 } as const;

function passwordPanel(visit: Visit, faults: FieldFaults): Html {
  const { texts } = visit;
  const says = texts.settings;
  const now = { ...secret, autocomplete: 'current-password' } as const;
  const fresh = { ...secret, autocomplete: 'new-password', lengthMax: secretLength } as const;
  return html`<section class="panel" aria-labelledby="password-heading">
<h2 id="password-heading">${says.passwordHeading}</h2>
<p>${says.passwordLead}</p>
<form method="post" action="${settingsPath}/password">${formTokenField(visit)}
${textInput({ ...now, name: 'current', label: says.current, hint: texts.signIn.passwordHint }, faults, texts)}
${textInput({ ...fresh, name: 'next', label: says.next, hint: says.nextHint }, faults, texts)}
${textInput({ ...fresh, name: 'again', label: says.again, hint: says.nextHint }, faults, texts)}
<p class="actions"><button class="button" type="submit">${says.submit}</button></p>
</form></section>`;
}

/** The PIN is no password of these pages, so a browser shall not offer to keep it. */
function pinPanel(visit: Visit, faults: FieldFaults): Html {
  const { texts } = visit;
  const says = texts.settings;
  const now = { ...secret, autocomplete: 'current-password' } as const;
  const fresh = { ...secret, autocomplete: 'off', lengthMax: secretLength } as const;
  return html`<section class="panel" aria-labelledby="pin-heading">
<h2 id="pin-heading">${says.pinHeading}</h2>
<p>${says.pinLead}</p>
<form method="post" action="${settingsPath}/pin">${formTokenField(visit)}
${textInput({ ...now, name: 'password', label: says.pinPassword, hint: texts.signIn.passwordHint }, faults, texts)}
${textInput({ ...fresh, name: 'pin', label: says.pin, hint: says.nextHint }, faults, texts)}
${textInput({ ...fresh, name: 'pinAgain', label: says.pinAgain, hint: says.nextHint }, faults, texts)}
<p class="actions"><button class="button" type="submit">${says.pinSubmit}</button></p>
</form></section>`;
}

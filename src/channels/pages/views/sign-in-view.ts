import { html } from 'hono/html';
import type { FieldFaults } from '#channels/pages/forms/fields.ts';
import type { Visit } from '#channels/pages/page-context.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { layout } from './layout.ts';
import { doneNotice, faultList, faultSentences, formTokenField, type Html, textInput } from './pieces.ts';

export interface SignInPage {
  readonly back: string;
  readonly note: 'expired' | 'signedOut' | null;
  readonly faults: FieldFaults;
  readonly refusals: readonly string[];
}

/** The sign-in. What was typed is not shown again: a card number leaves this service only as its tail. */
export function signInView(visit: Visit, { back, note, faults, refusals }: SignInPage): Html {
  const { texts } = visit;
  const says = texts.signIn;
  const sentences = [...refusals, ...faultSentences(faults, texts)];
  const secret = {
    type: 'password',
    autocomplete: 'current-password',
    keys: 'digits',
    lengthMax: 64,
  } as const;
  const number = { type: 'text', autocomplete: 'username', keys: 'capitals', lengthMax: 40 } as const;
  const body = html`<p class="lead">${says.lead}</p>
${faultList(sentences, texts)}
${note === 'expired' ? html`<div class="notice" role="status"><p>${says.expired}</p></div>` : ''}
${note === 'signedOut' ? doneNotice(says.signedOut) : ''}
<form class="panel" method="post" action="${pagesRoot}/sign-in">
${formTokenField(visit)}
<input type="hidden" name="back" value="${back}">
${textInput({ ...number, name: 'cardNumber', label: says.cardNumber, hint: says.cardNumberHint }, faults, texts)}
${textInput({ ...secret, name: 'password', label: says.password, hint: says.passwordHint }, faults, texts)}
<p class="actions"><button class="button" type="submit">${says.submit}</button></p>
</form>
<p class="aside">${says.help}</p>
<p class="aside">${says.privacy}</p>`;
  return layout(visit, { title: texts.pages.signIn, failed: sentences.length > 0, body });
}

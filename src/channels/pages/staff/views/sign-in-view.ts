import { html } from 'hono/html';
import { passwordPath, signInPath } from '#channels/pages/staff/rules/staff-paths.ts';
import type { SignedIn, StaffVisit } from '#channels/pages/staff/staff-visit.ts';
import {
  doneNotice,
  faultSentences,
  field,
  type Html,
  hiddenField,
  type StaffFault,
  tokenField,
  wrongs,
} from './pieces.ts';
import { staffLayout } from './staff-layout.ts';

export interface FormState {
  readonly faults: Readonly<Record<string, StaffFault>>;
  readonly refusals: readonly string[];
}

export interface SignInPage extends FormState {
  readonly back: string;
  readonly note: 'expired' | 'signedOut' | null;
}

/** The sign-in: name, password, one-time code. What was typed is not shown again. */
export function signInView(visit: StaffVisit, { back, note, faults, refusals }: SignInPage): Html {
  const { texts } = visit;
  const says = texts.signIn;
  const sentences = [...refusals, ...faultSentences(faults, texts)];
  const body = html`${wrongs(sentences, texts)}
${note === 'expired' ? html`<div class="notice" role="status"><p>${says.expired}</p></div>` : ''}
${note === 'signedOut' ? doneNotice(says.signedOut) : ''}
<form class="panel narrow" method="post" action="${signInPath}">
${tokenField(visit)}${hiddenField('back', back)}
${field({ name: 'name', label: says.name, hint: says.nameHint, autocomplete: 'username', lengthMax: 64 }, faults, texts)}
${field({ name: 'password', label: says.password, hint: says.passwordHint, type: 'password', autocomplete: 'current-password', lengthMax: 128 }, faults, texts)}
${field({ name: 'code', label: says.code, hint: says.codeHint, autocomplete: 'one-time-code', digits: true, lengthMax: 6 }, faults, texts)}
<p class="actions"><button class="button" type="submit">${says.submit}</button></p>
</form>
<p class="fine">${says.notice}</p>`;
  return staffLayout(visit, { title: says.title, failed: sentences.length > 0, body });
}

/** The password change, which a first sign-in leads to. */
export function passwordView(visit: SignedIn, state: FormState & { readonly done: boolean }): Html {
  const { texts, member } = visit;
  const says = texts.password;
  const { faults } = state;
  const sentences = [...state.refusals, ...faultSentences(faults, texts)];
  const secret = { type: 'password', lengthMax: 128 } as const;
  const body = html`${wrongs(sentences, texts)}${state.done ? doneNotice(says.done) : ''}
${member.mustChange ? html`<div class="notice" role="status"><p>${says.first}</p></div>` : ''}
<form class="panel narrow" method="post" action="${passwordPath}">
${tokenField(visit)}
${field({ ...secret, name: 'current', label: says.current, hint: says.currentHint, autocomplete: 'current-password' }, faults, texts)}
${field({ ...secret, name: 'next', label: says.next, hint: says.nextHint, autocomplete: 'new-password' }, faults, texts)}
${field({ ...secret, name: 'again', label: says.again, hint: says.againHint, autocomplete: 'new-password' }, faults, texts)}
<p class="actions"><button class="button" type="submit">${says.submit}</button></p>
</form>`;
  return staffLayout(visit, { title: says.title, failed: sentences.length > 0, body });
}

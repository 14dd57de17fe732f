import { html } from 'hono/html';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import { faultSentences, type Html, tokenField, wrongs } from './pieces.ts';
import type { FormState } from './sign-in-view.ts';
import { type Section, staffLayout } from './staff-layout.ts';

/** What an act changes: what it is, what it is now, what it will be. */
export interface Change {
  readonly what: string;
  readonly before: string | Html;
  readonly after: string | Html;
}

export interface ActPage extends FormState {
  readonly title: string;
  readonly section: Section;
  readonly lead?: string;
  readonly changes: readonly Change[];
  /** Where the form goes. */
  readonly action: string;
  readonly fields: Html | readonly (Html | string)[];
  readonly submit: string;
  /** Whether this is the second click: it looks like what it is. */
  readonly isLast: boolean;
  /** The way out. */
  readonly cancel: string;
}

/** A step of a dangerous act: before and after side by side, the form, and a way out. */
export function actView(visit: SignedIn, page: ActPage): Html {
  const { texts } = visit;
  const sentences = [...page.refusals, ...faultSentences(page.faults, texts)];
  const lines = page.changes.map(
    ({ what, before, after }) =>
      html`<tr><th scope="row">${what}</th><td>${before}</td><td class="after"><span aria-hidden="true">→</span> ${after}</td></tr>`,
  );
  const body = html`${wrongs(sentences, texts)}
${page.lead === undefined ? '' : html`<p class="lead">${page.lead}</p>`}
<section class="panel act"><table class="change"><caption class="hidden">${page.title}</caption>
<thead><tr><th scope="col">${texts.act.what}</th><th scope="col">${texts.act.before}</th><th scope="col">${texts.act.after}</th></tr></thead>
<tbody>${lines}</tbody></table>
<form method="post" action="${page.action}">${tokenField(visit)}${page.fields}
<p class="actions"><button class="button${page.isLast ? ' danger' : ''}" type="submit">${page.submit}</button>
<a class="button quiet" href="${page.cancel}">${texts.act.cancel}</a></p></form></section>`;
  return staffLayout(visit, { title: page.title, section: page.section, failed: sentences.length > 0, body });
}

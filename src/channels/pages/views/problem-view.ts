import { html } from 'hono/html';
import type { PageContext } from '#channels/pages/page-context.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import type { Texts } from '#channels/pages/texts/zh.ts';
import { layout } from './layout.ts';

export type PageProblem = 'notFound' | 'fault' | 'away' | 'stale' | 'tooLarge' | 'badForm';

const statuses = { notFound: 404, fault: 500, away: 503, stale: 403, tooLarge: 413, badForm: 400 } as const;

/** A problem as a page: what it is, that nothing was done, and the way on. */
export function problemPage(
  c: PageContext,
  problem: PageProblem,
  reference = '',
): Response | Promise<Response> {
  const visit = c.var.visit;
  const { problems, backHome }: Texts = visit.texts;
  const body = html`<section class="panel"><p>${problems[problem]}</p>
${reference === '' ? '' : html`<p>${problems.faultReference(reference)}</p>`}
<p class="actions"><a class="button" href="${pagesRoot}">${backHome}</a></p></section>`;
  // Its own address may have no page to come back to, and what stands in it came from outside.
  const shown = { ...visit, path: pagesRoot };
  return c.html(layout(shown, { title: problems[`${problem}Title`], failed: true, body }), statuses[problem]);
}

import { html } from 'hono/html';
import { type PageProblem, problemStatuses } from '#channels/pages/staff/page-problem.ts';
import { staffRoot } from '#channels/pages/staff/rules/staff-paths.ts';
import type { StaffContext } from '#channels/pages/staff/staff-visit.ts';
import { staffLayout } from './staff-layout.ts';

/** A problem as a page: what it is, whether nothing was done where that is known, and the way on. */
export function problemPage(
  c: StaffContext,
  problem: PageProblem,
  reference = '',
): Response | Promise<Response> {
  const visit = c.var.visit;
  const { texts } = visit;
  const [title, what] = texts.problems[problem];
  const body = html`<section class="panel narrow"><p>${what}</p>
${reference === '' ? '' : html`<p>${texts.reference(reference)}</p>`}
<p class="actions"><a class="button quiet" href="${staffRoot}">${texts.backHome}</a></p></section>`;
  // Its own address may have no page to come back to, and what stands in it came from outside.
  const shown = { ...visit, path: staffRoot };
  return c.html(staffLayout(shown, { title, failed: true, body }), problemStatuses[problem]);
}

import { html } from 'hono/html';
import { mark, stylesheet } from '#channels/pages/assets.ts';
import type { Visit } from '#channels/pages/page-context.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { languageTags } from '#channels/pages/texts/texts.ts';
import { htmlDocument } from './document.ts';
import { formTokenField, type Html } from './pieces.ts';

type Section = 'home' | 'history' | 'loss' | 'settings';

export interface PageParts {
  readonly title: string;
  /** Which part of the main navigation the page belongs to. */
  readonly section?: Section;
  /** Whether the page tells of an error: its title says so first. */
  readonly failed?: boolean;
  readonly body: Html;
}

const sections: readonly (readonly [Section, string])[] = [
  ['home', pagesRoot],
  ['history', `${pagesRoot}/history`],
  ['loss', `${pagesRoot}/loss`],
  ['settings', `${pagesRoot}/settings`],
];

/** A whole page: one heading, the switches, the main navigation, the content, the foot. */
export function layout(visit: Visit, page: PageParts): Html {
  const { texts, language, elder } = visit;
  const title = page.failed ? texts.errorTitle(page.title) : page.title;
  const body = html`<header class="top">
<div class="wide">
<a class="brand" href="${pagesRoot}"><img src="${mark.href}" alt="" width="32" height="32"><span>${texts.brand}</span></a>
${switches(visit)}
</div>
</header>
${visit.signedIn && !visit.mustChange ? mainNavigation(visit, page.section) : ''}
<main id="content" tabindex="-1">
<h1>${page.title}</h1>
${page.body}
</main>
<footer class="foot">
${visit.signedIn ? signOutForm(visit) : ''}
<p>${texts.hotline}</p>
<p class="fine">${texts.brandLong}</p>
</footer>`;
  return htmlDocument({
    ...{ language, title, site: texts.brand, style: stylesheet, icon: mark },
    ...{ mode: elder ? 'elder' : 'standard', skip: texts.skip, body },
  });
}

/** The page again in the other language, or in the other mode. */
export function lookPath(visit: Visit, change: Readonly<Record<string, string>>): string {
  return `${pagesRoot}/view?${new URLSearchParams({ ...change, back: visit.path })}`;
}

function switches(visit: Visit): Html {
  const { texts, language, elder } = visit;
  const other = language === 'zh' ? 'en' : 'zh';
  return html`<nav class="switches" aria-label="${texts.lookNav}">
<a href="${lookPath(visit, { language: other })}" lang="${languageTags[other]}" hreflang="${languageTags[other]}">${texts.otherLanguage}</a>
<a href="${lookPath(visit, { elder: elder ? 'no' : 'yes' })}">${elder ? texts.elderOff : texts.elderOn}</a>
</nav>`;
}

function mainNavigation({ texts }: Visit, current: Section | undefined): Html {
  const links = sections.map(
    ([
      section,
      path,
    ]) => html`<li><a href="${path}"${section === current ? html` aria-current="page"` : ''}>${texts.nav[section]}</a></li>
`,
  );
  return html`<nav class="main" aria-label="${texts.mainNav}"><ul class="wide">
${links}</ul></nav>`;
}

function signOutForm(visit: Visit): Html {
  return html`<form method="post" action="${pagesRoot}/sign-out">${formTokenField(visit)}
<button class="button quiet" type="submit">${visit.texts.signOut}</button></form>`;
}

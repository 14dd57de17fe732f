import { html } from 'hono/html';
import { passwordPath, pathWith, staffRoot } from '#channels/pages/staff/rules/staff-paths.ts';
import { staffMark, staffStyle } from '#channels/pages/staff/staff-assets.ts';
import type { Member, StaffVisit } from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import { type ListPath, mayRead, type PagePath } from '#channels/pages/staff/who-may.ts';
import { languageTags } from '#channels/pages/texts/texts.ts';
import { htmlDocument } from '#channels/pages/views/document.ts';
import { type Html, tokenField } from './pieces.ts';

export type Section =
  | 'home'
  | 'cards'
  | 'participants'
  | 'terminals'
  | 'terms'
  | 'days'
  | 'suspended'
  | 'audit';

export interface PageOf {
  readonly title: string;
  readonly section?: Section;
  /** Whether the page tells of an error: its title says so first. */
  readonly failed?: boolean;
  readonly body: Html;
}

const sections: readonly (readonly [Section, PagePath | ListPath])[] = [
  ['home', '/staff'],
  ['cards', '/staff/cards'],
  ['days', '/staff/days'],
  ['suspended', '/staff/suspended'],
  ['participants', '/staff/participants'],
  ['terminals', '/staff/terminals'],
  ['terms', '/staff/terms/fares'],
  ['audit', '/staff/audit'],
];

/** A whole page: who is here, where one can go, one heading, the content. */
export function staffLayout(visit: StaffVisit, page: PageOf): Html {
  const { texts, language, member } = visit;
  const title = page.failed ? texts.errorTitle(page.title) : page.title;
  const isInside = member !== null && !member.mustChange;
  const body = html`<header class="top">
<a class="brand" href="${staffRoot}"><img src="${staffMark.href}" alt="" width="28" height="28"><span>${texts.brandLong}</span></a>
<div class="who">${member === null ? '' : whoIsHere(visit, member)}${languageSwitch(visit)}${member === null ? '' : signOutForm(visit)}</div>
</header>
${isInside ? navigation(visit, member, page.section) : ''}
<main id="content" tabindex="-1">
<h1>${page.title}</h1>
${page.body}
</main>`;
  return htmlDocument({
    ...{ language, title, site: texts.brandLong, style: staffStyle, icon: staffMark },
    ...{ frame: isInside ? 'inside' : 'outside', skip: texts.skip, body },
  });
}

function whoIsHere({ texts }: StaffVisit, member: Member): Html {
  return html`<a class="member" href="${passwordPath}" title="${texts.changePassword}"><span>${member.displayName}</span> <span class="role">${wordIn(texts, 'role', member.role)}</span></a>`;
}

function languageSwitch(visit: StaffVisit): Html {
  const other = visit.language === 'zh' ? 'en' : 'zh';
  const href = pathWith(`${staffRoot}/view`, { language: other, back: visit.path });
  return html`<a href="${href}" lang="${languageTags[other]}" hreflang="${languageTags[other]}">${visit.texts.otherLanguage}</a>`;
}

function signOutForm(visit: StaffVisit): Html {
  return html`<form method="post" action="${staffRoot}/sign-out">${tokenField(visit)}<button class="plain" type="submit">${visit.texts.signOut}</button></form>`;
}

function navigation({ texts }: StaffVisit, member: Member, current: Section | undefined): Html {
  const links = sections
    .filter(([, path]) => mayRead(member.role, path))
    .map(
      ([section, path]) =>
        html`<li><a href="${path}"${section === current ? html` aria-current="page"` : ''}>${texts.nav[section]}</a></li>
`,
    );
  return html`<nav class="main" aria-label="${texts.mainNav}"><ul>
${links}</ul></nav>`;
}

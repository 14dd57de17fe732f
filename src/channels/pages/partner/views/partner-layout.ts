import { html } from 'hono/html';
import { partnerMark, partnerStyle } from '#channels/pages/partner/partner-assets.ts';
import { partnerRoot } from '#channels/pages/partner/partner-parts.ts';
import type { PartnerVisit } from '#channels/pages/partner/partner-visit.ts';
import type { PartnerProblem } from '#channels/pages/partner/texts.ts';
import { languageTags } from '#channels/pages/texts/texts.ts';
import { htmlDocument } from '#channels/pages/views/document.ts';
import type { Html } from '#channels/pages/views/pieces.ts';

/** A whole page of a partner, with one heading. */
export function partnerPage(visit: PartnerVisit, title: string, content: Html): Html {
  const { texts, language, participant } = visit;
  const other = language === 'zh' ? 'en' : 'zh';
  const body = html`<header class="top"><div class="wide">
<a class="brand" href="${partnerRoot}"><img src="${partnerMark.href}" alt="" width="32" height="32"><span>${texts.brand}</span></a>
<nav class="switches" aria-label="${texts.languages}"><a href="${partnerRoot}/language/${other}" lang="${languageTags[other]}">${texts.other}</a></nav>
</div></header>
<main id="content" tabindex="-1">
<h1>${title}</h1>
${participant === null ? '' : html`<p class="lead">${participant.name} (${participant.id})</p>`}
${content}
</main>
<footer class="foot">${participant === null ? '' : postButton(visit, { to: `${partnerRoot}/sign-out`, label: texts.signOut })}
<p class="fine">${texts.brand}</p></footer>`;
  return htmlDocument({
    ...{ language, title, site: texts.brand, style: partnerStyle, icon: partnerMark },
    ...{ mode: 'standard', skip: texts.skip, body },
  });
}

/** A form of one button. */
export function postButton(
  visit: PartnerVisit,
  { to, label }: { readonly to: string; readonly label: string },
): Html {
  return html`<form method="post" action="${to}"><input type="hidden" name="formToken" value="${visit.formToken}">
<button class="button quiet" type="submit">${label}</button></form>`;
}

export function signInPage(visit: PartnerVisit, wrong: 'wrong' | 'tooMany' | null): Html {
  const says = visit.texts.signIn;
  const body = html`<p class="lead">${says.lead}</p>
${wrong === null ? '' : html`<div class="notice bad" role="alert"><p>${says[wrong]}</p></div>`}
${visit.isOver ? html`<div class="notice" role="status"><p>${says.over}</p></div>` : ''}
<form class="panel" method="post" action="${partnerRoot}/sign-in">
<input type="hidden" name="formToken" value="${visit.formToken}">
<div class="field"><label for="apiKey">${says.key}</label>
<input id="apiKey" name="apiKey" type="password" autocomplete="current-password" maxlength="128" required></div>
<p class="actions"><button class="button" type="submit">${says.submit}</button></p>
</form>`;
  return partnerPage(visit, says.title, body);
}

/** What went wrong, and for a fault the name under which we find it. */
export function problemView(visit: PartnerVisit, problem: PartnerProblem, requestId?: string): Html {
  const [title, sentence] = visit.texts.problems[problem];
  return partnerPage(
    visit,
    title,
    html`<div class="notice bad" role="alert"><p>${sentence}</p></div>
${requestId === undefined ? '' : html`<p class="fine">${requestId}</p>`}
<p class="back"><a href="${partnerRoot}">${visit.texts.messages.back}</a></p>`,
  );
}

import { html } from 'hono/html';
import { partnerRoot } from '#channels/pages/partner/partner-parts.ts';
import type { PartnerVisit } from '#channels/pages/partner/partner-visit.ts';
import { doneNotice, fact, type Html, moment } from '#channels/pages/views/pieces.ts';
import type { Endpoint } from '#webhooks/endpoints/store.ts';
import { publicKeyText } from '#webhooks/rules/signature.ts';
import { partnerPage, postButton } from './partner-layout.ts';

/** A participant's endpoints, with what can be done with each. */
export function endpointsPage(
  visit: PartnerVisit,
  endpoints: readonly Endpoint[],
  note: string | null,
): Html {
  const says = visit.texts.endpoints;
  const body = html`${note === null ? '' : doneNotice(note)}
<p class="lead">${says.lead}</p>
${endpoints.length === 0 ? html`<p class="panel">${says.none}</p>` : ''}
${endpoints.map((endpoint) => endpointPanel(visit, endpoint))}`;
  return partnerPage(visit, says.title, body);
}

function endpointPanel(visit: PartnerVisit, endpoint: Endpoint): Html {
  const says = visit.texts.endpoints;
  const at = `${partnerRoot}/endpoints/${endpoint.id}`;
  const isActive = endpoint.state === 'active';
  const { failingSince, reason } = endpoint;
  const badge = isActive
    ? html`<span class="badge ${failingSince === null ? 'ok' : 'wait'}">${says.active}</span>`
    : html`<span class="badge off">${says.disabled}</span>`;
  return html`<section class="panel"><div class="heading"><h2>${endpoint.url}</h2>${badge}</div>
<dl class="facts">${isActive ? '' : fact(says.reason, says.reasons[reason ?? 'gone'])}
${failingSince === null ? '' : fact(says.failingSince, moment(failingSince))}
${fact(says.publicKey, html`<span class="code">${publicKeyText(endpoint.publicKey)}</span>`)}</dl>
<div class="actions"><a class="button" href="${at}">${says.messages}</a>
${isActive ? postButton(visit, { to: `${at}/test`, label: says.test }) : ''}
${postButton(visit, isActive ? { to: `${at}/disable`, label: says.disable } : { to: `${at}/enable`, label: says.enable })}</div>
</section>`;
}

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
${endpoints.length === 0 ? html`<p>${says.none}</p>` : ''}
${endpoints.map((endpoint) => endpointPanel(visit, endpoint))}`;
  return partnerPage(visit, says.title, body);
}

function endpointPanel(visit: PartnerVisit, endpoint: Endpoint): Html {
  const says = visit.texts.endpoints;
  const at = `${partnerRoot}/endpoints/${endpoint.id}`;
  const isActive = endpoint.state === 'active';
  const state = isActive ? says.active : `${says.disabled}: ${says.reasons[endpoint.reason ?? 'gone']}`;
  return html`<section class="panel"><h2>${endpoint.url}</h2>
<dl>${fact(visit.texts.messages.state, state)}
${endpoint.failingSince === null ? '' : fact(says.failingSince, moment(endpoint.failingSince))}
${fact(says.publicKey, publicKeyText(endpoint.publicKey))}</dl>
<p><a href="${at}">${says.messages}</a></p>
${isActive ? postButton(visit, { to: `${at}/test`, label: says.test }) : ''}
${postButton(visit, isActive ? { to: `${at}/disable`, label: says.disable } : { to: `${at}/enable`, label: says.enable })}
</section>`;
}

import { html } from 'hono/html';
import { partnerRoot } from '#channels/pages/partner/partner-parts.ts';
import type { PartnerVisit } from '#channels/pages/partner/partner-visit.ts';
import { doneNotice, fact, type Html, moment } from '#channels/pages/views/pieces.ts';
import type { Endpoint } from '#webhooks/endpoints/store.ts';
import type { findMessage, Message, MessageState } from '#webhooks/messages/store.ts';
import { webhookId } from '#webhooks/rules/signature.ts';
import { partnerPage, postButton } from './partner-layout.ts';

const states: readonly MessageState[] = ['failed', 'waiting', 'delivered'];

export interface MessagesShown {
  readonly endpoint: Endpoint;
  readonly messages: readonly Message[];
  readonly state: MessageState | null;
  readonly isFirst: boolean;
  readonly nextBefore: bigint | null;
  readonly note: string | null;
}

/** An endpoint's messages; its address says which, so that it can be kept and sent. */
export function messagesPage(visit: PartnerVisit, shown: MessagesShown): Html {
  const says = visit.texts.messages;
  const at = `${partnerRoot}/endpoints/${shown.endpoint.id}`;
  const path = (query: Readonly<Record<string, string>>) => {
    const asked = new URLSearchParams({ ...(shown.state === null ? {} : { state: shown.state }), ...query });
    return asked.size === 0 ? at : `${at}?${asked}`;
  };
  const choice = (label: string, to: string, isNow: boolean) =>
    html`<li><a href="${to}"${isNow ? html` aria-current="page"` : ''}>${label}</a></li>`;
  const body = html`${shown.note === null ? '' : doneNotice(shown.note)}
<p>${shown.endpoint.url}</p>
<nav aria-label="${says.state}"><ul>${choice(says.all, at, shown.state === null)}
${states.map((state) => choice(says.states[state], `${at}?state=${state}`, state === shown.state))}</ul></nav>
${postButton(visit, { to: `${at}/replay`, label: says.replayFailed })}<p class="hint">${says.replayedAtMost}</p>
${shown.messages.length === 0 ? html`<p>${says.none}</p>` : ''}
${shown.messages.map((message) => messagePanel(visit, message, at))}
<nav class="pager">${shown.isFirst ? '' : html`<a class="button quiet" href="${path({})}">${says.newest}</a>`}
${shown.nextBefore === null ? '' : html`<a class="button quiet" href="${path({ before: String(shown.nextBefore) })}">${says.older}</a>`}</nav>
<p><a href="${partnerRoot}">${says.back}</a></p>`;
  return partnerPage(visit, says.title, body);
}

function messagePanel(visit: PartnerVisit, message: Message, at: string): Html {
  return html`<section class="panel"><h2><a href="${at}/messages/${webhookId(message.id)}">${webhookId(message.id)}</a></h2>
${messageFacts(visit, message)}</section>`;
}

function messageFacts(visit: PartnerVisit, message: Message): Html {
  const { messages: says, outcomes } = visit.texts;
  const last = message.lastOutcome === null ? null : outcomes[message.lastOutcome];
  return html`<dl>${fact(says.type, message.type)}${fact(says.state, says.states[message.state])}
${fact(says.created, moment(message.createdAt))}${fact(says.attempts, String(message.attempts))}
${last === null ? '' : fact(says.last, message.lastStatus === null ? last : `${last} (${message.lastStatus})`)}
${message.nextAttemptAt === null ? '' : fact(says.next, moment(message.nextAttemptAt))}</dl>`;
}

type Found = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

/** A message, what it says, and each time that it was sent. */
export function messagePage(
  visit: PartnerVisit,
  endpoint: Endpoint,
  { message, note }: { readonly message: Found; readonly note: string | null },
): Html {
  const { messages: says, outcomes } = visit.texts;
  const at = `${partnerRoot}/endpoints/${endpoint.id}`;
  const body = html`${note === null ? '' : doneNotice(note)}
${messageFacts(visit, message)}
${postButton(visit, { to: `${at}/messages/${webhookId(message.id)}/replay`, label: says.replay })}
<h2>${says.payload}</h2><pre tabindex="0">${message.payload}</pre>
<h2>${says.made}</h2>
${message.made.map(
  (
    attempt,
  ) => html`<dl class="panel">${fact(says.number, String(attempt.number))}${fact(says.at, moment(attempt.at))}
${fact(says.last, attempt.status === null ? outcomes[attempt.outcome] : `${outcomes[attempt.outcome]} (${attempt.status})`)}
${fact(says.took, String(attempt.durationMs))}</dl>`,
)}
<p><a href="${at}">${says.title}</a></p>`;
  return partnerPage(visit, `${says.message} ${webhookId(message.id)}`, body);
}

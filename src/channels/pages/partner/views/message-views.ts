import { html } from 'hono/html';
import { partnerRoot } from '#channels/pages/partner/partner-parts.ts';
import type { PartnerVisit } from '#channels/pages/partner/partner-visit.ts';
import { doneNotice, fact, type Html, moment } from '#channels/pages/views/pieces.ts';
import type { Endpoint } from '#webhooks/endpoints/store.ts';
import type { Attempt, findMessage, Message, MessageState } from '#webhooks/messages/store.ts';
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
  const { endpoint, messages, state, note, isFirst, nextBefore } = shown;
  const at = `${partnerRoot}/endpoints/${endpoint.id}`;
  const path = (query: Readonly<Record<string, string>>) => {
    const asked = new URLSearchParams({ ...(state === null ? {} : { state }), ...query });
    return asked.size === 0 ? at : `${at}?${asked}`;
  };
  const pages = () => html`<nav class="pager" aria-label="${says.pages}">
${isFirst ? '' : html`<a class="button quiet" href="${path({})}">${says.newest}</a>`}
${nextBefore === null ? '' : html`<a class="button quiet" href="${path({ before: String(nextBefore) })}">${says.older}</a>`}</nav>`;
  const choice = (label: string, to: string, isNow: boolean) =>
    html`<li><a href="${to}"${isNow ? html` aria-current="page"` : ''}>${label}</a></li>`;
  const body = html`${note === null ? '' : doneNotice(note)}
<p class="lead">${endpoint.url}</p>
${endpoint.state === 'active' ? '' : html`<div class="notice"><p>${says.disabled}</p></div>`}
<nav aria-label="${says.state}"><ul class="choices">${choice(says.all, at, state === null)}
${states.map((one) => choice(says.states[one], `${at}?state=${one}`, one === state))}</ul></nav>
<section><div class="actions">${postButton(visit, { to: `${at}/replay`, label: says.replayFailed })}</div>
<p class="hint">${says.replayedAtMost}</p></section>
${messages.length === 0 ? html`<p class="panel">${says.none}</p>` : ''}
<div class="items">${messages.map((message) => messagePanel(visit, endpoint, message))}</div>
${isFirst && nextBefore === null ? '' : pages()}
<p class="back"><a href="${partnerRoot}">${says.back}</a></p>`;
  return partnerPage(visit, says.title, body);
}

function messagePanel(visit: PartnerVisit, endpoint: Endpoint, message: Message): Html {
  const id = webhookId(message.id);
  const { states: named } = visit.texts.messages;
  return html`<section class="panel"><div class="heading">
<h2><a href="${partnerRoot}/endpoints/${endpoint.id}/messages/${id}">${id}</a></h2>
<span class="badge ${badges[message.state]}">${named[message.state]}</span></div>
${messageFacts(visit, endpoint, message)}</section>`;
}

const badges = { waiting: 'wait', delivered: 'ok', failed: 'off' } as const;

function messageFacts(visit: PartnerVisit, endpoint: Endpoint, message: Message): Html {
  const { messages: says } = visit.texts;
  const { lastOutcome, lastStatus, nextAttemptAt } = message;
  // Nothing is sent to an endpoint that is disabled, whatever is kept with the message.
  const next = endpoint.state === 'active' ? nextAttemptAt : null;
  return html`<dl class="facts">${fact(says.type, html`<span class="code">${message.type}</span>`)}
${fact(says.created, moment(message.createdAt))}${fact(says.attempts, String(message.attempts))}
${lastOutcome === null ? '' : fact(says.last, outcomeText(visit, { outcome: lastOutcome, status: lastStatus }))}
${next === null ? '' : fact(says.next, moment(next))}</dl>`;
}

function outcomeText(visit: PartnerVisit, { outcome, status }: Pick<Attempt, 'outcome' | 'status'>): string {
  const text = visit.texts.outcomes[outcome];
  return status === null ? text : `${text} (${status})`;
}

type Found = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

/** A message, what it says, and each time that it was sent. */
export function messagePage(
  visit: PartnerVisit,
  endpoint: Endpoint,
  { message, note }: { readonly message: Found; readonly note: string | null },
): Html {
  const { messages: says } = visit.texts;
  const id = webhookId(message.id);
  const at = `${partnerRoot}/endpoints/${endpoint.id}`;
  const body = html`${note === null ? '' : doneNotice(note)}
<p class="lead">${endpoint.url}</p>
${endpoint.state === 'active' ? '' : html`<div class="notice"><p>${says.disabled}</p></div>`}
<section class="panel"><span class="badge ${badges[message.state]}">${says.states[message.state]}</span>
${messageFacts(visit, endpoint, message)}
<div class="actions">${postButton(visit, { to: `${at}/messages/${id}/replay`, label: says.replay })}</div></section>
<h2>${says.payload}</h2><pre tabindex="0">${message.payload}</pre>
${message.made.length === 0 ? '' : html`<h2>${says.made}</h2>`}
<div class="items">${message.made.map((attempt) => attemptPanel(visit, attempt))}</div>
<p class="back"><a href="${at}">${says.backToMessages}</a></p>`;
  return partnerPage(visit, `${says.message} ${id}`, body);
}

function attemptPanel(visit: PartnerVisit, attempt: Attempt): Html {
  const { messages: says } = visit.texts;
  return html`<dl class="panel facts">${fact(says.number, String(attempt.number))}${fact(says.at, moment(attempt.at))}
${fact(says.outcome, outcomeText(visit, attempt))}${fact(says.took, says.ms(attempt.durationMs))}</dl>`;
}

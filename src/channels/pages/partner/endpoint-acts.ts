import type { Actor } from '#audit/rules/event.ts';
import type { Html } from '#channels/pages/views/pieces.ts';
import { disable, enable } from '#webhooks/endpoints/keep-endpoints.ts';
import { type Endpoint, listEndpoints } from '#webhooks/endpoints/store.ts';
import { sendTest } from '#webhooks/messages/send-test.ts';
import {
  findMessage,
  type MessageState,
  readMessages,
  replayFailed,
  replayMessage,
} from '#webhooks/messages/store.ts';
import { webhookId } from '#webhooks/rules/signature.ts';
import { type PartnerParts, partnerRoot } from './partner-parts.ts';
import type { PartnerContext, PartnerVisit } from './partner-visit.ts';
import type { PartnerProblem } from './texts.ts';
import { endpointsPage } from './views/endpoint-views.ts';
import { messagePage, messagesPage } from './views/message-views.ts';

const pageSize = 20;

/** A partner before one of its own endpoints. */
export interface Here {
  readonly visit: PartnerVisit;
  readonly participant: { readonly id: number };
  readonly endpoint: Endpoint;
  readonly by: Actor;
}

export type Problem = PartnerProblem;
/** A page, where a form led to, or why not. */
export type Answer =
  | { readonly page: Html }
  | { readonly done: string }
  | { readonly problem: PartnerProblem };

const pathOf = ({ endpoint }: Here) => `${partnerRoot}/endpoints/${endpoint.id}`;

export async function listed(
  parts: PartnerParts,
  { visit, participant }: Pick<Here, 'visit' | 'participant'>,
  done: string | undefined,
): Promise<Answer> {
  const note = done === 'missed' ? visit.texts.endpoints.missed : null;
  return { page: endpointsPage(visit, await listEndpoints(parts.session, participant.id), note) };
}

export async function disableOwn(parts: PartnerParts, here: Here): Promise<Answer> {
  const { endpoint, participant, by } = here;
  await disable(parts, { id: endpoint.id, participantId: participant.id, reason: 'by-participant' }, by);
  return { done: partnerRoot };
}

export async function enableOwn(parts: PartnerParts, here: Here): Promise<Answer> {
  const { endpoint, participant, by } = here;
  const enabled = await enable(parts, { id: endpoint.id, participantId: participant.id }, by);
  if (typeof enabled === 'string') return { problem: 'too-many-endpoints' };
  return { done: enabled.missedNothing ? partnerRoot : `${partnerRoot}?done=missed` };
}

export async function test(parts: PartnerParts, here: Here): Promise<Answer> {
  const named = { id: here.endpoint.id, participantId: here.participant.id };
  const sent = await sendTest(parts.pool, named, parts.nowMs());
  if (typeof sent === 'string') return { problem: sent === 'endpoint-unknown' ? 'not-found' : sent };
  return { done: `${pathOf(here)}?done=sent` };
}

export async function replayAll(parts: PartnerParts, here: Here): Promise<Answer> {
  const count = await replayFailed(parts.session, here.endpoint.id, new Date(0));
  return { done: `${pathOf(here)}?done=${count}` };
}

export async function replay(parts: PartnerParts, here: Here, c: PartnerContext): Promise<Answer> {
  const id = messageIdOf(c);
  if (!(await replayMessage(parts.session, here.endpoint.id, id))) return { problem: 'not-found' };
  return { done: `${pathOf(here)}/messages/${webhookId(id)}?done=again` };
}

export async function message(
  parts: PartnerParts,
  { visit, endpoint }: Here,
  c: PartnerContext,
): Promise<Answer> {
  const found = await findMessage(parts.session, endpoint.id, messageIdOf(c));
  if (found === null) return { problem: 'not-found' };
  const note = c.req.query('done') === 'again' ? visit.texts.messages.again : null;
  return { page: messagePage(visit, endpoint, { message: found, note }) };
}

/** "msg_17" as its number; 0, which no message has, for anything else. */
function messageIdOf(c: PartnerContext): bigint {
  return BigInt(/^msg_([1-9]\d{0,17})$/.exec(c.req.param('messageId') ?? '')?.[1] ?? 0);
}

/** What was done, as the address says it after a form: a test, or how many were sent again. */
function noteOf({ texts: { messages: says } }: PartnerVisit, done: string): string | null {
  if (done === 'sent') return says.sent;
  return /^\d{1,6}$/.test(done) ? says.replayed(Number(done)) : null;
}

/** A page of an endpoint's messages, as its address says. */
export async function messagesOf(
  parts: PartnerParts,
  { endpoint, visit }: Here,
  query: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { state = '', before = '', done = '' } = query;
  const isGood = /^(waiting|delivered|failed|)$/.test(state) && /^([1-9]\d{0,17}|)$/.test(before);
  if (!isGood) return { problem: 'not-found' };
  const asked = {
    state: state === '' ? null : (state as MessageState),
    before: before === '' ? null : BigInt(before),
  };
  const found = await readMessages(parts.session, endpoint.id, { ...asked, limit: pageSize + 1 });
  const messages = found.slice(0, pageSize);
  const nextBefore = found.length > pageSize ? (messages.at(-1)?.id ?? null) : null;
  const shown = { endpoint, messages, state: asked.state, isFirst: asked.before === null, nextBefore };
  return { page: messagesPage(visit, { ...shown, note: noteOf(visit, done) }) };
}

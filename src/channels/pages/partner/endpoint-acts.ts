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
import type { PartnerParts } from './partner-parts.ts';
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

type Answer = { readonly page: Html } | { readonly problem: PartnerProblem };

export async function listed(
  parts: PartnerParts,
  { visit, participant }: Pick<Here, 'visit' | 'participant'>,
  note: string | null,
): Promise<Answer> {
  return { page: endpointsPage(visit, await listEndpoints(parts.session, participant.id), note) };
}

export async function disableOwn(parts: PartnerParts, here: Here): Promise<Answer> {
  const { endpoint, participant, by } = here;
  await disable(parts, { id: endpoint.id, participantId: participant.id, reason: 'by-participant' }, by);
  return listed(parts, here, null);
}

export async function enableOwn(parts: PartnerParts, here: Here): Promise<Answer> {
  const { endpoint, participant, by, visit } = here;
  const enabled = await enable(parts, { id: endpoint.id, participantId: participant.id }, by);
  if (typeof enabled === 'string') return { problem: 'too-many-endpoints' };
  return listed(parts, here, enabled.missedNothing ? null : visit.texts.endpoints.missed);
}

export async function test(parts: PartnerParts, here: Here): Promise<Answer> {
  const named = { id: here.endpoint.id, participantId: here.participant.id };
  const sent = await sendTest(parts.pool, named, parts.nowMs());
  if (typeof sent === 'string') return { problem: sent === 'endpoint-unknown' ? 'not-found' : sent };
  return messagesOf(parts, here, { query: {}, note: here.visit.texts.messages.sent });
}

export async function replayAll(parts: PartnerParts, here: Here): Promise<Answer> {
  const count = await replayFailed(parts.session, here.endpoint.id, new Date(0));
  return messagesOf(parts, here, { query: {}, note: here.visit.texts.messages.replayed(count) });
}

export async function replay(parts: PartnerParts, here: Here, c: PartnerContext): Promise<Answer> {
  const isThere = await replayMessage(parts.session, here.endpoint.id, messageIdOf(c));
  return isThere ? told(parts, here, { c, note: here.visit.texts.messages.again }) : { problem: 'not-found' };
}

export function message(parts: PartnerParts, here: Here, c: PartnerContext): Promise<Answer> {
  return told(parts, here, { c, note: null });
}

/** "msg_17" as its number; 0, which no message has, for anything else. */
function messageIdOf(c: PartnerContext): bigint {
  return BigInt(/^msg_([1-9]\d{0,17})$/.exec(c.req.param('messageId') ?? '')?.[1] ?? 0);
}

async function told(
  parts: PartnerParts,
  { visit, endpoint }: Here,
  { c, note }: { readonly c: PartnerContext; readonly note: string | null },
): Promise<Answer> {
  const found = await findMessage(parts.session, endpoint.id, messageIdOf(c));
  return found === null
    ? { problem: 'not-found' }
    : { page: messagePage(visit, endpoint, { message: found, note }) };
}

interface Asked {
  readonly query: Readonly<Record<string, string>>;
  readonly note: string | null;
}

/** A page of an endpoint's messages, as its address says. */
export async function messagesOf(parts: PartnerParts, here: Here, { query, note }: Asked): Promise<Answer> {
  const { state = '', before = '' } = query;
  const isGood = /^(waiting|delivered|failed|)$/.test(state) && /^([1-9]\d{0,17}|)$/.test(before);
  if (!isGood) return { problem: 'not-found' };
  const asked = {
    state: state === '' ? null : (state as MessageState),
    before: before === '' ? null : BigInt(before),
  };
  const found = await readMessages(parts.session, here.endpoint.id, { ...asked, limit: pageSize + 1 });
  const messages = found.slice(0, pageSize);
  const nextBefore = found.length > pageSize ? (messages.at(-1)?.id ?? null) : null;
  const { endpoint, visit } = here;
  const shown = { endpoint, messages, state: asked.state, isFirst: asked.before === null, nextBefore, note };
  return { page: messagesPage(visit, shown) };
}

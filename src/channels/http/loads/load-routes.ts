import type { OpenAPIHono } from '@hono/zod-openapi';
import { findCardsOfAccounts } from '#cards/cards-of-accounts.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { readIdempotencyKey } from '#channels/http/signed.ts';
import { busyResponse, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { callerKey } from '#idempotency/rules/keys.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { bindAccount } from '#load-orders/bindings.ts';
import { consentTo, type Mandate, mandateOf, revoke } from '#load-orders/mandates.ts';
import { requestLoad } from '#load-orders/request-load.ts';
import { findOrder } from '#load-orders/store.ts';
import { fen, fenToJson } from '#money/fen.ts';
import { openPlaces, type Places } from '#platform/limits/places.ts';
import { addFailedLoadRoutes } from './failed-load-routes.ts';
import { loadJson } from './load-json.ts';
import { bindingBody, consentBody, loadBody } from './load-schemas.ts';

const perDayMaxDefault = 3;
/** A silent bank holds up its own callers only up to here; an order that was kept is driven on by the schedule. */
const waitingMax = 256;

/** Loads from the bank: for holders, and for the staff who bind their bank accounts. */
export function addLoadRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  const places = openPlaces(waitingMax);
  app.post('/v1/card-accounts/mine/loads', (c) => order(c, parts, places));
  app.get('/v1/card-accounts/mine/loads/:id', (c) => showLoad(c, parts));
  app.post('/v1/card-accounts/:id/bank-bindings', (c) => bind(c, parts));
  app.get('/v1/card-accounts/mine/auto-top-up', (c) => showMandate(c, parts));
  app.post('/v1/card-accounts/mine/auto-top-up', (c) => consent(c, parts));
  app.post('/v1/card-accounts/mine/auto-top-up/revocation', (c) => revokeConsent(c, parts));
  addFailedLoadRoutes(app, parts);
}

/** Every order and consent is kept, refused ones too, and is a row of the trail that everybody who acts waits for. */
const tooOften = (seconds: number) =>
  problemResponse(problemOf('too-often'), { 'retry-after': String(seconds) });

async function order(c: HttpContext, parts: HttpParts, places: Places): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['holder'], schema: loadBody });
  if ('code' in call) return problemResponse(call);
  const seconds = parts.holderActs.take(String(call.bearer.subjectId));
  if (seconds > 0) return tooOften(seconds);
  const key = readIdempotencyKey(c);
  if (!('key' in key)) return problemResponse(key);
  const cardAccountId = call.bearer.subjectId;
  const wish = {
    cardAccountId,
    purse: call.body.purse,
    amountFen: fen(call.body.amount),
    callerKey: callerKey(`holder ${cardAccountId}`, key.key),
    actor: call.actor,
  };
  const asked = await places(() => requestLoad(parts.loadOrders, wish));
  if (asked === 'busy') return busyResponse();
  if (asked.status === 'key-reused') return problemResponse(problemOf('key-reused', { field: asked.field }));
  if (asked.status === 'refused') return problemResponse(problemOf(asked.reason));
  const headers: Record<string, string> = asked.replay ? { 'idempotent-replayed': 'true' } : {};
  return c.json(loadJson(asked.order), 200, headers);
}

async function showLoad(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['holder']);
  if ('code' in bearer) return problemResponse(bearer);
  const named = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,17}$/.test(named)) return problemResponse(problemOf('not-found'));
  const bucket = bucketOf(bearer.subjectId);
  const found = await findOrder(parts.session, { bucket, id: BigInt(named) });
  // Another holder's order may lie in the same bucket: who asks for it learns nothing.
  if (found?.cardAccountId !== bearer.subjectId) return problemResponse(problemOf('not-found'));
  return c.json(loadJson(found));
}

async function bind(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['operator'], schema: bindingBody });
  if ('code' in call) return problemResponse(call);
  const named = c.req.param('id') ?? '';
  if (!/^[1-9]\d{6,16}$/.test(named)) return problemResponse(problemOf('not-found'));
  const cardAccountId = BigInt(named);
  const owner = { bucket: bucketOf(cardAccountId), ownerId: cardAccountId };
  const cards = await findCardsOfAccounts(parts.session, [owner]);
  const { bankParticipantId, accountNumber, consentVersion } = call.body;
  const bank = parts.clearing.reference.current().participants.get(bankParticipantId);
  if (cards.size === 0 || bank?.sector !== 'top-up') return problemResponse(problemOf('not-found'));
  const { pool, secrets } = parts.loadOrders;
  const wanted = { cardAccountId, participantId: bankParticipantId, accountNumber, consentVersion };
  const id = await bindAccount(pool, { ...wanted, actor: actorOf(call.bearer) }, secrets.sealPersonal);
  return c.json({ bindingId: String(id), bankParticipantId, accountTail: accountNumber.slice(-4) });
}

async function showMandate(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['holder']);
  if ('code' in bearer) return problemResponse(bearer);
  return c.json(mandateJson(await mandateOf(parts.session, bearer.subjectId)));
}

async function consent(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['holder'], schema: consentBody });
  if ('code' in call) return problemResponse(call);
  const seconds = parts.holderActs.take(String(call.bearer.subjectId));
  if (seconds > 0) return tooOften(seconds);
  const { threshold, amount, perDayMax, consentVersion } = call.body;
  const given = await consentTo(parts.loadOrders.pool, {
    cardAccountId: call.bearer.subjectId,
    thresholdFen: fen(threshold),
    amountFen: fen(amount),
    perDayMax: perDayMax ?? perDayMaxDefault,
    consentVersion,
    actor: actorOf(call.bearer),
  });
  return typeof given === 'string' ? problemResponse(problemOf(given)) : c.json(mandateJson(given));
}

async function revokeConsent(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['holder']);
  if ('code' in bearer) return problemResponse(bearer);
  await revoke(parts.loadOrders.pool, { cardAccountId: bearer.subjectId, actor: actorOf(bearer) });
  return c.json(mandateJson(null));
}

function mandateJson(mandate: Mandate | null): object {
  return {
    active: mandate !== null,
    threshold: mandate === null ? null : fenToJson(mandate.thresholdFen),
    amount: mandate === null ? null : fenToJson(mandate.amountFen),
    currency: 'CNY',
    perDayMax: mandate?.perDayMax ?? null,
    consentVersion: mandate?.consentVersion ?? null,
    consentedAt: mandate === null ? null : new Date(mandate.consentedAtMs).toISOString(),
  };
}

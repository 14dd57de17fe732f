import type { OpenAPIHono } from '@hono/zod-openapi';
import { actorOf, admitToLook } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { formatTransactionId } from '#channels/http/wire/transaction-id.ts';
import { readBalances } from '#ledger/balances.ts';
import { bucketOf } from '#ledger/rules/accounts.ts';
import { hainanDay } from '#platform/calendar.ts';
import { inTransaction, sessionOf } from '#platform/postgres.ts';
import { grantConcession } from '#sectors/transit/grant-concession.ts';
import { readRiders } from '#sectors/transit/riders/store.ts';
import { categoryOn, ridesIn } from '#sectors/transit/rules/concession.ts';
import { newRider } from '#sectors/transit/rules/rider.ts';
import { concessionBody } from './transit-openapi.ts';

/** What a holder rides on, for the holder and finance; what is granted for rides, by operators. */
export function addTransitRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/card-accounts/:id/riding', async (c) => {
    const account = await admitToLook(c, parts, 'riding-looked-at');
    return typeof account === 'bigint' ? riding(c, parts, account) : problemResponse(account);
  });
  app.post('/v1/card-accounts/:id/concessions', (c) => postConcession(c, parts));
}

async function riding(c: HttpContext, parts: HttpParts, cardAccountId: bigint): Promise<Response> {
  const owner = { bucket: bucketOf(cardAccountId), ownerId: cardAccountId };
  const [purses, riders] = await Promise.all([
    readBalances(parts.session, cardAccountId),
    readRiders(parts.session, [owner]),
  ]);
  if (purses.length === 0) return problemResponse(problemOf('not-found'));
  const rider = riders.get(cardAccountId) ?? newRider;
  const today = hainanDay(Date.now());
  const { participants } = parts.clearing.reference.current();
  return c.json({
    cardAccountId: String(cardAccountId),
    category: categoryOn(rider.grants, today),
    concessions: rider.grants.map(({ category, fromDay, toDay }) => ({ category, from: fromDay, to: toDay })),
    concessionRides: ridesIn(rider, today),
    passes: rider.passes
      .filter((pass) => pass.untilDay >= today)
      .map(({ participantId, code, fromDay, untilDay, ridesLeft, entryId }) => ({
        participantId,
        participant: participants.get(participantId)?.name ?? '',
        participantEn: participants.get(participantId)?.nameEn ?? '',
        pass: code,
        from: fromDay,
        until: untilDay,
        ridesLeft,
        purchase: formatTransactionId({ cardAccountId, id: entryId }),
      })),
  });
}

async function postConcession(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['operator'], schema: concessionBody });
  if ('code' in call) return problemResponse(call);
  const id = c.req.param('id') ?? '';
  if (!/^[1-9]\d{6,16}$/.test(id)) return problemResponse(problemOf('not-found'));
  const { category, from, to = null, reason } = call.body;
  const concession = {
    cardAccountId: BigInt(id),
    category,
    fromDay: from,
    toDay: to,
    grantedBy: actorOf(call.bearer),
    reason,
  };
  const today = hainanDay(Date.now());
  const granted = await inTransaction(parts.reports, (client) =>
    grantConcession(sessionOf(client), concession, today),
  );
  if (typeof granted === 'string') return problemResponse(problemOf(granted));
  const headers = granted.replay ? { 'idempotent-replayed': 'true' } : {};
  return c.json({ cardAccountId: id, category, from, to }, 200, headers);
}

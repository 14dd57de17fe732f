import type { OpenAPIHono } from '@hono/zod-openapi';
import { releasePin } from '#access/payment-pin.ts';
import { releaseSignIn, resetQueryPassword } from '#access/query-password.ts';
import type { Actor } from '#audit/rules/event.ts';
import type { CardRef } from '#cards/store.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { notKept } from '#channels/http/sign-in/sign-in-answers.ts';
import { busyResponse, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { inTransaction, sessionOf } from '#platform/postgres.ts';
import { cardBody } from './staff-schemas.ts';

/** What an operator does for a holder who stands at the counter with the card. */
export function addCounterRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/sign-in-locks/release', (c) =>
    atCounter(c, parts, async ({ cardNumber, card, actor }) => {
      await releaseSignIn(parts.signIns, { cardNumber, account: card }, actor);
      return c.json({ status: 'done' });
    }),
  );
  app.post('/v1/pin-locks/release', (c) =>
    atCounter(c, parts, async ({ card, actor }) => {
      const found = await inTransaction(parts.signIns.pool, (client) =>
        releasePin(sessionOf(client), card, actor),
      );
      return found ? c.json({ status: 'done' }) : problemResponse(problemOf('pin-not-set'));
    }),
  );
  app.post('/v1/query-password-resets', (c) =>
    atCounter(c, parts, async ({ card, actor }) => {
      const given = await resetQueryPassword(parts.signIns, card, actor);
      if (given === 'busy') return busyResponse();
      return c.json({ cardAccountId: String(card.cardAccountId), ...given }, 200, notKept);
    }),
  );
}

interface AtCounter {
  readonly cardNumber: string;
  readonly card: CardRef;
  readonly actor: Actor;
}

async function atCounter(
  c: HttpContext,
  parts: HttpParts,
  act: (at: AtCounter) => Promise<Response>,
): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['operator'], schema: cardBody });
  if ('code' in call) return problemResponse(call);
  const { cardNumber } = call.body;
  const card = await parts.resolveCard(cardNumber);
  if (card === undefined) return problemResponse(problemOf('card-unknown'));
  return act({ cardNumber, card, actor: call.actor });
}

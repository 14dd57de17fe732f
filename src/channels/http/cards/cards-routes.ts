import type { OpenAPIHono } from '@hono/zod-openapi';
import { type ActivateRefusal, activateCard } from '#cards/life/activate.ts';
import { replaceCard } from '#cards/life/replace.ts';
import { reportLossByHolder } from '#cards/life/report-loss.ts';
import { type StepTaken, takeStep } from '#cards/life/take-step.ts';
import { applyForCard, issueForApplication } from '#cards/people/apply.ts';
import { type FoundCard, findCards, type Search } from '#cards/people/find-cards.ts';
import { issueOne } from '#cards/people/issue-one.ts';
import { actorOf, admitRole } from '#channels/http/bearer.ts';
import { admitAndRead } from '#channels/http/bearer-call.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import { problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import type { ProblemCode } from '#channels/http/wire/problem-catalogue.ts';
import * as schemas from './cards-schemas.ts';

/** A card's life: what operators do to cards, who looks at them, and a holder's own report of a loss. */
export function addCardLifeRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post('/v1/card-applications', (c) => apply(c, parts));
  app.post('/v1/cards', (c) => issue(c, parts));
  app.post('/v1/cards/:id/activation', (c) => activate(c, parts));
  app.post('/v1/cards/:id/steps', (c) => step(c, parts));
  app.post('/v1/cards/:id/replacement', (c) => replace(c, parts));
  app.post('/v1/card-searches', (c) => search(c, parts));
  app.get('/v1/cards/:id', (c) => show(c, parts));
  app.post('/v1/card-accounts/mine/loss-reports', (c) => reportLoss(c, parts));
}

const operators = ['operator'] as const;
const lookers = ['operator', 'auditor'] as const;

async function apply(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: operators, schema: schemas.applicationBody });
  if ('code' in call) return problemResponse(call);
  const { reason, ...applicant } = call.body;
  const applied = await applyForCard(parts.pool, parts.secrets, { applicant, actor: call.actor, reason });
  if (applied.kind !== 'applied') return problemResponse(problemOf(applied.kind));
  const { applicationId, repeated } = applied;
  return answer(c, { applicationId: String(applicationId), repeated });
}

async function issue(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: operators, schema: schemas.issueBody });
  if ('code' in call) return problemResponse(call);
  const { applicationId, idNumber, name, product, cardNumber, expiresOn, reason } = call.body;
  const said = { actor: call.actor, reason };
  const { pool, secrets } = parts;
  const issued =
    applicationId !== undefined
      ? await issueForApplication(pool, secrets, {
          ...said,
          ...{ applicationId: BigInt(applicationId), cardNumber, expiresOn },
        })
      : await issueOne(pool, secrets, {
          ...said,
          // The schema has seen to it that a person is named where no application is.
          wish: { cardNumber, expiresOn, idNumber: idNumber ?? '', name: name ?? '', product: product ?? '' },
        });
  if (issued.kind !== 'issued') return problemResponse(problemOf(issued.kind));
  const { cardId, cardAccountId, expiresOn: until, repeated } = issued;
  return answer(c, {
    ...{ cardId: String(cardId), cardAccountId: String(cardAccountId), expiresOn: until, repeated },
  });
}

async function activate(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: operators, schema: schemas.activationBody });
  if ('code' in call) return problemResponse(call);
  const cardId = cardIdOf(c);
  if (cardId === null) return problemResponse(problemOf('card-unknown'));
  const { queryPassword, paymentPin, reason } = call.body;
  const given =
    queryPassword === undefined || paymentPin === undefined ? null : { queryPassword, paymentPin };
  return stepAnswer(
    c,
    await activateCard(parts.pool, parts.signIns, { cardId, given, reason, actor: call.actor }),
  );
}

async function step(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: operators, schema: schemas.stepBody });
  if ('code' in call) return problemResponse(call);
  const cardId = cardIdOf(c);
  if (cardId === null) return problemResponse(problemOf('card-unknown'));
  return stepAnswer(c, await takeStep(parts.pool, { cardId, actor: call.actor, ...call.body }));
}

async function replace(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: operators, schema: schemas.replacementBody });
  if ('code' in call) return problemResponse(call);
  const cardId = cardIdOf(c);
  if (cardId === null) return problemResponse(problemOf('card-unknown'));
  const { cardNumber, active = false, reason } = call.body;
  const order = { cardId, cardNumber, active, reason, actor: call.actor };
  const replaced = await replaceCard(parts.pool, parts.secrets, order);
  if (replaced.kind !== 'replaced') return refusal(replaced);
  const { status, expiresOn, repeated } = replaced;
  return answer(c, {
    cardId: String(replaced.cardId),
    cardAccountId: String(replaced.cardAccountId),
    ...{ status, expiresOn, repeated },
  });
}

async function search(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: lookers, schema: schemas.searchBody });
  if ('code' in call) return problemResponse(call);
  const { cardNumber, idNumber = '' } = call.body;
  const asked: Search = cardNumber === undefined ? { idNumber } : { cardNumber };
  const cards = await findCards(parts.pool, parts.secrets, { search: asked, actor: call.actor });
  return c.json({ cards: cards.map(cardAnswer) });
}

async function show(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, lookers);
  if ('code' in bearer) return problemResponse(bearer);
  const cardId = cardIdOf(c);
  if (cardId === null) return problemResponse(problemOf('card-unknown'));
  const asked = { search: { cardId }, actor: actorOf(bearer) };
  const [card] = await findCards(parts.pool, parts.secrets, asked);
  return card === undefined ? problemResponse(problemOf('card-unknown')) : c.json(cardAnswer(card));
}

async function reportLoss(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitAndRead(c, parts, { roles: ['holder'], schema: schemas.lossReportBody });
  if ('code' in call) return problemResponse(call);
  const { kind, reason = '' } = call.body;
  const report = { cardAccountId: call.bearer.subjectId, temporary: kind === 'temporary', reason };
  return stepAnswer(c, await reportLossByHolder(parts.pool, report));
}

function cardIdOf(c: HttpContext): bigint | null {
  const named = c.req.param('id') ?? '';
  return /^[1-9]\d{0,17}$/.test(named) ? BigInt(named) : null;
}

function stepAnswer(c: HttpContext, taken: StepTaken | ActivateRefusal): Response {
  if (taken.kind !== 'taken') return refusal(taken);
  return answer(c, {
    cardId: String(taken.cardId),
    cardAccountId: String(taken.cardAccountId),
    status: taken.status,
    effectiveAt: taken.effectiveAt.toISOString(),
    liftsAt: taken.liftsAt?.toISOString() ?? null,
    repeated: taken.repeated,
  });
}

/** A step that is not allowed names the status that does not allow it. */
function refusal(refused: { readonly kind: ProblemCode; readonly status?: string }): Response {
  const { kind, status } = refused;
  return problemResponse(problemOf(kind, status === undefined ? {} : { detail: status }));
}

function answer<Body extends { readonly repeated: boolean }>(c: HttpContext, body: Body): Response {
  return c.json(body, 200, body.repeated ? { 'idempotent-replayed': 'true' } : {});
}

function cardAnswer(card: FoundCard): object {
  const { numberTail, product, status, expiresOn, name, idNumber } = card;
  return {
    cardId: String(card.cardId),
    cardAccountId: String(card.cardAccountId),
    ...{ numberTail, product, status, expiresOn },
    liftsAt: card.liftsAt?.toISOString() ?? null,
    ...{ name, idNumber },
    events: card.events.map(({ at, actorId, ...event }) => ({
      ...event,
      at: at.toISOString(),
      actorId: String(actorId),
    })),
  };
}

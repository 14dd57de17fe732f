import type { OpenAPIHono } from '@hono/zod-openapi';
import { refused, type WireAnswer } from '#channels/http/wire/answers.ts';
import { checkShape, parseBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf } from '#channels/http/wire/problem.ts';
import {
  batchBody,
  batchLine,
  captureBody,
  holdBody,
  refundBody,
  reversalBody,
  type TransactionBody,
  transactionBody,
  voidBody,
} from '#channels/http/wire/schemas.ts';
import { type Caller, followUpRequest, newRequest, reversalRequest } from '#channels/http/wire/to-request.ts';
import { parseTransactionId } from '#channels/http/wire/transaction-id.ts';
import type { Request } from '#clearing/request.ts';
import type { HttpContext, HttpEnv, HttpParts } from './parts.ts';
import { withPin } from './pin/open-pin.ts';
import { clearOne, onCard, postHandler, respond } from './post.ts';
import { admitSigned, type SignedCall, saysRepeat } from './signed.ts';

/** Everything that terminals post. */
export function addPostingRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.post(
    '/v1/transactions',
    postHandler(parts, transactionBody, (caller, body) =>
      onCardWithPin(parts, caller, { body, hold: false }),
    ),
  );
  app.post('/v1/transactions/batch', (c) => postBatch(c, parts));
  app.post(
    '/v1/holds',
    postHandler(parts, holdBody, (caller, body) => onCardWithPin(parts, caller, { body, hold: true })),
  );
  app.post(
    '/v1/holds/:id/captures',
    postHandler(parts, captureBody, (caller, body, c) =>
      followUp(c, (original) => followUpRequest(caller, body, { kind: 'capture', original })),
    ),
  );
  app.post(
    '/v1/holds/:id/void',
    postHandler(parts, voidBody, (caller, body, c) =>
      followUp(c, (original) => followUpRequest(caller, body, { kind: 'void', original })),
    ),
  );
  app.post(
    '/v1/transactions/:id/void',
    postHandler(parts, voidBody, (caller, body, c) =>
      followUp(c, (original) => followUpRequest(caller, body, { kind: 'void', original })),
    ),
  );
  app.post(
    '/v1/transactions/:id/refunds',
    postHandler(parts, refundBody, (caller, body, c) =>
      followUp(c, (original) => followUpRequest(caller, body, { kind: 'refund', original })),
    ),
  );
  app.post(
    '/v1/reversals',
    postHandler(parts, reversalBody, (caller, body) =>
      onCard(parts, body.cardNumber, (card) => reversalRequest(caller, body, card)),
    ),
  );
}

/** A payment, load or authorisation; where a PIN was typed, with what it proves. */
async function onCardWithPin(
  parts: HttpParts,
  caller: Caller,
  { body, hold }: { readonly body: TransactionBody; readonly hold: boolean },
): Promise<Request | Problem> {
  const request = await onCard(parts, body.cardNumber, (card) => newRequest(caller, body, { card, hold }));
  const { pin } = body;
  return pin === undefined ? request : withPin(parts, request, { ...body, pin, terminal: caller.terminal });
}

function followUp(
  c: HttpContext,
  make: (original: NonNullable<ReturnType<typeof parseTransactionId>>) => ReturnType<typeof followUpRequest>,
) {
  const original = parseTransactionId(c.req.param('id') ?? '');
  return original === null ? problemOf('not-found') : make(original);
}

/** Up to 500 transactions in one call: each line has its own key and gets its own answer, in order. */
async function postBatch(c: HttpContext, parts: HttpParts): Promise<Response> {
  const call = await admitSigned(c, parts);
  if (!('terminal' in call)) return respond(refused(call));
  const batch = parseBody(call.body, batchBody);
  if (!('value' in batch)) return respond(refused(batch));
  const isRepeat = saysRepeat(c);
  const answers = await Promise.all(
    batch.value.transactions.map((line) => clearLine(parts, { call, line, isRepeat })),
  );
  if (answers.some((answer) => answer.undecided)) parts.gate.giveBack(call.signature);
  const results = answers.map(({ httpStatus, replay, body }) => ({ httpStatus, replay, body }));
  return c.json({ results });
}

async function clearLine(
  parts: HttpParts,
  of: { readonly call: SignedCall; readonly line: unknown; readonly isRepeat: boolean },
): Promise<WireAnswer> {
  const shape = checkShape(of.line, batchLine);
  if (!('value' in shape)) return refused(shape);
  const { idempotencyKey, ...body } = shape.value;
  const caller = { terminal: of.call.terminal, idempotencyKey };
  const make = () =>
    onCard(parts, body.cardNumber, (card) => newRequest(caller, body, { card, hold: false }));
  return clearOne(parts, make, of.isRepeat);
}

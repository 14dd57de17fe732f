import type { OpenAPIHono } from '@hono/zod-openapi';
import { terminalLook } from '#audit/looks.ts';
import { parseBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import { inquiryBody } from '#channels/http/wire/schemas.ts';
import { formatTransactionId } from '#channels/http/wire/transaction-id.ts';
import { detailFields, kindOfCode } from '#clearing/request.ts';
import { readBalances } from '#ledger/balances.ts';
import { type HistoryEntry, historyPageMax, readHistory } from '#ledger/history.ts';
import { readArchivedBefore } from '#ledger/look/archived-before.ts';
import { accountCode } from '#ledger/rules/accounts.ts';
import { fenToJson } from '#money/fen.ts';
import { idMax } from '#platform/columns.ts';
import { idTimeMs } from '#platform/ids.ts';
import { sectorOfCode } from '#sectors/all.ts';
import { admitToLook } from './bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from './parts.ts';
import { type Answered, answerSigned, refuseKind, type SignedCall } from './signed.ts';

/** Balances and history: for the holder, for finance, and for a terminal that has the card before it. */
export function addCardRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/v1/card-accounts/:id/balances', async (c) => {
    const account = await admitToLook(c, parts, 'balances-looked-at');
    return typeof account === 'bigint' ? balances(c, parts, account) : problemResponse(account);
  });
  app.get('/v1/card-accounts/:id/history', async (c) => {
    const account = await admitToLook(c, parts, 'history-looked-at');
    return typeof account === 'bigint' ? history(c, parts, account) : problemResponse(account);
  });
  app.post('/v1/card-inquiries', (c) => answerSigned(c, parts, (call) => inquire(c, parts, call)));
}

async function inquire(c: HttpContext, parts: HttpParts, call: SignedCall): Promise<Answered> {
  const refused = (problem: Problem): Answered => ({ response: problemResponse(problem) });
  const refusal = refuseKind(call, 'inquiry');
  if (refusal !== null) return refused(refusal);
  const body = parseBody(call.body, inquiryBody);
  if (!('value' in body)) return refused(body);
  const card = await parts.resolveCard(body.value.cardNumber);
  if (card === undefined) return refused(problemOf('card-unknown'));
  await parts.recordLook(terminalLook(call.terminal.id, card.cardAccountId));
  return { response: await balances(c, parts, card.cardAccountId) };
}

async function balances(c: HttpContext, parts: HttpParts, cardAccountId: bigint): Promise<Response> {
  const purses = await readBalances(parts.session, cardAccountId);
  if (purses.length === 0) return problemResponse(problemOf('not-found'));
  return c.json({
    cardAccountId: String(cardAccountId),
    currency: 'CNY',
    purses: purses.map(({ purse, postedFen, heldFen, availableFen }) => ({
      purse,
      posted: fenToJson(postedFen),
      held: fenToJson(heldFen),
      available: fenToJson(availableFen),
    })),
  });
}

const pageDefault = 20;

const isCursor = (text: string) => /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= idMax;

async function history(c: HttpContext, parts: HttpParts, cardAccountId: bigint): Promise<Response> {
  const before = c.req.query('before');
  const limit = c.req.query('limit') ?? String(pageDefault);
  const errors = [];
  if (before !== undefined && !isCursor(before))
    errors.push({ path: 'before', message: 'a cursor of an earlier page' });
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > historyPageMax) {
    errors.push({ path: 'limit', message: `a number from 1 to ${historyPageMax}` });
  }
  if (errors.length > 0) return problemResponse(problemOf('invalid-request', { errors }));
  const size = Number(limit);
  // One more than the page, to know whether there is an older one.
  const found = await readHistory(parts.session, cardAccountId, {
    before: before === undefined ? null : BigInt(before),
    limit: size + 1,
  });
  const entries = found.slice(0, size);
  const last = entries.at(-1);
  const nextBefore = found.length > size && last !== undefined ? String(last.id) : null;
  return c.json({
    entries: entries.map((entry) => historyLine(parts, cardAccountId, entry)),
    nextBefore,
    archivedBefore: nextBefore === null ? await readArchivedBefore(parts.session) : null,
  });
}

function historyLine(parts: HttpParts, cardAccountId: bigint, entry: HistoryEntry): object {
  const participant = parts.clearing.reference.current().participants.get(entry.participantId);
  const { originalId, hold } = entry;
  return {
    transactionId: formatTransactionId({ cardAccountId, id: entry.id }),
    originalId: originalId === null ? null : formatTransactionId({ cardAccountId, id: originalId }),
    kind: kindOfCode(entry.kind),
    sector: sectorOfCode(entry.sector).name,
    participant: participant?.name ?? '',
    participantEn: participant?.nameEn ?? '',
    terminalId: entry.terminalId,
    businessDate: entry.businessDate,
    decidedAt: new Date(idTimeMs(entry.id)).toISOString(),
    purses: entry.legs.map((leg) => ({
      purse: accountCode(leg.accountId),
      amount: fenToJson(leg.amountFen),
      balance: fenToJson(leg.balanceFen),
    })),
    detail: detailFields(entry.detail),
    hold:
      hold === null
        ? null
        : {
            amount: fenToJson(hold.amountFen),
            captured: fenToJson(hold.capturedFen),
            expiresAt: new Date(hold.expiresAtMs).toISOString(),
          },
  };
}

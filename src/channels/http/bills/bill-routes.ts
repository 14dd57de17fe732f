import type { OpenAPIHono } from '@hono/zod-openapi';
import { readBreaks, readDayFile } from '#bills/day-file/store.ts';
import type { ShownBill } from '#bills/desk.ts';
import type { BillAnswer, BillWish } from '#bills/pay-bill.ts';
import { dueFen } from '#bills/rules/due-bill.ts';
import type { Payment } from '#bills/store.ts';
import { admitRole } from '#channels/http/bearer.ts';
import type { HttpContext, HttpEnv, HttpParts } from '#channels/http/parts.ts';
import {
  type Answered,
  answerSigned,
  readIdempotencyKey,
  refuseKind,
  type SignedCall,
} from '#channels/http/signed.ts';
import { parseBody } from '#channels/http/wire/body.ts';
import { type Problem, problemOf, problemResponse } from '#channels/http/wire/problem.ts';
import type { ProblemCode } from '#channels/http/wire/problem-catalogue.ts';
import { formatTransactionId } from '#channels/http/wire/transaction-id.ts';
import type { Refusal } from '#clearing/outcome.ts';
import { callerKey } from '#idempotency/rules/keys.ts';
import { findBusinessDay } from '#ledger/business-days.ts';
import { fenToJson } from '#money/fen.ts';
import { dayNumber } from '#platform/calendar.ts';
import { type BillPaymentBody, billInquiryBody, billPaymentBody, billQueryBody } from './bill-schemas.ts';

/** Bills of water, power and gas: terminals ask for them and pay them; finance and the utility read the day's file. */
export function addBillRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  const signed = (handler: Handler) => (c: HttpContext) =>
    answerSigned(c, parts, (call) => handler(c, parts, call));
  app.post('/v1/bill-queries', signed(findBills));
  app.post('/v1/bill-payments', signed(pay));
  app.post('/v1/bill-payments/inquiries', signed(look));
  app.get('/v1/utilities/:id/day-files/:date', (c) => dayFile(c, parts));
}

type Handler = (c: HttpContext, parts: HttpParts, call: SignedCall) => Promise<Answered>;

const refused = (problem: Problem): Answered => ({ response: problemResponse(problem) });
const retryLater = (code: ProblemCode): Answered => ({
  response: problemResponse(problemOf(code), { 'retry-after': '1' }),
  undecided: true,
});
/** Only what is refused for the moment may come again as it is. */
const refusedAs = (code: ProblemCode): Answered =>
  code === 'utility-silent' ? retryLater(code) : refused(problemOf(code));

const findBills: Handler = async (_, parts, call) => {
  const refusal = refuseKind(call, 'inquiry');
  if (refusal !== null) return refused(refusal);
  const body = parseBody(call.body, billQueryBody);
  if (!('value' in body)) return refused(body);
  const { utility, customerNumber } = body.value;
  const found = await parts.bills.find({ utilityId: utility, customerNumber });
  if (found.status === 'busy') return retryLater('busy');
  if (found.status === 'refused') return refusedAs(found.code);
  return { response: json({ utility, currency: 'CNY', bills: found.bills.map(shownBill) }) };
};

const shownBill = (bill: ShownBill) => ({
  billNumber: bill.billNumber,
  period: bill.period,
  amount: fenToJson(bill.amountFen),
  penalty: fenToJson(bill.penaltyFen),
  due: fenToJson(dueFen(bill)),
  state: bill.state,
});

const pay: Handler = async (c, parts, call) => {
  const key = readIdempotencyKey(c);
  if (!('key' in key)) return refused(key);
  const body = parseBody(call.body, billPaymentBody);
  if (!('value' in body)) return refused(body);
  const card = await parts.resolveCard(body.value.cardNumber);
  if (card === undefined) return refused(problemOf('card-unknown'));
  const answer = await parts.bills.pay(wishOf(body.value, { call, card, key: key.key }));
  return answer.status === 'busy' ? retryLater('busy') : answered(answer);
};

function wishOf(
  body: BillPaymentBody,
  of: { readonly call: SignedCall; readonly card: BillWish['card']; readonly key: string },
): BillWish {
  const { terminal } = of.call;
  return {
    terminal,
    callerKey: callerKey(String(terminal.id), of.key),
    card: of.card,
    utilityId: body.utility,
    customerNumber: body.customerNumber,
    billNumber: body.billNumber,
    amountFen: BigInt(body.amount),
    purse: body.purse ?? null,
    batchNumber: body.batchNumber,
    traceNumber: body.traceNumber,
    localTime: body.localTime.replace('T', ' '),
  };
}

function answered(answer: BillAnswer): Answered {
  switch (answer.status) {
    case 'payment':
      return paymentAnswer(answer.payment, answer.replay);
    case 'key-reused':
      return refused(problemOf('key-reused', { field: answer.field }));
    case 'refused':
      return refusedAs(answer.code);
  }
}

const look: Handler = async (_, parts, call) => {
  const refusal = refuseKind(call, 'payment');
  if (refusal !== null) return refused(refusal);
  const body = parseBody(call.body, billInquiryBody);
  if (!('value' in body)) return refused(body);
  const { localTime, ...trace } = body.value;
  const payment = await parts.bills.look(call.terminal, { ...trace, localTime: localTime.replace('T', ' ') });
  return payment === null ? refused(problemOf('original-not-found')) : paymentAnswer(payment, false);
};

function paymentAnswer(payment: Payment, replay: boolean): Answered {
  const headers: Record<string, string> = replay ? { 'idempotent-replayed': 'true' } : {};
  // The words of clearing and of the bill rules: what they decline with stands in the catalogue.
  if (payment.state === 'declined')
    return { response: problemResponse(problemOf(payment.refusal as Refusal), headers) };
  if (payment.state === 'abandoned')
    return { response: problemResponse(problemOf('bill-abandoned'), headers) };
  const { cardAccountId, entryId, returnEntryId, state } = payment;
  const named = (id: bigint | null) => (id === null ? null : formatTransactionId({ cardAccountId, id }));
  const body = {
    status: state === 'written-off' || state === 'returned' ? state : 'in-progress',
    transactionId: named(entryId),
    returnTransactionId: named(returnEntryId),
    billNumber: payment.billNumber,
    amount: fenToJson(payment.amountFen),
    currency: 'CNY',
    reason: payment.reason,
  };
  // A request that is still under way may be asked about again with the same signature.
  return { response: json(body, headers), undecided: body.status === 'in-progress' };
}

function json(body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** The kept file; the schedule makes it once the day is closed and its payments have come to their end. */
async function dayFile(c: HttpContext, parts: HttpParts): Promise<Response> {
  const bearer = await admitRole(c, parts, ['finance', 'auditor', 'participant']);
  if ('code' in bearer) return problemResponse(bearer);
  const [id, date] = [c.req.param('id') ?? '', c.req.param('date') ?? ''];
  if (!/^[1-9]\d{0,5}$/.test(id)) return problemResponse(problemOf('not-found'));
  if (bearer.role === 'participant' && bearer.subjectId !== BigInt(id))
    return problemResponse(problemOf('not-yours'));
  if (Number.isNaN(dayNumber(date))) return problemResponse(problemOf('day-unknown'));
  const file = await readDayFile(parts.session, Number(id), date);
  if (file === null) return problemResponse(problemOf(await whyNoFile(parts, date)));
  const breaks = await readBreaks(parts.session, Number(id), date);
  return json({
    utility: file.utilityId,
    businessDate: date,
    digest: file.digestHex,
    lineCount: file.lineCount,
    amount: fenToJson(file.amountFen),
    ledgerAmount: fenToJson(file.ledgerFen),
    difference: fenToJson(file.ledgerFen - file.amountFen),
    sentAt: file.sentAt?.toISOString() ?? null,
    breaks: breaks.map(({ reference, kind, amountFen }) => ({
      reference,
      kind,
      amount: fenToJson(amountFen),
    })),
    file: file.content,
  });
}

async function whyNoFile(parts: HttpParts, date: string): Promise<ProblemCode> {
  const day = await findBusinessDay(parts.session, date);
  if (day === null) return 'day-unknown';
  return day.closedAt === null ? 'day-not-closed' : 'day-file-not-ready';
}

import { URI } from 'otpauth';
import { cardNumber } from '#demo/hainan.ts';
import type { DemoSignIns } from '#demo/sign-ins.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { RouteCaller } from '#testing/http/who-may-call.ts';
import type { Caller } from './callers.ts';
import type { Exchange, Fields, Teller } from './exchange.ts';
import { usePartnerApi } from './partner-story.ts';
import type { Draft } from './requests/generate.ts';
import type { Known } from './requests/known.ts';
import { terminals } from './requests/town.ts';
import type { Answer } from './wire.ts';

export interface StoryTools {
  readonly exchange: Exchange;
  readonly callers: readonly Caller[];
  readonly known: Known;
  readonly signIns: DemoSignIns;
  /** Told of what was not answered as it should be. */
  readonly say: (line: string) => void;
}

interface Call {
  readonly method: string;
  readonly target: string;
  readonly body?: object | string;
  readonly terminalId?: number;
}

function draftOf({ method, target, body, terminalId = terminals.shops }: Call): Draft {
  const isText = typeof body === 'string';
  const type = isText ? 'text/csv' : 'application/json';
  const bytes = Buffer.from(isText ? body : JSON.stringify(body ?? null));
  const isBare = body === undefined;
  return { method, target, terminalId, value: body, body: isBare ? null : bytes, type: isBare ? null : type };
}

const fieldsOf = (answer: Answer | null): Fields => (answer?.json ?? {}) as Fields;

function tellerOf({ exchange, callers, known, say }: StoryTools): Teller {
  const callerOf = (name: RouteCaller) => callers.find((caller) => caller.name === name) as Caller;
  const send = async (as: RouteCaller, call: Call) => {
    const sent = draftOf(call);
    const manner = { caller: callerOf(as), label: 'story' };
    let answer = await exchange.send(sent, manner);
    // Whoever changed a password has to sign in anew.
    if (answer?.status === 401) answer = await exchange.send(sent, manner);
    if (answer?.status !== 200)
      say(
        `not as in the story: ${call.method} ${call.target} → ${answer?.status} ${answer?.text.slice(0, 300)}`,
      );
    return fieldsOf(answer);
  };
  return {
    pick: (name, choice = 1) => known.pick(name, choice),
    read: (as, target) => send(as, { method: 'GET', target }),
    post: (as, target, body) => send(as, { method: 'POST', target, ...(body === undefined ? {} : { body }) }),
    postAt: (terminalId, target, body) => send('terminal', { method: 'POST', target, body, terminalId }),
  };
}

/** Comes to every route once with what it takes, so that each answers as it should at least once. */
export async function tellStory(tools: StoryTools): Promise<void> {
  const teller = tellerOf(tools);
  await post(teller);
  await beTreated(teller);
  await payBills(teller);
  await sitAtCounter(teller);
  await useOwnCard(teller);
  await signIn(teller, tools.signIns);
  await administer(teller);
  await payOut(teller);
  await readAll(teller);
}

const trace = ({ pick }: Teller) => ({
  batchNumber: 1,
  traceNumber: pick('traceNumber'),
  localTime: pick('localTime'),
});
const money = (amount: number) => ({ amount, currency: 'CNY' });

const purchase = (teller: Teller, amount = 100) => ({
  ...{ sector: 'shops', cardNumber: teller.pick('cardNumber'), ...money(amount) },
  ...trace(teller),
});

/** Terminals post everything that they can. */
async function post(teller: Teller): Promise<void> {
  const pay = async () => {
    const body = purchase(teller);
    const { transactionId } = await teller.post('terminal', '/v1/transactions', body);
    return { body, transactionId };
  };
  const first = await pay();
  await teller.post('terminal', `/v1/transactions/${first.transactionId}/refunds`, {
    ...money(10),
    ...trace(teller),
  });
  const second = await pay();
  await teller.post('terminal', `/v1/transactions/${second.transactionId}/void`, trace(teller));
  await teller.post('terminal', '/v1/reversals', (await pay()).body);
  const hold = async () => (await teller.post('terminal', '/v1/holds', purchase(teller)))['transactionId'];
  const captured = await hold();
  await teller.post('terminal', `/v1/holds/${captured}/captures`, { ...money(30), ...trace(teller) });
  await teller.post('terminal', `/v1/holds/${await hold()}/void`, trace(teller));
  const lines = [1, 2].map((line) => ({
    ...purchase(teller),
    idempotencyKey: `story-${line}-${Date.now()}`,
  }));
  await teller.post('terminal', '/v1/transactions/batch', { transactions: lines });
  await teller.post('terminal', '/v1/card-inquiries', { cardNumber: teller.pick('cardNumber') });
  await teller.post('terminal', '/v1/hot-list', {});
}

async function beTreated(teller: Teller): Promise<void> {
  const at = (path: string, body: object) => teller.postAt(terminals.hospital, `/v1/medical/${path}`, body);
  const legs = { total: 335, fund: 200, personalAccount: 60, mutualAid: 10, cash: 15, ...money(110) };
  // Every other card has a medical purse.
  const card = teller.pick('cardNumber', 2);
  await at('pre-settlements', { cardNumber: card, ...legs });
  const settle = async () => {
    const messageId = teller.pick('messageId');
    await at('settlements', { messageId, cardNumber: card, ...legs, localTime: teller.pick('localTime') });
    return messageId;
  };
  const originalMessageId = await settle();
  const messageId = teller.pick('messageId');
  await at('settlements/cancellations', { messageId, originalMessageId, cardNumber: card, amount: 110 });
  await at('reversals', { originalMessageId: await settle(), cardNumber: card, amount: 110 });
}

async function payBills(teller: Teller): Promise<void> {
  const whose = { utility: 400_001, customerNumber: '1000000001' };
  const asked = await teller.postAt(terminals.agent, '/v1/bill-queries', whose);
  const [bill] = (asked['bills'] ?? []) as { billNumber: string; due: number }[];
  const named = trace(teller);
  const body = { cardNumber: teller.pick('cardNumber'), ...whose, billNumber: bill?.billNumber };
  await teller.postAt(terminals.agent, '/v1/bill-payments', { ...body, ...money(bill?.due ?? 1), ...named });
  await teller.postAt(terminals.agent, '/v1/bill-payments/inquiries', named);
}

const reason = 'as the document says';

/** A card from application to replacement, and what else is asked at the counter. */
async function sitAtCounter(teller: Teller): Promise<void> {
  const { pick } = teller;
  const person = { idNumber: pick('idNumber', 280), name: '甲测试', product: 'standard' };
  const { applicationId } = await teller.post('operator', '/v1/card-applications', { ...person, reason });
  const number = pick('newCardNumber');
  const issued = { applicationId, cardNumber: number, reason };
  const { cardId } = await teller.post('operator', '/v1/cards', issued);
  const secrets = { queryPassword: '246813', paymentPin: '135790' };
  await teller.post('operator', `/v1/cards/${cardId}/activation`, { ...secrets, reason });
  await teller.post('operator', '/v1/sign-in-locks/release', { cardNumber: number });
  await teller.post('operator', '/v1/query-password-resets', { cardNumber: number });
  await teller.post('operator', '/v1/pin-locks/release', { cardNumber: number });
  await teller.post('operator', '/v1/card-searches', { cardNumber: number });
  await teller.read('auditor', `/v1/cards/${cardId}`);
  await teller.post('operator', `/v1/cards/${cardId}/steps`, { step: 'report-loss', reason });
  const next = { cardNumber: pick('newCardNumber'), active: true, reason };
  await teller.post('operator', `/v1/cards/${cardId}/replacement`, next);
  const charged = await teller.post('terminal', '/v1/transactions', purchase(teller));
  await teller.post('operator', '/v1/compensations', {
    ...{ transactionId: charged['transactionId'], amount: 5, reason: 'overcharged' },
  });
  await teller.post('operator', '/v1/card-accounts/1000030/concessions', {
    ...{ category: 'student', from: hainanDay(Date.now()), reason },
  });
  await teller.post('operator', '/v1/card-accounts/1000040/bank-bindings', {
    ...{ bankParticipantId: 300_001, accountNumber: '9100000000040', consentVersion: '2026-01' },
  });
}

/** A holder loads, agrees to be topped up, changes secrets, and reports the card lost. */
async function useOwnCard(teller: Teller): Promise<void> {
  const mine = (path: string, body?: object) => teller.post('holder', `/v1/card-accounts/mine/${path}`, body);
  const { loadId } = await mine('loads', { ...money(100), purse: 'online' });
  await teller.read('holder', `/v1/card-accounts/mine/loads/${loadId}`);
  const consent = { threshold: 500, amount: 1_000, currency: 'CNY', consentVersion: '2026-01' };
  await mine('auto-top-up', consent);
  await teller.read('holder', '/v1/card-accounts/mine/auto-top-up');
  await mine('auto-top-up/revocation');
  await mine('payment-pin', { password: '246813', pin: '246801' });
  await mine('query-password', { old: '246813', new: '135246' });
  await mine('loss-reports', { kind: 'temporary' });
}

async function signIn(teller: Teller, { staff }: DemoSignIns): Promise<void> {
  await teller.post('nobody', '/v1/holder-sign-ins', { cardNumber: cardNumber(10), password: '246813' });
  const { name, password, otpauthUri } = staff.find(
    ({ role }) => role === 'administrator',
  ) as (typeof staff)[0];
  const totp = URI.parse(otpauthUri);
  const code = 'period' in totp ? totp.generate() : '';
  await teller.post('nobody', '/v1/staff-sign-ins', { name, password, code });
  await teller.post('administrator', '/v1/staff/mine/password', {
    ...{ old: password, new: 'Fuzz-Client-7-of-the-run' },
  });
  await teller.post('operator', '/v1/sign-outs');
}

async function administer(teller: Teller): Promise<void> {
  const somebody = { name: 'fuzz.person', displayName: '测试员', role: 'auditor' };
  const { staffId } = await teller.post('administrator', '/v1/staff', somebody);
  await teller.read('administrator', '/v1/staff');
  await teller.post('administrator', `/v1/staff/${staffId}/lock`);
  await teller.post('administrator', `/v1/staff/${staffId}/reset`);
  const { apiKeyId } = await teller.post('administrator', '/v1/api-keys', { participantId: 100_002 });
  await teller.read('administrator', '/v1/api-keys?participantId=100002');
  await teller.post('administrator', `/v1/api-keys/${apiKeyId}/revocation`);
  await teller.post('administrator', '/v1/utilities', {
    ...{ utility: 400_003, terminalId: 4_000_039, baseUrl: 'http://127.0.0.1:9', active: true, reason },
    ...{ queryTimeoutMs: 500, writeOffTimeoutMs: 500 },
  });
}

/** A subsidy from the list to the correction, and one that is withdrawn. */
async function payOut(teller: Teller): Promise<void> {
  const { pick } = teller;
  const programme = { code: 'fuzz-aid', name: '测试补贴', nameEn: 'Fuzz Aid', purse: 'subsidy' };
  const agency = { participantId: 600_001, terminalId: 6_000_011, perLineMax: 100_000, publicationDays: 0 };
  await teller.post('operator', '/v1/subsidy-programmes', { ...programme, ...agency });
  const list = async (period: string, idNumber: unknown) =>
    teller.post(
      'operator',
      `/v1/subsidy-programmes/fuzz-aid/batches?period=${period}`,
      `line,idNumber,name,amount\n1,${idNumber},甲测试,500\n2,${pick('idNumber', 299)},乙测试,500\n`,
    );
  const withdrawn = (await list('2026-01', pick('idNumber', 280)))['batchId'];
  await teller.post('operator', `/v1/subsidy-batches/${withdrawn}/withdrawal`, { reason });
  const { batchId } = await list('2026-02', pick('idNumber', 280));
  const step = (as: RouteCaller, name: string, body?: object | string) =>
    teller.post(as, `/v1/subsidy-batches/${batchId}/${name}`, body);
  await step('operator', 'publication');
  await step('operator', 'proposal');
  await step('finance', 'decision', { decision: 'approved', reason });
  await step('operator', 'run');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await step('operator', 'corrections', `line,idNumber,name,amount\n2,${pick('idNumber', 281)},甲测试,500\n`);
  for (const as of ['participant', 'auditor'] as const) {
    await teller.read(as, '/v1/subsidy-programmes');
    await teller.read(as, '/v1/subsidy-batches?limit=5');
    await teller.read(as, `/v1/subsidy-batches/${batchId}`);
    await teller.read(as, `/v1/subsidy-batches/${batchId}/lines?format=json`);
    await teller.read(as, `/v1/subsidy-batches/${batchId}/lines?format=csv`);
  }
}

const anybody = ['/healthz', '/readyz', '/metrics', '/openapi.json', '/problems'];

async function readAll(teller: Teller): Promise<void> {
  for (const what of ['balances', 'history?limit=5', 'riding', 'subsidies?limit=5'])
    await teller.read('holder', `/v1/card-accounts/mine/${what}`);
  const { businessDate } = await teller.read('finance', '/v1/business-days/current');
  await teller.read('finance', `/v1/business-days/${businessDate}/nets?format=csv`);
  await teller.post('finance', `/v1/business-days/${businessDate}/close`);
  await teller.read('auditor', `/v1/business-days/${businessDate}/nets`);
  await teller.read('participant', `/v1/participants/mine/days/${businessDate}`);
  await usePartnerApi(teller, businessDate);
  await teller.read('finance', '/v1/terminal-batches?limit=5');
  await teller.read('auditor', '/v1/audit-events?limit=5');
  await teller.read('operator', '/v1/load-orders/failed');
  for (const path of anybody) await teller.read('nobody', path);
}

const triesMax = 60;
const waitMs = 1_000;
/** Made by the service in its own time: the file of a day after it was closed, and the first look at the books. */
const madeLater = ['/v1/utilities/400001/day-files/', '/v1/books'];

/** Waits for what is made later than it was asked for; the day that the story closed is the first. */
export async function readWhatIsMade(tools: StoryTools): Promise<void> {
  const teller = tellerOf({ ...tools, say: () => undefined });
  for (const path of madeLater) {
    const target = path.endsWith('/') ? `${path}${tools.known.pick('closedDate', 0)}` : path;
    for (let tries = 0; tries < triesMax; tries++) {
      if ((await teller.read('finance', target))['code'] === undefined) break;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

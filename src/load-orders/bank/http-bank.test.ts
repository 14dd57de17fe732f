import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseSignature } from '#terminals/rules/signature.ts';
import { httpBank } from './http-bank.ts';

const key = Buffer.alloc(32, 7);
const asked = { reference: 'LO17', accountNumber: '9100000000001', amountFen: 5_000n };
const echo = { reference: 'LO17', amount: 5_000, currency: 'CNY' };
let answer: (outgoing: ServerResponse, incoming: IncomingMessage, body: Buffer) => void;
const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  answer(outgoing, incoming, Buffer.concat(chunks));
});
let address = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const bank = () => httpBank({ address, clientId: 46, key, timeoutMs: 300 });
const says = (status: number, body: unknown) => {
  answer = (outgoing) =>
    outgoing.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
};

test('an answer that names the debit again is taken as it is; a reason that we do not know is still a refusal', async () => {
  says(200, { status: 'done', ...echo });
  expect(await bank().debit(asked)).toEqual({ status: 'done' });
  says(200, { status: 'refused', reason: 'account-closed', ...echo });
  expect(await bank().debit(asked)).toEqual({ status: 'refused', reason: 'account-closed' });
  says(200, { status: 'refused', reason: 'the moon is full', ...echo });
  expect(await bank().debit(asked)).toEqual({ status: 'refused', reason: 'bank-refused' });
  says(200, { status: 'never-debited', ...echo });
  expect(await bank().inquire(asked)).toEqual({ status: 'never-debited' });
});

test.for([
  ['another reference', 200, { status: 'done', ...echo, reference: 'LO18' }],
  ['another amount', 200, { status: 'done', ...echo, amount: 5_001 }],
  ['another currency', 200, { status: 'done', ...echo, currency: 'USD' }],
  ['another word', 200, { status: 'perhaps', ...echo }],
  ['a field too many', 200, { status: 'done', ...echo, surprise: 1 }],
  ['another status', 202, { status: 'done', ...echo }],
  ['an error that looks like an answer', 500, { status: 'refused', reason: 'account-closed', ...echo }],
  ['no JSON', 200, '<html>Welcome</html>'],
  ['nothing', 200, ''],
  ['more than any answer', 200, JSON.stringify({ status: 'done', ...echo }) + ' '.repeat(5_000)],
] as const)('an answer with %s is no answer: nobody knows what the bank did', async ([, status, body]) => {
  says(status, body);
  expect(await bank().debit(asked)).toEqual({ status: 'unknown' });
});

test('a redirect is not followed, a body that trickles is given up in time, and an address without a bank is unknown', async () => {
  answer = (outgoing) => outgoing.writeHead(307, { location: `${address}/elsewhere` }).end();
  expect(await bank().refund(asked)).toEqual({ status: 'unknown' });
  answer = (outgoing) => void outgoing.writeHead(200).write('{"status":');
  const startedAtMs = performance.now();
  expect(await bank().debit(asked)).toEqual({ status: 'unknown' });
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  const nowhere = httpBank({ address: 'http://127.0.0.1:1', clientId: 46, key, timeoutMs: 300 });
  expect(await nowhere.debit(asked)).toEqual({ status: 'unknown' });
});

test('what is asked is signed over its path, its reference and its body', async () => {
  let refusal: string | null = 'not asked';
  answer = (outgoing, incoming, body) => {
    const header = (name: string) => String(incoming.headers[name]);
    refusal = refuseSignature(
      key,
      {
        method: 'POST',
        path: '/v1/debits',
        time: header('request-time'),
        key: 'LO17',
        body,
        signature: header('request-signature'),
      },
      Date.now(),
    );
    expect(JSON.parse(body.toString())).toEqual({ ...echo, accountNumber: asked.accountNumber });
    outgoing.writeHead(200).end(JSON.stringify({ status: 'done', ...echo }));
  };
  expect(await bank().debit(asked)).toEqual({ status: 'done' });
  expect(refusal).toBeNull();
});

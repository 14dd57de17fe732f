import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPaymentPin } from '#access/payment-pin.ts';
import { systemActor } from '#audit/rules/event.ts';
import { listenerOf } from '#channels/pos/listeners/read-listeners.ts';
import { messageAnswerer } from '#channels/pos/message-answer.ts';
import { servePos } from '#channels/pos/serve-pos.ts';
import { openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { cardNumber, cardRef, merchantTerminal } from '#testing/town.ts';
import { perform, takeBack } from './careful.ts';
import { NoAnswer, openLine, type PosAddress } from './pos-line.ts';
import { openTerminal } from './pos-terminal.ts';
import { openPosTown, type PosTown } from './pos-town.ts';
import { freshState, type TerminalState } from './terminal-state.ts';

type Said = Parameters<typeof listenerOf>[0];

const pin = '135790';
let database: TestDatabase;
let house: PosTown;
const stops: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openPosTown(database.url, { merchants: 12 });
  await setPaymentPin(house.owner, house.parts.secrets, { ...cardRef(0), pin, actor: systemActor });
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  await house?.close();
  await database?.drop();
});

/** A terminal of its own at a listener of its own. */
async function openTill(
  merchant: number,
  said: Omit<Said, 'name' | 'port'>,
  over: {
    readonly form?: '001' | '003' | '004';
    readonly tls?: PosAddress['tls'];
    readonly state?: TerminalState;
  } = {},
) {
  const listener = listenerOf({ ...said, name: 'town', port: 0 });
  const log = openLog('silent');
  const served = await servePos({
    listener,
    answer: messageAnswerer(house.pos, listener),
    log,
    metrics: createMetrics(),
  });
  stops.push(() => served.stop());
  const address = {
    host: '127.0.0.1',
    port: served.port,
    ...(over.tls === undefined ? {} : { tls: over.tls }),
  };
  const { codec, framing, mac } = listener;
  const line = openLine({ address: () => address, framing, codec });
  stops.push(() => line.close());
  const terminalId = merchantTerminal(merchant);
  const state = over.state ?? freshState({ terminalId, participantId: merchant, firstTrace: 1 });
  const terminal = openTerminal({
    ...{ line, codec, state, mac, form: over.form ?? '003', sendsTime: merchant % 2 === 0 },
    masterKey: house.masterKeyOf(terminalId),
    timeoutMs: () => 10_000,
    save: () => undefined,
  });
  return { terminal, state, line };
}

const plain = { dialect: 'unionpay-pos', framing: 'unionpay-pos', mac: 'cup-ecb' } as const;
const order = { cardNumber: cardNumber(0), amountFen: 500n };

describe('a terminal keeps a day', () => {
  test.for([
    ['UnionPay’s own', 1, plain, '003'],
    ['keys of single length', 2, plain, '001'],
    ['a track key too', 3, plain, '004'],
    ['field 62 as text', 10, { ...plain, dialect: 'cup-bcd' }, '003'],
    [
      'text, a binary bitmap and X9.19',
      4,
      { dialect: 'ascii-binmap', framing: 'nac-tpdu', mac: 'x9.19' },
      '003',
    ],
    ['nothing but text', 5, { dialect: 'ascii-hexmap', framing: 'ascii4', mac: 'cup-ecb' }, '003'],
    ['EBCDIC', 6, { dialect: 'ebcdic', framing: 'base24tcp', mac: 'x9.19' }, '003'],
    ['SM4', 7, { ...plain, mac: 'sm4' }, '003'],
  ] as const)(
    'with %s: it pays, gives back, holds, reverses, and its totals are ours',
    async ([, merchant, said, form]) => {
      if (said.mac === 'sm4') await house.giveSm4Key(merchantTerminal(merchant));
      const { terminal, state } = await openTill(merchant, said, { form });
      const { entry } = await perform(terminal, 'payment', { ...order, pin });
      expect(entry.code).toBe('00');
      expect((await terminal.echo()).code).toBe('00');
      const many = await Promise.all(
        [1n, 2n, 3n].map((fen) => perform(terminal, 'payment', { ...order, amountFen: fen })),
      );
      expect(many.map(({ answer }) => answer?.code)).toEqual(['00', '00', '00']);
      const refund = await perform(terminal, 'refund', { ...order, amountFen: 200n, original: entry });
      const hold = await perform(terminal, 'authorise', order);
      const taken = await perform(terminal, 'capture', { ...order, amountFen: 300n, original: hold.entry });
      const wrong = await perform(terminal, 'payment', { ...order, amountFen: 70n });
      expect([refund, hold, taken, wrong].map(({ answer }) => answer?.code)).toEqual([
        '00',
        '00',
        '00',
        '00',
      ]);
      expect(await takeBack(terminal, wrong.entry)).toBe(true);
      const asked = await terminal.balance({ cardNumber: order.cardNumber, pin });
      expect([asked.code, asked.fields[54]?.length]).toEqual(['00', 20]);
      expect(await terminal.settle()).toBe('balanced');
      expect((await terminal.signOff()).code).toBe('00');
      expect([state.batchNumber, state.entries, state.keys]).toEqual([2, [], null]);
    },
  );

  test('over TLS', async () => {
    const tls = { certificate: pem('server.pem'), key: pem('server.key') };
    const { terminal } = await openTill(
      8,
      { ...plain, tls },
      { tls: { ca: readFileSync(pem('authority.pem')), servername: 'localhost' } },
    );
    expect((await perform(terminal, 'payment', order)).entry.code).toBe('00');
  });
});

test('over TLS, with the certificate that its listener asks for, and not with that of another authority', async () => {
  const tls = {
    certificate: pem('server.pem'),
    key: pem('server.key'),
    clientAuthority: pem('authority.pem'),
  };
  const shownBy = (name: string) => ({
    ca: readFileSync(pem('authority.pem')),
    cert: readFileSync(pem(`${name}.pem`)),
    key: readFileSync(pem(`${name}.key`)),
  });
  const own = await openTill(11, { ...plain, tls }, { tls: shownBy('terminal') });
  expect((await perform(own.terminal, 'payment', order)).entry.code).toBe('00');
  const other = await openTill(11, { ...plain, tls }, { tls: shownBy('stranger') });
  await expect(other.terminal.signOn()).rejects.toThrow(NoAnswer);
});

const pem = (name: string) => new URL(`../../../fixtures/tls/${name}`, import.meta.url).pathname;

describe('a terminal that was cut off', () => {
  test('goes on over another connection, and takes back what it had open when it died', async () => {
    const { terminal, state, line } = await openTill(9, plain);
    await terminal.signOn();
    const entry = terminal.begin('payment', order);
    const sent = terminal.send(entry);
    await setImmediate();
    line.hangUp();
    await sent.catch(() => undefined);
    const kept = JSON.parse(
      JSON.stringify({ ...state, entries: [{ ...entry, code: null }] }),
    ) as TerminalState;
    const after = await openTill(9, plain, { state: kept });
    const [open] = kept.entries;
    if (open === undefined) throw new Error('nothing was kept');
    expect(await takeBack(after.terminal, open)).toBe(true);
    expect((await after.terminal.send(open, true)).code).toMatch(/00|22/);
    await perform(after.terminal, 'payment', order);
    expect(await after.terminal.settle()).toBe('balanced');
  });
});

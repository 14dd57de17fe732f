import { afterAll, beforeAll, expect, test } from 'vitest';
import { setPaymentPin } from '#access/payment-pin.ts';
import { systemActor } from '#audit/rules/event.ts';
import { openLog } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openPosTown, type PosTown, type TownTerminal } from '#testing/pos/pos-town.ts';
import { cardNumber, cardRef, merchantTerminal } from '#testing/town.ts';

let database: TestDatabase;
let house: PosTown;
let till: TownTerminal;
const lines: string[] = [];
const pin = '135790';
const place = { 41: String(merchantTerminal(1)), 42: '1'.padStart(15, '0') };
/** Secrets of other kinds, each in the field where it belongs and in one where it does not. */
const chip = '9F2608A1B2C3D4E5F607189F3602ABCD';
const discretionary = '30122061234567890';
const typedName = 'CARDHOLDER ZHANG SAN';

beforeAll(async () => {
  database = await createTestDatabase();
  const log = openLog('info', { write: (line: string) => lines.push(line) });
  house = await openPosTown(database.url, { log, listener: { logMessages: true } });
  await setPaymentPin(house.owner, house.parts.secrets, { ...cardRef(0), pin, actor: systemActor });
  till = await house.terminal(merchantTerminal(1));
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const parsed = () =>
  lines.map((line) => JSON.parse(line) as { msg: string; fields: Record<string, unknown> });

test('each message is one line that says who asked, what, and what was answered', async () => {
  lines.length = 0;
  const paid = till.begin('payment', { cardNumber: cardNumber(0), amountFen: 100n, pin });
  expect((await till.send(paid)).code).toBe('00');
  const [line, ...more] = parsed().filter(({ msg }) => msg === 'a message');
  expect(more).toEqual([]);
  expect(line?.fields).toMatchObject({
    ...{
      listener: 'town',
      mti: '0200',
      terminalId: merchantTerminal(1),
      trace: paid.trace,
      responseCode: '00',
      refusal: null,
    },
    ...{ durationMs: expect.any(Number), asked: expect.any(Array), answered: expect.any(Array) },
  });
  expect(JSON.stringify(line?.fields['asked'])).toContain('F3 ');
  expect(line?.fields).not.toHaveProperty('field');
});

const sale = {
  ...{ 2: cardNumber(0), 3: '000000', 4: '000000000100', 11: '008001' },
  ...{ 49: '156', 60: '22000001000500', ...place },
};

test.each([
  ['terminal-unknown', undefined, { 41: '19999999' }],
  ['merchant-wrong', undefined, { 42: '2'.padStart(15, '0') }],
  ['not-supported', undefined, { 3: '010000' }],
  ['card-unknown', undefined, { 2: '6228480402564890' }],
  ['batch-mismatch', undefined, { 60: '22000009000500' }],
  ['format', 2, { 2: undefined }],
  ['format', 11, { 11: undefined }],
  ['format', 13, { 13: '1399' }],
  ['format', 35, { 35: '6228480402564890=3012' }],
  ['format', 57, { 57: 'line' }],
  ['format', 60, { 60: '22' }],
])('a line says why a message was refused: %s, field %o', async (refusal, field, changed) => {
  lines.length = 0;
  await till.tell({ mti: '0200', fields: { ...sale, ...changed } });
  const [line] = parsed().filter(({ msg }) => msg === 'a message');
  expect(line?.fields['refusal']).toBe(refusal);
  expect(line?.fields['field']).toBe(field);
});

test('a line says the field of a message that cannot be read', async () => {
  lines.length = 0;
  const whole = house.codec.encode({ mti: '0200', fields: sale });
  await house.answer(whole.subarray(0, whole.length - 1));
  const [line] = parsed().filter(({ msg }) => msg === 'a message');
  expect(line?.fields).toMatchObject({ refusal: 'format', field: 60, responseCode: '30' });
});

test('no card number, track, PIN, key, MAC or chip data stands in the log, whatever is sent', async () => {
  lines.length = 0;
  const card = cardNumber(0);
  const secrets = [card, card.slice(1), pin, chip, discretionary, typedName];
  const orders = [
    { cardNumber: card, amountFen: 100n, pin },
    { cardNumber: card, amountFen: 100n, pin: '999999' },
    { cardNumber: card, amountFen: 100n, track2: `${card}=${discretionary}` },
  ];
  for (const order of orders) await till.send(till.begin('payment', order));
  await till.balance({ cardNumber: card, pin });
  const fields = {
    2: card,
    3: '000000',
    4: '000000000100',
    11: '009001',
    49: '156',
    60: '22000001000500',
    ...place,
  };
  const asked = [
    { mti: '0200', fields: { ...fields, 55: chip, 63: typedName } },
    { mti: '0200', fields: { ...fields, 11: '009002', 57: card, 62: card, 44: 'X'.repeat(5) } },
    { mti: '0200', fields: { ...fields, 11: '009003', 41: card.slice(0, 8), 42: card.slice(0, 15) } },
    { mti: '0600', fields },
  ];
  const answers = [];
  for (const message of asked.slice(0, 3)) answers.push(await till.tell(message));
  await house.answer(house.codec.encode({ mti: '0600', fields }));
  const whole = house.codec.encode({ mti: '0200', fields });
  for (const end of [whole.length - 1, 30, 20]) await house.answer(whole.subarray(0, end));
  await till.signOn();
  const { keys } = till.state;
  const hex = [
    house.masterKeyOf(merchantTerminal(1)),
    ...[keys?.pin ?? 'none', keys?.mac ?? 'none'],
    ...answers.map(({ fields: answer }) => answer[64] ?? 'none'),
  ];
  const text = lines.join('\n');
  expect(parsed().filter(({ msg }) => msg === 'a message').length).toBeGreaterThan(10);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(hex.filter((secret) => text.toLowerCase().includes(secret.toLowerCase()))).toEqual([]);
  expect(text).not.toMatch(/\d{13}/);
});

test('a listener that does not log its messages writes them only where everything is written', async () => {
  const quiet: string[] = [];
  const other = await createTestDatabase();
  const log = openLog('info', { write: (line: string) => quiet.push(line) });
  const town = await openPosTown(other.url, { log });
  await town.terminal(merchantTerminal(1));
  expect(quiet.filter((line) => line.includes('a message'))).toEqual([]);
  await town.close();
  await other.drop();
});

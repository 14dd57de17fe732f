import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageAnswerer } from '#channels/pos/message-answer.ts';
import { type Clearing, openClearing } from '#clearing/open.ts';
import { type Fields, isFormatError, type Message } from '#iso8583/message.ts';
import { openPool, type Pool } from '#platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { verify } from '#settlement/verify.ts';
import { houseProofs } from '#start/commands/books/house-proofs.ts';
import { openPosTown, type PosTown, type TownTerminal } from '#testing/pos/pos-town.ts';
import { macAt } from '#testing/pos/terminal-keys.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';
import { posParts } from './parts.ts';

const rounds = 12;

let database: TestDatabase;
let house: PosTown;
let till: TownTerminal;
let pool: Pool;
let clearing: Clearing;
/** A second instance on the same books. */
let answerThere: (bytes: Uint8Array) => Promise<Buffer | null>;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openPosTown(database.url, { cards: 8 });
  pool = openPool(database.url, 6);
  const nothing = () => undefined;
  const watch = { groupCleared: nothing, groupRunAgain: nothing, answeredEarly: nothing, fault: nothing };
  const limits = { lanes: 2, groupSizeMax: 512, queueLengthMax: 8_192 };
  const times = { requestTimeoutMs: 10_000, groupTimeoutMs: 10_000 };
  clearing = await openClearing({ url: database.url, pool, watch, ...limits, ...times });
  const there = { name: 'there', codec: house.codec, mac: 'cup-ecb', logMessages: false } as const;
  const answer = messageAnswerer(posParts({ ...house.parts, clearing }), there);
  answerThere = async (bytes) => (await answer(bytes)).body;
  till = await house.terminal(merchantTerminal(1));
});
afterAll(async () => {
  await clearing?.close();
  await pool?.end();
  await house?.close();
  await database?.drop();
});

let traces = 500;
const fen = (amount: number) => String(amount).padStart(12, '0');
const placeOf = (merchant: number): Fields => ({
  41: String(merchantTerminal(merchant)),
  42: String(merchant).padStart(15, '0'),
});

/** A message of merchant 1 about a card, in a form (60.1) of batch 1. */
function message(
  mti: string,
  code: string,
  over: { readonly form: string; readonly fields: Fields },
): Message {
  traces += 1;
  const fields = { 3: code, 11: String(traces).padStart(6, '0'), 49: '156', 60: `${over.form}000001000500` };
  return { mti, fields: { ...fields, ...placeOf(1), ...over.fields } };
}
const purchase = (card: number, fields: Fields = {}) =>
  message('0200', '000000', { form: '22', fields: { 2: cardNumber(card), 4: fen(300), ...fields } });

function read(bytes: Buffer | null): Fields {
  const answer = house.codec.decode(bytes ?? Buffer.alloc(0));
  if (isFormatError(answer)) throw new Error('an answer that cannot be read');
  return answer.fields;
}
const here = async (asked: Message): Promise<Fields> => (await till.tell(asked)).fields;
async function there({ mti, fields }: Message): Promise<Fields> {
  const bytes = house.codec.encode({ mti, fields: { ...fields, 64: '0'.repeat(16) } });
  const start = house.codec.macStart(bytes) ?? 0;
  if (till.state.keys === null) throw new Error('the terminal is not signed on');
  bytes.set(macAt(till.state.keys, bytes, start), start);
  return read(await answerThere(bytes));
}
const unsigned = async (asked: Message, answer: (bytes: Uint8Array) => Promise<Buffer | null>) =>
  read(await answer(house.codec.encode(asked)));

/** What the card has to spend more or less after this than before. */
async function changeOf(card: number, act: () => Promise<unknown>): Promise<bigint> {
  const spendable = async () => {
    const { rows } = await house.owner.run(
      {
        name: 'test-spendable',
        text: 'select sum(balance_fen - held_fen)::bigint from ledger.accounts where owner_id = $1',
      },
      [cardRef(card).cardAccountId],
    );
    return rows[0]?.[0] as bigint;
  };
  const before = await spendable();
  await act();
  return (await spendable()) - before;
}
async function soon<T>(act: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  return act();
}

test('the same purchase on ten connections of two instances and by HTTP is paid once', async () => {
  for (let round = 0; round < rounds; round++) {
    const asked = purchase(0, { 12: '083000', 13: '1122' });
    const byHttp = {
      ...{ sector: 'shops', cardNumber: cardNumber(0), amount: 300, currency: 'CNY', batchNumber: 1 },
      ...{ traceNumber: Number(asked.fields[11]), localTime: `${town.firstDay}T08:30:00` },
    };
    const change = await changeOf(0, async () => {
      const ten = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? here(asked) : there(asked)));
      const posted = [house.post('/v1/transactions', byHttp), house.post('/v1/transactions', byHttp)];
      const references = new Set((await Promise.all(ten)).map((fields) => `${fields[39]} ${fields[37]}`));
      expect(references.size).toBe(1);
      for (const { json } of await Promise.all(posted)) expect(json).toMatchObject({ status: 'approved' });
    });
    expect(change).toBe(-300n);
  }
});

test('a purchase and its reversals, whichever comes first and wherever, leave nothing', async () => {
  for (let round = 0; round < rounds; round++) {
    const asked = purchase(1);
    const reversal = { mti: '0400', fields: { ...asked.fields, 39: '98' } };
    const change = await changeOf(1, async () => {
      const [, one, two] = await Promise.all([
        soon(() => (round % 2 === 0 ? here(asked) : there(asked))),
        soon(() => here(reversal)),
        soon(() => there({ ...reversal, mti: '0401' })),
      ]);
      expect([one?.[39], two?.[39]]).toEqual(['00', '00']);
      await there({ ...asked, mti: '0201' });
    });
    expect(change).toBe(0n);
  }
});

test('voids and refunds of one purchase at two instances never give back more than was paid', async () => {
  for (let round = 0; round < rounds; round++) {
    const paid = await here(purchase(2));
    const named = { 2: cardNumber(2), 61: `000001${paid[11]}${paid[13]}` };
    const referred = { 2: cardNumber(2), 37: paid[37] };
    const undo = (fields: Fields) =>
      message('0200', '200000', { form: '23', fields: { 4: fen(300), ...fields } });
    const refund = (fields: Fields) =>
      message('0220', '200000', { form: '25', fields: { 4: fen(200), ...fields } });
    const change = await changeOf(2, () =>
      Promise.all([here(undo(named)), there(refund(named)), here(refund(referred)), there(undo(referred))]),
    );
    expect([200n, 300n]).toContain(change);
  }
});

test('completions and the void of one pre-authorisation: one of them comes true', async () => {
  for (let round = 0; round < rounds; round++) {
    const card = { 2: cardNumber(3) };
    const held = await here(message('0100', '030000', { form: '10', fields: { ...card, 4: fen(500) } }));
    const named = { ...card, 38: held[38], 61: `000001${held[11]}${held[13]}` };
    const complete = (mti: string, form: string) =>
      message(mti, '000000', { form, fields: { ...named, 4: fen(400) } });
    const release = message('0100', '200000', { form: '11', fields: { ...named, 4: fen(500) } });
    const acts = () => [
      here(complete('0200', '20')),
      there(complete('0200', '20')),
      there(complete('0220', '24')),
      here(release),
    ];
    const change = await changeOf(3, async () => {
      const codes = (await Promise.all(acts())).map((fields) => fields[39]);
      expect(codes.filter((code) => code === '00')).toHaveLength(1);
    });
    expect([100n, 500n]).toContain(change);
  }
});

test('a settlement that races payments and others of itself closes the batch once, and the books are right', async () => {
  const settlement = (count: number): Message => {
    traces += 1;
    const totals = `${fen(count * 300)}${String(count).padStart(3, '0')}${'0'.repeat(16)}${'0'.repeat(31)}`;
    const fields = { 11: String(traces).padStart(6, '0'), 48: totals, 49: '156', 60: '00000001201' };
    return { mti: '0500', fields: { ...fields, ...placeOf(1) } };
  };
  const payments = Array.from({ length: 8 }, (_, at) =>
    soon(() => (at % 2 === 0 ? here : there)(purchase(4))),
  );
  const settled = await Promise.all([
    unsigned(settlement(1), house.answer),
    unsigned(settlement(1), answerThere),
    unsigned(settlement(2), answerThere),
  ]);
  for (const fields of settled) expect(fields[48]?.[30]).toBe(fields[48]?.[61]);
  for (const fields of await Promise.all(payments)) expect(['00', '77']).toContain(fields[39]);
  const end = { 11: '000001', 48: '0000', 60: '00000001207', ...placeOf(1) };
  expect((await unsigned({ mti: '0320', fields: end }, answerThere))[39]).toBe('00');
  expect((await here(purchase(4)))[39]).toBe('77');
  expect((await till.signOn()).fields[60]).toBe('00000002003');
  expect(await verify(house.parts.reports, () => undefined, { above: houseProofs })).toMatchObject({
    ok: true,
  });
});

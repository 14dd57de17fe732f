import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '#clearing/outcome.ts';
import type { Request } from '#clearing/request.ts';
import { type Codec, compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import type { MessageLayout } from '#iso8583/layout/layout.ts';
import { EncodeError, isFormatError, type Message } from '#iso8583/message.ts';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import { openLog } from '#platform/log.ts';
import type { BatchDesk } from '#terminals/batches/desk.ts';
import type { KeyService } from '#terminals/keys/key-service.ts';
import { macKey } from '#terminals/keys/rules/mac.ts';
import { noonMs, smallBooks, smallReference } from '#testing/small/group.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';
import type { Sender } from './guesses.ts';
import { messageAnswerer } from './message-answer.ts';
import type { PosListener, PosParts } from './parts.ts';

const codec = compileCodec(dialects['cup-bcd']);
const listener: PosListener = { name: 'test', codec, mac: 'cup-ecb', logMessages: false };
const key = macKey('cup-ecb', Buffer.from('0123456789ABCDEF', 'hex'));

/** One key for every terminal. */
const keys: KeyService = {
  issue: async () => ({ field62: 'A'.repeat(80) }),
  admit: (_, __, { bytes, mac }) =>
    key.mac(bytes).equals(mac) ? { mac: (own) => key.mac(own), pinCheck: () => null } : 'mac-wrong',
};

const desk: BatchDesk = {
  currentBatch: () => 1,
  openedOn: (_, batchNumber) => (batchNumber === 1 ? town.firstDay : null),
  settle: async ({ claimed }) => (claimed.debitCount === 1 ? 'balanced' : 'unbalanced'),
  noteUploads: async () => 'noted',
  closeAfterUpload: async () => 'closed',
};

function openHouse(over: Partial<PosParts> = {}, at: Partial<PosListener> = {}) {
  const books = smallBooks({ online: 100_000, 'e-purse': 1_000 });
  const asked: { request: Request; isRepeat: boolean }[] = [];
  const parts: PosParts = {
    clearing: {
      submit: async (submitted): Promise<Answer> => {
        asked.push(submitted);
        return books.clear([submitted.request], noonMs)[0] as Answer;
      },
      reference: { current: () => smallReference } as PosParts['clearing']['reference'],
    },
    keys,
    batches: desk,
    resolveCard: (number) =>
      [0, 1]
        .map((card) => [cardNumber(card), cardRef(card)] as const)
        .find(([known]) => known === number)?.[1],
    provePin: async (request) => ({ ...request, pin: 'right' }),
    // Nothing is known there: what has to be looked up has its tests on PostgreSQL.
    session: { run: async () => ({ rows: [], rowCount: 0 }) },
    recordLook: async () => undefined,
    nowMs: () => noonMs,
    log: openLog('silent'),
    ...over,
  };
  const ours = { ...listener, ...at };
  const answer = messageAnswerer(parts, ours);
  const exchange = async (bytes: Buffer, sender?: Sender) => {
    const { body, close, proof } = await answer(bytes, sender);
    const read = body === null ? null : ours.codec.decode(body);
    if (read !== null && isFormatError(read)) throw new Error('an answer that cannot be read');
    return { body, close, proof, mti: read?.mti, fields: read?.fields ?? {} };
  };
  return { asked, parts, exchange, send: (message: Message) => exchange(signed(message)) };
}

function signed({ mti, fields }: Message): Buffer {
  const bytes = codec.encode({ mti, fields: { ...fields, 64: '0'.repeat(16) } });
  const start = codec.macStart(bytes) ?? 0;
  key.mac(bytes.subarray(0, start)).copy(bytes, start);
  return bytes;
}

const place = { 41: String(merchantTerminal(1)), 42: '1'.padStart(15, '0') };

function purchase(over: Record<number, string | undefined> = {}, mti = '0200'): Message {
  const fields = {
    ...{ 2: cardNumber(0), 3: '000000', 4: '000000000100', 11: '000042', 22: '051', 25: '00', 49: '156' },
    ...{ 60: '22000001000500', ...place, ...over },
  };
  return { mti, fields };
}

describe('a purchase', () => {
  test('is one request of the one path, and its answer is signed under the same keys', async () => {
    const { send, asked } = openHouse();
    const { mti, fields, body } = await send(purchase());
    expect(asked[0]).toMatchObject({
      isRepeat: false,
      request: {
        ...{ kind: 'payment', sector: 'shops', callerKey: null, amountFen: 100n, detail: {}, batchNumber: 1 },
        ...{ card: cardRef(0), terminalId: merchantTerminal(1), localTime: '2026-11-22 00:00:00' },
      },
    });
    expect(mti).toBe('0210');
    expect(fields).toMatchObject({
      4: '000000000100',
      11: '000042',
      13: '1122',
      15: '1122',
      39: '00',
      41: place[41],
    });
    expect(fields[38]).toBe(fields[37]?.slice(-6));
    expect(fields[2]).toBeUndefined();
    const bytes = body ?? Buffer.alloc(0);
    const start = codec.macStart(bytes) ?? 0;
    expect(key.mac(bytes.subarray(0, start))).toEqual(bytes.subarray(start));
  });

  test('that is repeated gets the same bytes, whether its sender says so or not', async () => {
    const { send, asked } = openHouse();
    const first = await send(purchase());
    expect((await send(purchase({}, '0201'))).body).toEqual(first.body);
    expect((await send(purchase())).body).toEqual(first.body);
    expect(asked.map(({ isRepeat }) => isRepeat)).toEqual([false, true, false]);
  });

  test('under a trace that named another is refused', async () => {
    const { send } = openHouse();
    await send(purchase());
    expect((await send(purchase({ 4: '000000000200' }))).fields[39]).toBe('94');
  });

  test('that is declined is declined again', async () => {
    const { send } = openHouse();
    const declined = purchase({ 4: '000000200000' });
    const first = await send(declined);
    expect(first.fields[39]).toBe('61');
    expect(first.fields[38]).toBeUndefined();
    expect((await send(declined)).body).toEqual(first.body);
  });

  test('says by its own clock when it was, and the day it says names it', async () => {
    const { send, asked } = openHouse();
    const { fields } = await send(purchase({ 12: '083000', 13: '1121' }));
    expect(asked[0]?.request.localTime).toBe('2026-11-21 08:30:00');
    expect(fields).toMatchObject({ 12: '083000', 13: '1121', 15: '1122', 39: '00' });
  });

  test('of an unknown card, or without one, is no request', async () => {
    const { send, asked } = openHouse();
    expect((await send(purchase({ 2: '6217001234567890123' }))).fields[39]).toBe('14');
    expect((await send(purchase({ 2: undefined }))).fields[39]).toBe('30');
    expect((await send(purchase({ 49: '840' }))).fields[39]).toBe('12');
    expect(asked).toEqual([]);
  });

  test('in a batch that the terminal never had asks for another sign-on', async () => {
    const { send } = openHouse();
    expect((await send(purchase({ 60: '22000002000500' }))).fields[39]).toBe('77');
    const dated = purchase({ 13: '1122', 12: '083000', 60: '22000002000500' });
    expect((await send(dated)).fields[39]).toBe('77');
  });
});

describe('a ride', () => {
  test('says no amount, and its answer says the fare', async () => {
    const { send } = openHouse();
    const terminal = { 41: String(town.operatorTerminal), 42: String(town.operatorId).padStart(15, '0') };
    const { fields } = await send(purchase({ ...terminal, 4: undefined, 57: 'line=1' }));
    expect(fields).toMatchObject({ 4: '000000000200', 39: '00' });
  });
});

describe('a load', () => {
  const bank = { 41: String(town.bankTerminal), 42: String(town.bankId).padStart(15, '0') };

  test('goes to the purse that field 57 names', async () => {
    const { send, asked } = openHouse();
    const { fields } = await send(purchase({ ...bank, 3: '630000', 57: 'purse=online' }));
    expect(fields[39]).toBe('00');
    expect(asked[0]?.request).toMatchObject({ kind: 'load', sector: 'top-up', detail: { purse: 'online' } });
  });

  test('without one, or with something else there, is not understood', async () => {
    const { send } = openHouse();
    for (const field57 of [undefined, 'purse', 'purse=gold'])
      expect((await send(purchase({ ...bank, 3: '630000', 57: field57 }))).fields[39]).toBe('30');
  });

  test('is none of a shop, and a purchase is none of a bank', async () => {
    const { send } = openHouse();
    expect((await send(purchase({ 3: '630000' }))).fields[39]).toBe('58');
    expect((await send(purchase({ ...bank, 11: '000043', 57: 'purse=online' }))).fields[39]).toBe('58');
  });
});

describe('a reversal', () => {
  test('takes its original back, and says so again to its repeat', async () => {
    const { send } = openHouse();
    await send(purchase());
    const first = await send(purchase({ 39: '98' }, '0400'));
    expect([first.mti, first.fields[39]]).toEqual(['0410', '00']);
    expect((await send(purchase({ 39: '98' }, '0401'))).body).toEqual(first.body);
  });

  test('that comes before its original wins', async () => {
    const { send } = openHouse();
    expect((await send(purchase({ 39: '98' }, '0400'))).fields[39]).toBe('00');
    expect((await send(purchase())).fields[39]).toBe('22');
  });

  test('of another amount is none of this one', async () => {
    const { send } = openHouse();
    await send(purchase());
    expect((await send(purchase({ 4: '000000000200', 39: '98' }, '0400'))).fields[39]).toBe('12');
  });
});

describe('a terminal', () => {
  test('without a MAC, or with a wrong one, is told to sign on again, and nothing is looked at', async () => {
    const { exchange, asked } = openHouse();
    const { mti, fields } = await exchange(codec.encode(purchase()));
    expect([mti, fields[39], fields[64]]).toEqual(['0210', 'A0', undefined]);
    const forged = signed(purchase());
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect((await exchange(forged)).fields[39]).toBe('A0');
    expect(asked).toEqual([]);
  });

  test('is said to have guessed only where a MAC of it was judged', async () => {
    const { exchange, send } = openHouse();
    const terminalId = merchantTerminal(1);
    const forged = signed(purchase());
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect((await exchange(forged)).proof).toEqual({ terminalId, isRight: false });
    expect((await exchange(codec.encode(purchase()))).proof).toBeNull();
    expect((await send(purchase())).proof).toEqual({ terminalId, isRight: true });
    const unsigned = openHouse({ keys: { ...keys, admit: () => 'not-signed-on' } });
    expect((await unsigned.exchange(forged)).proof).toBeNull();
  });

  test('in whose name ten MACs were guessed is not let in from there, unless its connection has shown its key', async () => {
    const { exchange, asked } = openHouse();
    const from = (address: string, isProved = false) => ({ address, hasProved: () => isProved });
    const forged = signed(purchase());
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    for (let tries = 0; tries < 10; tries++)
      expect((await exchange(forged, from('10.0.0.1'))).fields[39]).toBe('A0');
    const { fields, proof } = await exchange(signed(purchase()), from('10.0.0.1'));
    expect([fields[39], proof?.isRight, asked.length]).toEqual(['A0', false, 0]);
    expect((await exchange(signed(purchase()), from('10.0.0.1', true))).fields[39]).toBe('00');
    expect((await exchange(signed(purchase({ 11: '000043' })), from('10.0.0.2'))).fields[39]).toBe('00');
  });

  test('whose keys cannot be had for now is told to come again, and nothing hangs or is said to be done', async () => {
    const busy = async (): Promise<never> => {
      throw new TooManyWait('too many');
    };
    const { exchange, asked } = openHouse({ keys: { issue: busy, admit: busy } });
    const on = { mti: '0800', fields: { 11: '000001', ...place, 60: '00000009003', 62: 'A' } };
    expect((await exchange(codec.encode(on))).fields[39]).toBe('96');
    expect((await exchange(signed(purchase()))).fields).toMatchObject({ 11: '000042', 39: '96' });
    expect(asked).toEqual([]);
  });

  test('that nobody knows, or that stands at another merchant, is turned away', async () => {
    const { send } = openHouse();
    expect((await send(purchase({ 41: '19999999' }))).fields[39]).toBe('97');
    expect((await send(purchase({ 41: 'HN000001' }))).fields[39]).toBe('97');
    expect((await send(purchase({ 42: '2'.padStart(15, '0') }))).fields[39]).toBe('03');
  });

  test('signs on and is given keys, the time and its batch', async () => {
    const { exchange } = openHouse();
    const on = {
      mti: '0800',
      fields: { 11: '000001', ...place, 60: '00000009003', 62: 'SEQUENCE NO', 63: '001' },
    };
    const { mti, fields } = await exchange(codec.encode(on));
    expect(mti).toBe('0810');
    expect(fields).toMatchObject({
      12: '120000',
      13: '1122',
      39: '00',
      60: '00000001003',
      62: 'A'.repeat(80),
    });
  });

  test('that has no master key is not served', async () => {
    const { exchange } = openHouse({ keys: { ...keys, issue: async () => 'no-master-key' } });
    const on = { mti: '0800', fields: { 11: '000001', ...place, 60: '00000001003' } };
    expect((await exchange(codec.encode(on))).fields[39]).toBe('97');
  });

  test.each([
    ['0820', { 60: '00000001002' }],
    ['0820', { 60: '00000001301' }],
    ['0820', { 60: '00000001362' }],
    ['0800', { 60: '00000001360' }],
  ])('is answered what it asks of the network: %s %o', async (mti, fields) => {
    const { exchange } = openHouse();
    const answer = await exchange(codec.encode({ mti, fields: { 11: '000001', ...place, ...fields } }));
    expect(answer.fields).toMatchObject({ 11: '000001', 39: '00', ...fields });
  });

  test('that asks for keys or lists that are not kept is told that they are empty', async () => {
    const { exchange } = openHouse();
    const asks = { mti: '0820', fields: { 11: '000001', ...place, 60: '00000001372' } };
    expect((await exchange(codec.encode(asks))).fields[62]).toBe('0');
  });

  test('may ask whether anybody is there without saying who it is', async () => {
    const { exchange } = openHouse();
    const { mti, fields } = await exchange(
      codec.encode({ mti: '0800', fields: { 7: '1122060530', 11: '000002', 70: '301' } }),
    );
    expect(mti).toBe('0810');
    expect(fields).toMatchObject({ 7: '1122060530', 11: '000002', 39: '00', 70: '301' });
  });

  test.each([
    ['40', 'asks for what is not supported', purchase({ 3: '010000' })],
    ['03', 'stands at another merchant', purchase({ 42: '2'.padStart(15, '0') })],
  ])('is told %s under its keys where it %s, and A0 where its MAC is wrong', async (code, _, message) => {
    const { send, exchange } = openHouse();
    expect((await send(message)).fields).toMatchObject({ 39: code, 64: expect.stringMatching(/[^0]/) });
    const forged = signed(message);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    for (const bytes of [forged, codec.encode(message)])
      expect((await exchange(bytes)).fields[39]).toBe('A0');
  });
});

describe('a settlement', () => {
  const settle = (debits: string) => ({
    mti: '0500',
    fields: {
      ...{ 11: '000050', ...place, 49: '156', 60: '00000001201', 63: '001' },
      48: `000000000100${debits}${'0'.repeat(15)}0${'0'.repeat(31)}`,
    },
  });

  test('is answered inside field 48, and with no response code', async () => {
    const { exchange } = openHouse();
    const balanced = await exchange(codec.encode(settle('001')));
    expect([balanced.mti, balanced.fields[39]]).toEqual(['0510', undefined]);
    expect([balanced.fields[48]?.[30], balanced.fields[48]?.[61]]).toEqual(['1', '1']);
    const not = await exchange(codec.encode(settle('002')));
    expect([not.fields[48]?.[30], not.fields[48]?.[61]]).toEqual(['2', '2']);
  });

  test('that cannot be read is 30, and so is an upload', async () => {
    const { exchange } = openHouse();
    const fields = { ...settle('001').fields, 48: '000' };
    expect((await exchange(codec.encode({ mti: '0500', fields }))).fields[39]).toBe('30');
    const upload = { 11: '000051', ...place, 48: '02000', 60: '00000001201' };
    expect((await exchange(codec.encode({ mti: '0320', fields: upload }))).fields[39]).toBe('30');
  });

  test('that did not balance is uploaded and ended', async () => {
    const { exchange } = openHouse();
    const record = `00000042${cardNumber(0).padStart(20, '0')}000000000100`;
    const part = { 11: '000051', ...place, 48: `01${record}`, 60: '00000001201' };
    expect((await exchange(codec.encode({ mti: '0320', fields: part }))).fields[39]).toBe('00');
    const end = { ...part, 48: '0001', 60: '00000001207' };
    expect((await exchange(codec.encode({ mti: '0320', fields: end }))).fields[39]).toBe('00');
  });

  test('is followed by refunds and offline sales one by one: they are kept where the batch takes any, and never refused', async () => {
    const kept: unknown[] = [];
    const single = { 2: cardNumber(0), 3: '200000', 4: '000000000100', 11: '000042', ...place };
    for (const state of ['noted', 'closed', 'not-settled', 'too-many'] as const) {
      const noteUploads: BatchDesk['noteUploads'] = async (upload) => {
        kept.push(...upload.records);
        return state;
      };
      const { exchange } = openHouse({ batches: { ...desk, noteUploads } });
      const ask = (fields: Record<number, string>) =>
        exchange(codec.encode({ mti: '0320', fields: { ...single, ...fields } }));
      expect((await ask({ 60: '25000001000' })).fields[39]).toBe('00');
      const sale = await ask({ 60: '30000001201' });
      expect([sale.mti, sale.fields[39]]).toEqual(['0330', '00']);
    }
    const record = { traceNumber: 42, amountFen: 100n, cardTail: cardNumber(0).slice(-4) };
    expect(kept.slice(0, 2)).toEqual([
      { ...record, side: 'credit' },
      { ...record, side: null },
    ]);
    const { exchange } = openHouse();
    const nothing = { 11: '000042', ...place, 60: '25000001000' };
    expect((await exchange(codec.encode({ mti: '0320', fields: nothing }))).fields[39]).toBe('30');
  });
});

describe('what goes wrong', () => {
  test('a message that breaks off after its terminal is told so', async () => {
    const { exchange } = openHouse();
    const whole = signed(purchase());
    const { mti, fields, close } = await exchange(whole.subarray(0, whole.length - 1));
    expect(close).toBeNull();
    expect([mti, fields]).toEqual(['0210', { 11: '000042', 39: '30', 41: place[41] }]);
  });

  test('a message of which nobody can tell whose it is ends the connection, and says no value', async () => {
    const { exchange } = openHouse();
    const broken = await exchange(signed(purchase()).subarray(0, 20));
    expect(broken.body).toBeNull();
    expect(broken.close).toMatch(/^a message that cannot be read: too-short/);
    expect((await exchange(Buffer.from('GET / HTTP/1.1'))).close).not.toBeNull();
    expect((await exchange(codec.encode(purchase({}, '0210')))).close).toBe(
      'a message type that asks nothing of us',
    );
  });

  test('a fault is logged, and answered 96 under the keys of its message', async () => {
    const lines: string[] = [];
    const log = openLog('error', { write: (line: string) => lines.push(line) });
    const failing = { submit: () => Promise.reject(new Error('no connection')) };
    const house = openHouse({ log });
    const { send } = openHouse({ log, clearing: { ...house.parts.clearing, ...failing } });
    const { fields } = await send(purchase());
    expect(fields[39]).toBe('96');
    expect(fields[64]).toBeDefined();
    expect(lines).toHaveLength(1);
  });

  test('a database that is away is answered 96: only a repeat can tell what became of it', async () => {
    const gone = Object.assign(new Error('the database system is shutting down'), { code: '57P03' });
    const house = openHouse({});
    const { send } = openHouse({
      clearing: { ...house.parts.clearing, submit: () => Promise.reject(gone) },
    });
    const { fields } = await send(purchase());
    expect(fields[39]).toBe('96');
    expect(fields[64]).toBeDefined();
  });

  test.each([
    ['busy', '96'],
    ['in-flight', '09'],
    ['unknown', '96'],
  ] as const)('an answer that is %s is told as %s', async (status, code) => {
    const house = openHouse();
    const submit = async () => ({ status, retryAfterSeconds: 1 }) as Answer;
    const { send } = openHouse({ clearing: { ...house.parts.clearing, submit } });
    expect((await send(purchase())).fields[39]).toBe(code);
  });
});

describe('a terminal of 1993', () => {
  const iso93 = compileCodec(dialects.iso93);
  const asked = {
    ...{
      2: cardNumber(0),
      3: '000000',
      4: '000000000100',
      11: '000042',
      12: '261122083000',
      24: '200',
      49: '156',
    },
    ...place,
  };

  test('is answered with action codes and its own date', async () => {
    const { exchange } = openHouse({}, { codec: iso93, mac: 'none' });
    const paid = await exchange(iso93.encode({ mti: '1200', fields: asked }));
    expect(paid.mti).toBe('1210');
    expect(paid.fields).toMatchObject({ 12: '261122083000', 15: '261122', 39: '000' });
    const reversed = await exchange(iso93.encode({ mti: '1420', fields: asked }));
    expect([reversed.mti, reversed.fields[39]]).toEqual(['1430', '400']);
    const echo = await exchange(iso93.encode({ mti: '1804', fields: { 11: '000001', 24: '831' } }));
    expect([echo.mti, echo.fields[39]]).toEqual(['1814', '800']);
  });
});

describe('whatever comes', () => {
  const layouts = Object.values(dialects);
  const numbers = [2, 3, 4, 11, 12, 13, 24, 35, 37, 38, 41, 48, 49, 52, 54, 56, 57, 60, 61, 62, 63, 70, 90];
  const types = ['100', '200', '201', '210', '220', '320', '400', '420', '500', '800', '804'];

  /** Any value that the layout has room for; of those that are looked into, also one that says something. */
  const anyValue = (layout: MessageLayout, field: number): fc.Arbitrary<string | undefined> => {
    const shape = layout.fields[field];
    if (shape === undefined) return fc.constant(undefined);
    const { type, len } = shape;
    const least = shape.var === undefined ? len : 1;
    const most = shape.var === undefined ? len : Math.min(len, 62);
    const letter = {
      n: '[0-9]',
      b: '[0-9A-F]',
      z: '[0-9=]',
      a: '[A-Z]',
      an: '[A-Z0-9]',
      ans: '[ -~]',
      xn: '[0-9]',
    }[type];
    const units = type === 'b' ? 2 : 1;
    const any = fc.stringMatching(new RegExp(`^${letter}{${least * units},${most * units}}$`));
    const known = purchase({ 12: '083000', 13: '1122' }).fields[field];
    return fc.option(known === undefined ? any : fc.oneof(any, fc.constant(known)), { nil: undefined });
  };
  const messages = layouts.map((layout) =>
    fc.record({
      mti: fc.constantFrom(...types).map((type) => `${layout.version ?? 0}${type}`),
      fields: fc.record(Object.fromEntries(numbers.map((field) => [field, anyValue(layout, field)]))),
    }),
  );

  test.each(layouts.map((layout, at) => [layout.name, layout, messages[at]] as const))(
    'made of any fields, in %s: it is answered or ends the connection, and no fault is logged',
    async (...[, layout, any]) => {
      const ours = compileCodec(layout);
      const lines: string[] = [];
      const log = openLog('error', { write: (line: string) => lines.push(line) });
      const { exchange } = openHouse({ log }, { codec: ours, mac: 'none' });
      const property = fc.asyncProperty(any ?? fc.constant(purchase()), async (message) => {
        const { body, close } = await exchange(encoded(ours, message));
        expect(body !== null || close !== null).toBe(true);
      });
      await fc.assert(property, { numRuns: 1_000 });
      expect(lines).toEqual([]);
    },
  );

  test('with some bytes of a good message changed or missing: no fault is logged, and nothing is thrown', async () => {
    const lines: string[] = [];
    const { exchange } = openHouse({ log: openLog('error', { write: (line: string) => lines.push(line) }) });
    const good = [signed(purchase()), signed(purchase({ 12: '083000', 13: '1122' }, '0400'))];
    const change = fc.record({ at: fc.nat(120), byte: fc.nat(255) });
    const property = fc.asyncProperty(
      fc.nat(good.length - 1),
      fc.array(change, { maxLength: 4 }),
      fc.nat(140),
      async (which, changes, length) => {
        const bytes = Buffer.from(good[which] ?? Buffer.alloc(0));
        for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
        const { body, close } = await exchange(bytes.subarray(0, length));
        expect(body !== null || close !== null).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 1_000 });
    expect(lines).toEqual([]);
  });
});

/** The message without the fields that have no such value in this layout. */
function encoded(ours: Codec, message: Message): Buffer {
  try {
    return ours.encode(message);
  } catch (error) {
    if (!(error instanceof EncodeError) || message.fields[error.field] === undefined) throw error;
    return encoded(ours, { ...message, fields: { ...message.fields, [error.field]: undefined } });
  }
}

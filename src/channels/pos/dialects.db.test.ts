import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPaymentPin } from '#access/payment-pin.ts';
import { systemActor } from '#audit/rules/event.ts';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { withLongPinBlock } from '#iso8583/layout/with-fields.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openPosTown, type PosTown } from '#testing/pos/pos-town.ts';
import { macAt, pinFields } from '#testing/pos/terminal-keys.ts';
import { cardNumber, cardRef, merchantTerminal } from '#testing/town.ts';

let database: TestDatabase;
let house: PosTown;
const pin = '135790';
/** Those that carry the words of UnionPay's fields; 1993 has its own, and its own tests. */
const names = ['unionpay-pos', 'cup-bcd', 'ascii-binmap', 'ebcdic', 'ascii-hexmap'] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openPosTown(database.url, { merchants: names.length * 2 + 1 });
  await setPaymentPin(house.owner, house.parts.secrets, { ...cardRef(0), pin, actor: systemActor });
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

test.each(names.map((name, at) => [name, merchantTerminal(at + 1)] as const))(
  'a terminal of %s signs on, pays with a PIN, repeats, voids, reverses, asks a balance and settles',
  async (name, terminalId) => {
    const port = house.listen({ codec: compileCodec(dialects[name]) });
    const till = await port.terminal(terminalId);
    const order = { cardNumber: cardNumber(0), amountFen: 100n, pin };
    const paid = till.begin('payment', order);
    const first = await till.send(paid);
    expect(first.code).toBe('00');
    expect((await till.send(paid, true)).fields[37]).toBe(first.fields[37]);
    const undo = till.begin('void', { ...order, original: paid });
    expect((await till.send(undo)).code).toBe('00');
    const taken = till.begin('payment', order);
    await till.send(taken);
    expect((await till.reverse(taken)).code).toBe('00');
    expect(await till.balance(order)).toMatchObject({ code: '00', fields: { 54: '1002156C000000100000' } });
    expect(await till.settle()).toBe('balanced');
    expect(till.state.batchNumber).toBe(2);
    expect((await till.send(till.begin('payment', order))).code).toBe('00');
    const last = till.state.entries.at(-1);
    if (last !== undefined) await till.reverse(last);
  },
);

test.each(['cup-ecb', 'x9.19'] as const)(
  'a listener of %s admits who signs so, and nobody else',
  async (mac) => {
    const till = await house.listen({ mac }).terminal(merchantTerminal(1), 2_000);
    const order = { cardNumber: cardNumber(0), amountFen: 100n, pin };
    const paid = till.begin('payment', order);
    expect((await till.send(paid)).code).toBe('00');
    const other = house.listen({ mac: mac === 'x9.19' ? 'cup-ecb' : 'x9.19' });
    const { mti, fields } = { mti: '0200', fields: { ...paid.fields, 11: '009000', 64: '0'.repeat(16) } };
    const answer = other.codec.decode(
      (await other.answer(other.codec.encode({ mti, fields }))) ?? Buffer.alloc(0),
    );
    expect(answer).toMatchObject({ fields: { 39: 'A0' } });
    await till.reverse(paid);
  },
);

describe('a terminal of SM4', () => {
  test.each(names.map((name, at) => [name, merchantTerminal(names.length + at + 1)] as const))(
    'at a listener of %s signs on, types its PIN in 16 bytes, and is answered under its own MAC',
    async (name, terminalId) => {
      await house.giveSm4Key(terminalId);
      const codec = compileCodec(withLongPinBlock(dialects[name]));
      const till = await house.listen({ mac: 'sm4', codec }).terminal(terminalId);
      const { keys } = till.state;
      if (keys === null) throw new Error('it has no keys');
      const order = { cardNumber: cardNumber(0), amountFen: 6_000n };
      const typed = (digits: string) => pinFields(keys, { pin: digits, cardNumber: order.cardNumber });
      expect(typed(pin)[52]).toHaveLength(32);
      // It throws where an answer is not under its keys.
      expect((await till.send(till.begin('payment', { ...order, pin: '999999' }))).code).toBe('55');
      const paid = till.begin('payment', { ...order, pin });
      expect((await till.send(paid)).code).toBe('00');
      const again = await till.tell({ mti: '0201', fields: { ...paid.fields, ...typed(pin) } });
      const start = codec.macStart(again.bytes) ?? 0;
      expect(again.fields[37]).toBe(paid.rrn);
      expect(again.bytes.subarray(start)).toEqual(macAt(keys, again.bytes, start));
      expect((await till.reverse(paid)).code).toBe('00');
      expect((await till.balance({ cardNumber: order.cardNumber, pin })).code).toBe('00');
      expect(await till.settle()).toBe('balanced');
    },
  );

  test('is not served by a listener of triple DES, nor the other way round: a key serves one algorithm', async () => {
    const [sm4, des] = [merchantTerminal(names.length * 2), merchantTerminal(names.length * 2 + 1)];
    await house.giveSm4Key(sm4);
    const sm4Port = house.listen({
      mac: 'sm4',
      codec: compileCodec(withLongPinBlock(dialects['unionpay-pos'])),
    });
    await expect(house.terminal(sm4)).rejects.toThrow('not signed on');
    await expect(sm4Port.terminal(des)).rejects.toThrow('not signed on');
  });
});

test('a settlement of a UnionPay terminal gives the operator back as it came, also in GBK; what is no GBK is a format error', async () => {
  const { codec, answer } = house.listen({ codec: compileCodec(dialects['unionpay-pos']) });
  const till = await house.terminal(merchantTerminal(names.length * 2 + 1), 3_000);
  const place = { 41: String(till.state.terminalId), 42: String(till.state.participantId).padStart(15, '0') };
  const settle = (trace: string, operator: string) => {
    const fields = { ...place, 11: trace, 48: '0'.repeat(62), 49: '156', 60: '00000001201', 63: operator };
    return codec.encode({ mti: '0500', fields });
  };
  const told = (await answer(settle('003500', '001 收银员'))) ?? Buffer.alloc(0);
  expect(told.subarray(-12).toString('hex')).toBe('001030303120cad5d2f8d4b1');
  expect(codec.decode(told)).toMatchObject({ fields: { 63: '001 收银员' } });
  const broken = settle('003501', '001 收银员');
  broken.set([0xff], broken.length - 1);
  const refused = codec.decode((await answer(broken)) ?? Buffer.alloc(0));
  expect(refused).toMatchObject({ mti: '0510', fields: { 39: '30' } });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { setPaymentPin } from '#access/payment-pin.ts';
import { systemActor } from '#audit/rules/event.ts';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openPosTown, type PosTown } from '#testing/pos/pos-town.ts';
import { cardNumber, cardRef, merchantTerminal } from '#testing/town.ts';

let database: TestDatabase;
let house: PosTown;
const pin = '135790';
/** Those that carry the words of UnionPay's fields; 1993 has its own, and its own tests. */
const names = ['unionpay-pos', 'cup-bcd', 'ascii-binmap', 'ebcdic', 'ascii-hexmap'] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openPosTown(database.url, { merchants: names.length });
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

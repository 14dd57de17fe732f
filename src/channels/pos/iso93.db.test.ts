import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { isFormatError } from '#iso8583/message.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { openPosTown, type PosTown } from '#testing/pos/pos-town.ts';
import { cardNumber, merchantTerminal } from '#testing/town.ts';

let database: TestDatabase;
let house: PosTown;
const codec = compileCodec(dialects.iso93);

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openPosTown(database.url, { listener: { codec, mac: 'none' } });
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

let traces = 0;

async function tell(mti: string, over: Record<number, string | undefined>) {
  const place = { 41: String(merchantTerminal(1)), 42: '1'.padStart(15, '0'), 49: '156' };
  const trace = String(++traces).padStart(6, '0');
  const own = { 2: cardNumber(0), 3: '000000', 4: '000000000300', 11: trace, 12: '261122083000' };
  const bytes = await house.answer(codec.encode({ mti, fields: { ...own, ...place, ...over } }));
  const read = codec.decode(bytes ?? Buffer.alloc(0));
  if (isFormatError(read)) throw new Error('an answer that cannot be read');
  return read;
}

const original = (mti: string, trace = '') => ({ 56: `${mti}${trace}26112208300046010000` });

test('a terminal of 1993 names its original by field 56', async () => {
  const paid = await tell('1200', {});
  expect([paid.mti, paid.fields[39]]).toEqual(['1210', '000']);
  const undone = await tell('1200', { 3: '200000', ...original('1200', paid.fields[11]) });
  expect(undone.fields[39]).toBe('000');
  const other = await tell('1200', {});
  const back = await tell('1220', { 3: '200000', 4: '000000000100', ...original('1200', other.fields[11]) });
  expect([back.mti, back.fields[39]]).toEqual(['1230', '000']);
  expect((await tell('1220', { 3: '200000', ...original('1200', '999999') })).fields[39]).toBe('914');
});

test('an authorisation is taken in part and in full as its function code says', async () => {
  const held = await tell('1100', { 3: '030000', 4: '000000001000' });
  const ofHeld = original('1100', held.fields[11]);
  expect((await tell('1220', { 24: '202', ...ofHeld })).fields[39]).toBe('000');
  expect((await tell('1220', { 24: '201', ...ofHeld })).fields[39]).toBe('000');
  expect((await tell('1220', { 24: '201', ...ofHeld })).fields[39]).toBe('902');
});

test('a reversal carries a trace of its own, and its original in field 56; its repeat says the same', async () => {
  const paid = await tell('1200', {});
  const reversal = { 24: '400', ...original('1200', paid.fields[11]) };
  const first = await tell('1420', reversal);
  expect([first.mti, first.fields[39]]).toEqual(['1430', '400']);
  expect((await tell('1421', { ...reversal, 11: first.fields[11] })).fields).toEqual(first.fields);
  const again = await tell('1200', { 11: paid.fields[11] });
  expect(again.fields[37]).toBe(paid.fields[37]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { rowCounts } from '#testing/http/http-calls.ts';
import { openPosTown, type PosTown, type TownTerminal } from '#testing/pos/pos-town.ts';
import { cardNumber, merchantTerminal, town } from '#testing/town.ts';

let database: TestDatabase;
let house: PosTown;
let till: TownTerminal;
let now = Date.UTC(2026, 10, 25, 4);
let traces = 100;

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openPosTown(database.url, { posNowMs: () => now });
  till = await house.terminal(merchantTerminal(1));
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

const nextTrace = () => String(++traces).padStart(6, '0');
const place = { 41: String(merchantTerminal(1)), 42: '1'.padStart(15, '0'), 49: '156' };

/** A purchase of one yuan with card 0, at half past eight of the town's first day. */
function purchase(over: Record<number, string | undefined> = {}, mti = '0200') {
  const time = { 12: '083000', 13: '1122' };
  const fields = { 2: cardNumber(0), 3: '000000', 4: '000000000100', 11: nextTrace(), 60: '22000001000500' };
  return { mti, fields: { ...fields, ...time, ...place, ...over } };
}

/** The same over HTTP. */
function sameByHttp({ fields }: ReturnType<typeof purchase>, over: Record<string, unknown> = {}) {
  return {
    ...{ sector: 'shops', cardNumber: cardNumber(0), amount: Number(fields[4]), currency: 'CNY' },
    ...{ batchNumber: 1, traceNumber: Number(fields[11]), localTime: `${town.firstDay}T08:30:00`, ...over },
  };
}

describe('one transaction that comes over both channels', () => {
  test('by TCP first: HTTP gets the answer to it again', async () => {
    const asked = purchase();
    const paid = await till.tell(asked);
    expect(paid.fields[39]).toBe('00');
    const before = await rowCounts(house.owner);
    const again = await house.post('/v1/transactions', sameByHttp(asked));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    const id = BigInt(again.json.transactionId.split('-')[1]);
    expect(id.toString(36).toUpperCase().padStart(12, '0')).toBe(paid.fields[37]);
    expect(await rowCounts(house.owner)).toEqual(before);
  });

  test('by HTTP first: TCP gets the answer to it again', async () => {
    const asked = purchase();
    const first = await house.post('/v1/transactions', sameByHttp(asked));
    expect(first.json).toMatchObject({ status: 'approved' });
    const before = await rowCounts(house.owner);
    const again = await till.tell(purchase(asked.fields, '0201'));
    expect(again.fields[39]).toBe('00');
    expect(BigInt(first.json.transactionId.split('-')[1]).toString(36).toUpperCase()).toBe(again.fields[37]);
    expect(await rowCounts(house.owner)).toEqual(before);
  });

  test('by both at once: it is one payment', async () => {
    const asked = purchase();
    const before = await rowCounts(house.owner);
    const [tcp, http] = await Promise.all([
      till.tell(asked),
      house.post('/v1/transactions', sameByHttp(asked)),
    ]);
    expect([tcp.fields[39], http.status]).toEqual(['00', 200]);
    const after = await rowCounts(house.owner);
    expect(after['ledger.entries']).toBe((before['ledger.entries'] ?? 0) + 1);
  });

  test('with another amount it is refused on either', async () => {
    const asked = purchase();
    await till.tell(asked);
    const other = await house.post('/v1/transactions', sameByHttp(asked, { amount: 101 }));
    expect(other.json).toMatchObject({ code: 'key-reused', field: 'amount' });
    expect((await till.tell(purchase({ ...asked.fields, 4: '000000000101' }))).fields[39]).toBe('94');
  });

  test('and is reversed over the other', async () => {
    const asked = purchase();
    await till.tell(asked);
    const reversed = await house.post('/v1/reversals', sameByHttp(asked));
    expect(reversed.json).toMatchObject({ status: 'approved', amount: 100 });
    expect((await till.tell(purchase({ ...asked.fields, 39: '98' }, '0400'))).fields[39]).toBe('00');
  });
});

describe('one message that comes again', () => {
  test('gets the same bytes, as a repeat, at once, and on the next day', async () => {
    const asked = purchase({ 12: undefined, 13: undefined });
    const [first, second] = await Promise.all([till.tell(asked), till.tell(asked)]);
    expect(second.bytes).toEqual(first.bytes);
    const before = await rowCounts(house.owner);
    now += 86_400_000;
    expect((await till.tell(purchase(asked.fields, '0201'))).bytes).toEqual(first.bytes);
    expect(await rowCounts(house.owner)).toEqual(before);
    now -= 86_400_000;
  });

  test('and its reversal after midnight meets it', async () => {
    const asked = purchase({ 12: undefined, 13: undefined });
    await till.tell(asked);
    now += 86_400_000;
    const reversal = purchase({ ...asked.fields, 39: '98' }, '0400');
    const first = await till.tell(reversal);
    expect(first.fields[39]).toBe('00');
    now -= 86_400_000;
    expect((await till.tell(purchase(reversal.fields, '0401'))).bytes).toEqual(first.bytes);
    expect((await till.tell(purchase(asked.fields, '0201'))).fields[39]).toBe('00');
  });

  test('and that does not say its batch is what it was, also when the batch was settled meanwhile', async () => {
    const shop = await house.terminal(merchantTerminal(3), 7_000);
    const at = { 41: String(merchantTerminal(3)), 42: '3'.padStart(15, '0'), 60: undefined };
    const [timed, plain, taken] = [
      purchase(at),
      purchase({ ...at, 12: undefined, 13: undefined }),
      purchase({ ...at, 12: undefined, 13: undefined, 4: '000000000200' }),
    ];
    const firsts = [];
    for (const message of [timed, plain, taken]) firsts.push(await shop.tell(message));
    const claimed = `000000000400003${'0'.repeat(15)}0${'0'.repeat(31)}`;
    const settled = await shop.tell({
      mti: '0500',
      fields: { ...at, 11: nextTrace(), 48: claimed, 49: '156' },
    });
    expect(settled.fields[48]?.[30]).toBe('1');
    expect((await shop.tell(timed)).bytes).toEqual(firsts[0]?.bytes);
    expect((await shop.tell({ ...timed, mti: '0201' })).bytes).toEqual(firsts[0]?.bytes);
    expect((await shop.tell({ ...plain, mti: '0201' })).bytes).toEqual(firsts[1]?.bytes);
    expect((await shop.tell({ ...taken, mti: '0400' })).fields[39]).toBe('00');
    expect(await reversals(taken)).toBe(1);
    // A terminal may begin its trace numbers anew in each batch: a new purchase is one.
    const anew = await shop.tell(purchase({ ...at, 11: plain.fields[11], 12: '090000', 13: undefined }));
    expect([anew.fields[39], anew.fields[37] === firsts[1]?.fields[37]]).toEqual(['00', false]);
  });

  test('a reversal that comes before its original wins, with a card or by a repeat', async () => {
    const asked = purchase();
    expect((await till.tell(purchase({ ...asked.fields, 39: '98' }, '0400'))).fields[39]).toBe('00');
    expect((await till.tell(asked)).fields[39]).toBe('22');
    expect((await till.tell(purchase(asked.fields, '0201'))).fields[39]).toBe('22');
  });

  test('a reversal without a card finds its original, or nothing', async () => {
    const asked = purchase();
    await till.tell(asked);
    const reversal = { ...asked.fields, 2: undefined, 39: '98' };
    expect((await till.tell(purchase(reversal, '0400'))).fields[39]).toBe('00');
    expect((await till.tell(purchase({ 2: undefined, 39: '98' }, '0400'))).fields[39]).toBe('25');
  });

  test('a reversal that does not say the day that its purchase said takes it back, and the other way round', async () => {
    const asked = purchase({ 12: '083000', 13: '1125' });
    await till.tell(asked);
    const undated = purchase({ ...asked.fields, 12: undefined, 13: undefined, 39: '98' }, '0400');
    expect((await till.tell(undated)).fields[39]).toBe('00');
    expect(await reversals(asked)).toBe(1);
    const plain = purchase({ 12: undefined, 13: undefined });
    const { fields } = await till.tell(plain);
    const dated = purchase({ ...plain.fields, 12: fields[12], 13: fields[13], 39: '98' }, '0400');
    expect((await till.tell(dated)).fields[39]).toBe('00');
    expect(await reversals(plain)).toBe(1);
  });

  test('and wins over one that is still on its way, in the books or not, also where it has to be sent again', async () => {
    const [undated, dated] = [
      { 12: undefined, 13: undefined },
      { 12: '083000', 13: '1125' },
    ];
    for (const [own, its] of [
      [dated, undated],
      [undated, dated],
    ]) {
      const asked = purchase(own);
      const reversal = purchase({ ...asked.fields, ...its, 39: '98' }, '0400');
      const [first, second] = await Promise.all([till.tell(reversal), till.tell(reversal)]);
      expect([first.fields[39], second.fields[39]]).toEqual(['00', '00']);
      expect((await till.tell(purchase(reversal.fields, '0401'))).fields[39]).toBe('00');
      expect((await till.tell(asked)).fields[39]).toBe('22');
    }
    const asked = purchase(dated);
    const together = [asked, purchase({ ...asked.fields, ...undated, 39: '98' }, '0400')];
    const [, taken] = await Promise.all(together.map((message) => till.tell(message)));
    expect(taken?.fields[39]).toBe('00');
    const again = await till.tell(purchase(asked.fields, '0201'));
    if (again.fields[39] === '00') expect(await reversals(asked)).toBe(1);
    else expect(again.fields[39]).toBe('22');
  });

  test.each([
    ['the last of December', '1231', Date.UTC(2026, 11, 31, 15, 59, 30)],
    ['the 29th of February', '0229', Date.UTC(2028, 1, 29, 15, 59, 30)],
  ])(
    'of %s, repeated, refunded and taken back a minute later, is one',
    async (...[, day, beforeMidnight]) => {
      const noon = now;
      now = beforeMidnight;
      for (const time of [
        { 12: '235930', 13: day },
        { 12: undefined, 13: undefined },
      ]) {
        const [asked, other] = [purchase(time), purchase(time)];
        const paid = await till.tell(asked);
        const { fields } = await till.tell(other);
        expect(paid.fields[39]).toBe('00');
        if (time[13] !== undefined) expect(paid.fields[13]).toBe(day);
        now += 60_000;
        expect((await till.tell(purchase(asked.fields, '0201'))).bytes).toEqual(paid.bytes);
        const reversal = purchase({ ...asked.fields, 39: '98' }, '0400');
        expect((await till.tell(reversal)).fields[39]).toBe('00');
        expect(await reversals(asked)).toBe(1);
        const named = { 61: `000001${fields[11]}${fields[13]}`, ...{ 12: undefined, 13: undefined } };
        const refund = purchase({ ...named, 3: '200000', 60: '25000001000500' }, '0220');
        expect((await till.tell(refund)).fields[39]).toBe('00');
        now -= 60_000;
      }
      now = noon;
    },
  );

  test('a void and a completion are taken back by a reversal that says the day where they did not, and the other way round', async () => {
    const [undated, dated] = [
      { 12: undefined, 13: undefined },
      { 12: '083000', 13: '1125' },
    ];
    for (const [own, its] of [
      [dated, undated],
      [undated, dated],
    ]) {
      const paid = (await till.tell(purchase(dated))).fields;
      const sold = { ...own, 61: `000001${paid[11]}1125` };
      const undo = purchase({ ...sold, 3: '200000', 60: '23000001000500' });
      const held = purchase({ ...dated, 3: '030000', 60: '10000001000500' }, '0100');
      const approval = (await till.tell(held)).fields[38];
      const named = { ...own, 38: approval, 61: `000001${held.fields[11]}1125` };
      const complete = purchase({ ...named, 60: '20000001000500' });
      for (const asked of [undo, complete]) {
        expect((await till.tell(asked)).fields[39]).toBe('00');
        const reversal = purchase({ ...asked.fields, ...its, 39: '98' }, '0400');
        expect((await till.tell(reversal)).fields[39]).toBe('00');
        expect(await reversals(asked)).toBe(1);
      }
    }
  });

  test('a reversal of one day takes nothing back of another that has the same trace', async () => {
    const asked = purchase({ 13: '1122' });
    await till.tell(asked);
    const next = purchase({ ...asked.fields, 13: '1123', 39: '98' }, '0400');
    expect((await till.tell(next)).fields[39]).toBe('00');
    expect(await reversals(asked)).toBe(0);
  });
});

/** How often the payment under a trace number was given back. */
async function reversals({ fields }: ReturnType<typeof purchase>): Promise<number> {
  const { rows } = await house.owner.run(
    {
      name: 'test-reversals',
      text: `select count(*)::int from ledger.entries r join idempotency.outcomes o
        on o.bucket = r.bucket and o.id = r.original_id
        where substring(replace(o.business_key::text, '-', '') from 21 for 6) = lpad(to_hex($1::int), 6, '0')`,
    },
    [Number(fields[11])],
  );
  return rows[0]?.[0] as number;
}

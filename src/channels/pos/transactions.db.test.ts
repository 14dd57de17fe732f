import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPaymentPin } from '#access/payment-pin.ts';
import { systemActor } from '#audit/rules/event.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { insertLimits } from '#sectors/shops/store.ts';
import { verify } from '#settlement/verify.ts';
import { rowCounts } from '#testing/http/http-calls.ts';
import { openPosTown, type PosTown, type Told, type TownTerminal } from '#testing/pos/pos-town.ts';
import type { Original } from '#testing/pos/requests.ts';
import type { Entry } from '#testing/pos/terminal-state.ts';
import { cardNumber, cardRef, merchantTerminal, town } from '#testing/town.ts';

let database: TestDatabase;
let house: PosTown;
let till: TownTerminal;
const pin = '135790';

beforeAll(async () => {
  database = await createTestDatabase();
  house = await openPosTown(database.url, { merchants: 7 });
  till = await house.terminal(merchantTerminal(1));
  const limit = { product: town.product, effectiveFrom: '2021-01-01' };
  await insertLimits(house.owner, [
    { ...limit, perPaymentFen: 50_000n, perDayFen: 1_000_000n, pinFreeFen: 5_000n },
  ]);
  for (const card of [0, 1, 2])
    await setPaymentPin(house.owner, house.parts.secrets, { ...cardRef(card), pin, actor: systemActor });
});
afterAll(async () => {
  await house?.close();
  await database?.drop();
});

let traces = 500;
const nextTrace = () => String(++traces).padStart(6, '0');
const placeOf = (terminalId: number, participantId: number) => ({
  41: String(terminalId),
  42: String(participantId).padStart(15, '0'),
});
const place = placeOf(merchantTerminal(1), 1);

type Given = Record<number, string | undefined>;

/** A message about card 0, in a form (60.1). */
function message(mti: string, code: string, over: { readonly form: string; readonly fields?: Given }) {
  const fields = {
    2: cardNumber(0),
    3: code,
    11: nextTrace(),
    49: '156',
    60: `${over.form}000001000500`,
    ...place,
  };
  return { mti, fields: { ...fields, ...over.fields } };
}
const fen = (amount: number) => String(amount).padStart(12, '0');
const pay = (amount: number, fields: Given = {}) =>
  till.tell(message('0200', '000000', { form: '22', fields: { 4: fen(amount), ...fields } }));

/** Names an original in field 61, by what its answer said. */
const original = ({ fields }: Told) => ({ 61: `000001${fields[11]}${fields[13]}` });
const entry = ({ fields }: Told): Original => ({ rrn: fields[37] ?? null, approval: fields[38] ?? null });

async function spendableFen(card: number): Promise<bigint> {
  const { rows } = await house.owner.run(
    {
      name: 'test-spendable',
      text: 'select sum(balance_fen - held_fen)::bigint from ledger.accounts where owner_id = $1',
    },
    [cardRef(card).cardAccountId],
  );
  return rows[0]?.[0] as bigint;
}

const rowsOf = async (text: string, terminalId: number) =>
  (await house.owner.run({ name: `test-${hash('md5', text)}`, text }, [terminalId])).rows;

/** What the card has to spend more or less after this than before. */
async function changeOf(act: () => Promise<unknown>, card = 0): Promise<bigint> {
  const before = await spendableFen(card);
  await act();
  return (await spendableFen(card)) - before;
}

describe('a void', () => {
  const undo = (of: Told, fields: Given = {}) =>
    till.tell(message('0200', '200000', { form: '23', fields: { 4: fen(300), ...original(of), ...fields } }));

  test('takes a payment back whole, and its repeat says so again', async () => {
    const change = await changeOf(async () => {
      const paid = await pay(300);
      const asked = message('0200', '200000', {
        form: '23',
        fields: { 4: fen(300), 37: paid.fields[37], 38: paid.fields[38], ...original(paid) },
      });
      const first = await till.tell(asked);
      expect(first.fields[39]).toBe('00');
      // The number that named the payment is not the void's own.
      expect(first.fields[37]).not.toBe(paid.fields[37]);
      expect((await till.tell({ ...asked, mti: '0201' })).bytes).toEqual(first.bytes);
      expect((await undo(paid)).fields[39]).toBe('22');
    });
    expect(change).toBe(0n);
  });

  test('that is reversed leaves the payment standing, also when the reversal comes first', async () => {
    const change = await changeOf(async () => {
      const paid = await pay(300);
      const asked = message('0200', '200000', { form: '23', fields: { 4: fen(300), ...original(paid) } });
      const reversal = { mti: '0400', fields: { ...asked.fields, 39: '98' } };
      await till.tell(asked);
      expect((await till.tell(reversal)).fields[39]).toBe('00');
      const late = message('0200', '200000', { form: '23', fields: { 4: fen(300), ...original(paid) } });
      expect((await till.tell({ mti: '0400', fields: { ...late.fields, 39: '98' } })).fields[39]).toBe('00');
      expect((await till.tell(late)).fields[39]).toBe('22');
    });
    expect(change).toBe(-300n);
  });

  test('needs no card: its original says whose it is', async () => {
    const paid = await pay(300);
    expect((await undo(paid, { 2: undefined })).fields[39]).toBe('00');
  });

  test('finds its original by our retrieval number too', async () => {
    const paid = await pay(300);
    expect((await undo(paid, { 61: undefined, 37: paid.fields[37] })).fields[39]).toBe('00');
  });

  test('of what is not there, of another card, or with another approval code is none', async () => {
    const paid = await pay(300);
    const missing = message('0200', '200000', { form: '23', fields: { 4: fen(300), 61: '000001999999' } });
    const first = await till.tell(missing);
    expect(first.fields[39]).toBe('25');
    expect((await till.tell({ ...missing, mti: '0201' })).bytes).toEqual(first.bytes);
    expect((await undo(paid, { 2: cardNumber(1) })).fields[39]).toBe('25');
    expect((await undo(paid, { 38: '000000' })).fields[39]).toBe('12');
    expect((await undo(paid)).fields[39]).toBe('00');
  });

  test('is the same over HTTP', async () => {
    const paid = await pay(300, { 12: '083000', 13: '1122' });
    const asked = message('0200', '200000', {
      form: '23',
      fields: { 12: '083100', 13: '1122', ...original(paid) },
    });
    const undone = await till.tell(asked);
    expect(undone.fields[39]).toBe('00');
    const { json } = await house.post('/v1/transactions', {
      ...{ sector: 'shops', cardNumber: cardNumber(0), amount: 300, currency: 'CNY', batchNumber: 1 },
      ...{ traceNumber: Number(paid.fields[11]), localTime: `${town.firstDay}T08:30:00` },
    });
    const again = await house.post(`/v1/transactions/${json.transactionId}/void`, {
      batchNumber: 1,
      traceNumber: Number(asked.fields[11]),
      localTime: `${town.firstDay}T08:31:00`,
    });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  });
});

describe('a refund', () => {
  const refund = (of: Told, amount: number, fields: Given = {}) =>
    till.tell(
      message('0220', '200000', { form: '25', fields: { 4: fen(amount), ...original(of), ...fields } }),
    );

  test('gives parts back, and never more than was paid', async () => {
    const change = await changeOf(async () => {
      const paid = await pay(400);
      const first = await refund(paid, 150);
      expect([first.mti, first.fields[39]]).toEqual(['0230', '00']);
      expect((await refund(paid, 251)).fields[39]).toBe('13');
      expect((await refund(paid, 250)).fields[39]).toBe('00');
    });
    expect(change).toBe(0n);
  });

  test('is asked for with a slip of another terminal of the same merchant by its retrieval number', async () => {
    const paid = await pay(400);
    const { rrn } = entry(paid);
    expect((await refund(paid, 400, { 61: undefined, 37: rrn ?? '' })).fields[39]).toBe('00');
  });
});

describe('an authorisation', () => {
  const hold = (amount: number) =>
    till.tell(message('0100', '030000', { form: '10', fields: { 4: fen(amount) } }));
  const complete = (of: Told, amount: number, fields: Given = {}) =>
    till.tell(
      message('0200', '000000', { form: '20', fields: { 4: fen(amount), ...original(of), ...fields } }),
    );

  test('holds, is completed for less, and the rest is free', async () => {
    const change = await changeOf(async () => {
      const held = await hold(1_000);
      expect([held.mti, held.fields[39], held.fields[4]]).toEqual(['0110', '00', fen(1_000)]);
      const done = await complete(held, 700, { 38: held.fields[38] });
      expect(done.fields[39]).toBe('00');
      expect((await complete(held, 100)).fields[39]).toBe('12');
    });
    expect(change).toBe(-700n);
  });

  test('is completed in parts where the terminal says that more will come', async () => {
    const change = await changeOf(async () => {
      const held = await hold(1_000);
      const part = await complete(held, 300, { 60: '20000001000501' });
      expect(part.fields[39]).toBe('00');
      expect((await complete(held, 701)).fields[39]).toBe('13');
      expect((await complete(held, 600)).fields[39]).toBe('00');
    });
    expect(change).toBe(-900n);
  });

  test('is told to be completed by an advice', async () => {
    const held = await hold(1_000);
    const advice = message('0220', '000000', { form: '24', fields: { 4: fen(1_000), ...original(held) } });
    expect((await till.tell(advice)).fields[39]).toBe('00');
  });

  test('is given up by its void, and by its reversal', async () => {
    const change = await changeOf(async () => {
      const held = await hold(1_000);
      const undo = message('0100', '200000', { form: '11', fields: { 4: fen(1_000), ...original(held) } });
      expect((await till.tell(undo)).fields[39]).toBe('00');
      const asked = message('0100', '030000', { form: '10', fields: { 4: fen(1_000) } });
      await till.tell(asked);
      expect((await till.tell({ mti: '0400', fields: { ...asked.fields, 39: '98' } })).fields[39]).toBe('00');
    });
    expect(change).toBe(0n);
  });

  test('whose completion is voided has the money back, once', async () => {
    const change = await changeOf(async () => {
      const held = await hold(1_000);
      const done = await complete(held, 700);
      const undo = () =>
        till.tell(message('0200', '200000', { form: '21', fields: { 4: fen(700), ...original(done) } }));
      expect((await undo()).fields[39]).toBe('00');
      expect((await undo()).fields[39]).toBe('13');
      const wrong = message('0200', '200000', { form: '21', fields: { 4: fen(700), ...original(held) } });
      expect((await till.tell(wrong)).fields[39]).toBe('12');
    });
    expect(change).toBe(0n);
  });

  test('whose completion is reversed holds again, and can be completed again', async () => {
    const change = await changeOf(async () => {
      const held = await hold(1_000);
      const asked = message('0200', '000000', { form: '20', fields: { 4: fen(700), ...original(held) } });
      expect((await till.tell(asked)).fields[39]).toBe('00');
      const reversal = { mti: '0400', fields: { ...asked.fields, 39: '98' } };
      const first = await till.tell(reversal);
      expect(first.fields[39]).toBe('00');
      expect((await till.tell({ ...reversal, mti: '0401' })).bytes).toEqual(first.bytes);
      expect((await complete(held, 600)).fields[39]).toBe('00');
    });
    expect(change).toBe(-600n);
  });

  test('whose void is reversed holds again', async () => {
    const change = await changeOf(async () => {
      const held = await hold(1_000);
      const undo = message('0100', '200000', { form: '11', fields: { 4: fen(1_000), ...original(held) } });
      await till.tell(undo);
      expect((await till.tell({ mti: '0400', fields: { ...undo.fields, 39: '98' } })).fields[39]).toBe('00');
    });
    expect(change).toBe(-1_000n);
  });

  test('that was completed is refunded by the completion', async () => {
    const change = await changeOf(async () => {
      const done = await complete(await hold(1_000), 1_000);
      const back = { 4: fen(1_000), ...original(done) };
      expect((await till.tell(message('0220', '200000', { form: '25', fields: back }))).fields[39]).toBe(
        '00',
      );
    });
    expect(change).toBe(0n);
  });
});

describe('a sale that was made offline', () => {
  const settle = (amount: number) =>
    till.tell(message('0220', '000000', { form: '30', fields: { 4: fen(amount) } }));
  const adjust = (of: Told, total: number, form = '32') =>
    message('0220', '000000', { form, fields: { 4: fen(total), ...original(of) } });

  test('is booked, and given a lower total once', async () => {
    const change = await changeOf(async () => {
      const sold = await settle(1_000);
      expect([sold.mti, sold.fields[39]]).toEqual(['0230', '00']);
      const asked = adjust(sold, 800);
      const first = await till.tell(asked);
      expect([first.fields[39], first.fields[4]]).toEqual(['00', fen(800)]);
      expect((await till.tell({ ...asked, mti: '0221' })).bytes).toEqual(first.bytes);
      expect((await till.tell(adjust(sold, 700))).fields[39]).toBe('94');
      expect((await till.tell(adjust(sold, 1_000))).fields[39]).toBe('94');
    });
    expect(change).toBe(-800n);
  });

  test('is given a tip once, also by two messages at once', async () => {
    const change = await changeOf(async () => {
      const sold = await settle(1_000);
      const answers = await Promise.all([
        till.tell(adjust(sold, 1_100, '34')),
        till.tell(adjust(sold, 1_100, '34')),
      ]);
      expect(answers.map(({ fields }) => fields[39]).sort()).toEqual(['00', '94']);
    });
    expect(change).toBe(-1_100n);
  });

  test('keeps its total without anything moving, and its repeat says so for ever', async () => {
    const sold = await settle(1_000);
    const asked = adjust(sold, 1_000);
    const before = await rowCounts(house.owner);
    const first = await till.tell(asked);
    expect(first.fields[39]).toBe('00');
    expect(await rowCounts(house.owner)).toEqual(before);
    await till.tell(adjust(sold, 900));
    expect((await till.tell({ ...asked, mti: '0221' })).bytes).toEqual(first.bytes);
  });

  test('whose tip is reversed is what it was', async () => {
    const change = await changeOf(async () => {
      const sold = await settle(1_000);
      const asked = adjust(sold, 1_250, '34');
      await till.tell(asked);
      expect((await till.tell({ mti: '0400', fields: { ...asked.fields, 39: '98' } })).fields[39]).toBe('00');
    });
    expect(change).toBe(-1_000n);
  });

  test('that was given a tip is voided once the tip was, since each gives back its own amount alone', async () => {
    const voidOf = (of: Told) =>
      message('0200', '200000', { form: '23', fields: { 4: of.fields[4], ...original(of) } });
    const change = await changeOf(async () => {
      const sold = await settle(1_000);
      const tipped = await till.tell(adjust(sold, 1_200, '34'));
      const early = voidOf(sold);
      expect((await till.tell(early)).fields[39]).toBe('12');
      expect((await till.tell(voidOf(tipped))).fields[39]).toBe('00');
      const voided = await till.tell(early);
      expect(voided.fields[39]).toBe('00');
      expect((await till.tell({ ...early, mti: '0201' })).bytes).toEqual(voided.bytes);
    });
    expect(change).toBe(0n);
  });

  test('is adjusted, and its adjustment is not', async () => {
    const sold = await settle(1_000);
    const tipped = await till.tell(adjust(sold, 1_200, '34'));
    expect((await till.tell(adjust(tipped, 100))).fields[39]).toBe('12');
  });

  test('of which nothing is known is not adjusted', async () => {
    const sold = await settle(1_000);
    expect((await till.tell({ ...adjust(sold, 900), mti: '0220' })).fields[39]).toBe('00');
    const unknown = message('0220', '000000', { form: '32', fields: { 4: fen(900), 61: '000001999998' } });
    expect((await till.tell(unknown)).fields[39]).toBe('25');
  });
});

describe('a PIN', () => {
  test('pays what needs one, and a wrong one does not, and is one try however often it is sent', async () => {
    const order = { cardNumber: cardNumber(0), amountFen: 6_000n };
    expect((await till.send(till.begin('payment', order))).code).toBe('55');
    const wrong = till.begin('payment', { ...order, pin: '999999' });
    for (let tries = 0; tries < 4; tries++) expect((await till.send(wrong, tries > 0)).code).toBe('55');
    expect((await till.send(till.begin('payment', { ...order, pin }))).code).toBe('00');
  });

  test('that is no block under the keys of the terminal asks for another sign-on', async () => {
    const typed = { 4: fen(6_000), 26: '06', 52: '0123456789ABCDEF', 53: '2600000000000000' };
    expect((await pay(6_000, typed)).fields[39]).toBe('99');
  });
});

describe('a ride', () => {
  test('costs what its tariff says, and is reversed with the fare that the terminal learnt', async () => {
    const gate = await house.terminal(town.operatorTerminal);
    const place = placeOf(town.operatorTerminal, town.operatorId);
    const change = await changeOf(async () => {
      const ride = message('0200', '000000', { form: '22', fields: { ...place, 57: 'line=28' } });
      const taken = await gate.tell(ride);
      expect(taken.fields).toMatchObject({ 4: fen(Number(town.fareFen)), 39: '00' });
      const reversal = { ...ride.fields, 4: taken.fields[4], 39: '98' };
      expect((await gate.tell({ mti: '0400', fields: reversal })).fields[39]).toBe('00');
      const second = message('0200', '000000', { form: '22', fields: { ...place, 57: 'line=28' } });
      expect((await gate.tell(second)).fields[39]).toBe('00');
    });
    expect(change).toBe(-town.fareFen);
  });
});

describe('a balance', () => {
  test('is told to who types the PIN: what may be spent here, and the look is in the trail', async () => {
    const told = await till.balance({ cardNumber: cardNumber(1), pin });
    expect(told).toMatchObject({ code: '00', fields: { 54: '1002156C000000100000' } });
    const { rows } = await house.owner.run({
      name: 'test-looks',
      text: `select subject from audit.events where act = 'balances-looked-at' order by sequence desc limit 1`,
    });
    expect(rows[0]?.[0]).toBe(`card-account ${cardRef(1).cardAccountId}`);
  });

  test('is not told without a PIN, with a wrong one, or of a card that nobody knows', async () => {
    expect((await till.balance({ cardNumber: cardNumber(1) })).code).toBe('55');
    expect((await till.balance({ cardNumber: cardNumber(1), pin: '000001' })).code).toBe('55');
    expect((await till.balance({ cardNumber: cardNumber(5), pin })).code).toBe('57');
    expect((await till.balance({ cardNumber: '6217001234567890123', pin })).code).toBe('14');
  });
});

describe('a terminal', () => {
  test('of a sector that a room of ours posts pays nothing by itself', async () => {
    const utility = await house.terminal(town.utilityTerminal);
    const bill = message('0200', '000000', { form: '22', fields: { 4: fen(100) } });
    const fields = { ...bill.fields, ...placeOf(town.utilityTerminal, town.utilityId), 57: 'bill=1' };
    expect((await utility.tell({ ...bill, fields })).fields[39]).toBe('58');
  });

  test('that signs on again goes on with its new keys, and its old ones end', async () => {
    const other = await house.terminal(merchantTerminal(2));
    const buy = () => ({ cardNumber: cardNumber(2), amountFen: 100n });
    expect((await other.send(other.begin('payment', buy()))).code).toBe('00');
    await other.signOn();
    expect((await other.send(other.begin('payment', buy()))).code).toBe('00');
    expect((await other.echo()).code).toBe('00');
    expect((await other.signOff()).code).toBe('00');
  });

  test('settles its batch against our books, and goes on in the next', async () => {
    const shop = await house.terminal(merchantTerminal(3));
    const buy = (amountFen: bigint) => shop.begin('payment', { cardNumber: cardNumber(2), amountFen });
    const first = buy(100n);
    await shop.send(first);
    await shop.send(buy(250n));
    const taken = buy(70n);
    await shop.send(taken);
    await shop.reverse(taken);
    expect(await shop.settle()).toBe('balanced');
    expect(shop.state.batchNumber).toBe(2);
    expect((await shop.send(buy(100n))).code).toBe('00');
    // The repeat of what was paid in the old batch has its answer; a new payment there has not.
    const { fields } = first;
    const again = await shop.tell({ mti: '0201', fields });
    expect([again.fields[39], again.fields[37]]).toEqual(['00', first.rrn]);
    expect((await shop.tell({ mti: '0200', fields: { ...fields, 11: '009999' } })).fields[39]).toBe('77');
    expect((await shop.signOn()).fields[60]).toBe('00000002003');
  });

  describe('with sales that were adjusted', () => {
    const sell = async (shop: TownTerminal, amountFen: bigint) => {
      const sale = shop.begin('payment', { cardNumber: cardNumber(2), amountFen });
      await shop.send(sale);
      return sale;
    };
    const give = async (shop: TownTerminal, original: Entry, of: readonly ['adjustment' | 'tip', bigint]) => {
      const [kind, amountFen] = of;
      const change = shop.begin(kind, { cardNumber: cardNumber(2), amountFen, original });
      await shop.send(change);
      return change;
    };

    test('balances: each is one debit of its new total, and a tip that was reversed is none', async () => {
      const shop = await house.terminal(merchantTerminal(4));
      const change = await changeOf(async () => {
        await sell(shop, 500n);
        const lower = await give(shop, await sell(shop, 1_000n), ['adjustment', 800n]);
        const tipped = await give(shop, await sell(shop, 2_000n), ['tip', 2_300n]);
        const undone = await give(shop, await sell(shop, 3_000n), ['tip', 3_300n]);
        await shop.reverse(undone);
        expect([lower, tipped, undone].map(({ code }) => code)).toEqual(['00', '00', '00']);
        expect(undone.reversal).toBe('00');
      }, 2);
      expect(change).toBe(-6_600n);
      expect(await shop.settle()).toBe('balanced');
      const own = `select own_debit_fen::int, own_debit_count, own_credit_fen::int, own_credit_count
        from terminals.batches where terminal_id = $1 and batch_number = 1`;
      expect(await rowsOf(own, merchantTerminal(4))).toEqual([[6_600, 4, 0, 0]]);
    });

    test('voids none of them without the tip to it, which is reversed first: nothing stays with the holder', async () => {
      const shop = await house.terminal(merchantTerminal(7));
      const undo = async (original: Entry) => {
        const undone = shop.begin('void', { cardNumber: cardNumber(2), amountFen: 1_200n, original });
        await shop.send(undone);
        return undone;
      };
      const change = await changeOf(async () => {
        const sale = await sell(shop, 1_000n);
        const tip = await give(shop, sale, ['tip', 1_200n]);
        expect((await undo(sale)).code).toBe('12');
        await shop.reverse(tip);
        const undone = await undo(sale);
        expect([tip.reversal, undone.code]).toEqual(['00', '00']);
        await shop.send(undone, true);
        expect(undone.code).toBe('00');
      }, 2);
      expect(change).toBe(0n);
    });

    test('and with one total wrong, uploads records that match all the same, under the new total', async () => {
      const shop = await house.terminal(merchantTerminal(5));
      const sale = await sell(shop, 1_000n);
      await give(shop, sale, ['adjustment', 700n]);
      await sell(shop, 50n);
      shop.state.entries.push({ ...sale, trace: '009998', amount: fen(5) });
      expect(await shop.settle()).toBe('unbalanced');
      const kept = `select amount_fen::int, own_amount_fen::int, verdict from terminals.batch_uploads
        where terminal_id = $1 order by trace_number`;
      expect(await rowsOf(kept, merchantTerminal(5))).toEqual([
        [700, 700, 'matched'],
        [50, 50, 'matched'],
        [5, null, 'missing-here'],
      ]);
    });

    test('in a batch that is settled cannot be adjusted any more, and what was repeats as it was', async () => {
      const shop = await house.terminal(merchantTerminal(6));
      const [sale, other] = [await sell(shop, 1_000n), await sell(shop, 1_000n)];
      const change = await give(shop, sale, ['adjustment', 900n]);
      expect(await shop.settle()).toBe('balanced');
      const again = await shop.tell({ mti: '0221', fields: change.fields });
      expect([again.fields[39], again.fields[37]]).toEqual(['00', change.rrn]);
      expect((await give(shop, other, ['adjustment', 900n])).code).toBe('25');
      expect((await give(shop, change, ['tip', 950n])).code).toBe('25');
      expect(await shop.settle()).toBe('balanced');
    });
  });

  test('whose totals are others uploads its batch, and goes on in the next too', async () => {
    const shop = await house.terminal(merchantTerminal(3), 2_000);
    const sale = shop.begin('payment', { cardNumber: cardNumber(2), amountFen: 100n });
    await shop.send(sale);
    shop.state.entries.push({ ...sale, trace: '009998', amount: fen(5) });
    expect(await shop.settle()).toBe('unbalanced');
    expect(shop.state.batchNumber).toBe(3);
    expect((await shop.signOn()).fields[60]).toBe('00000003003');
  });
});

test('and after all of it the books are whole', async () => {
  expect(await verify(house.parts.pool)).toMatchObject({ ok: true });
});

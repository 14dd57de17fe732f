import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driveDuePayments } from '#bills/drive-payment.ts';
import { payBill } from '#bills/pay-bill.ts';
import { readUtilities } from '#bills/utilities/store.ts';
import type { UtilityTerms } from '#bills/utility.ts';
import { closeDay } from '#settlement/close-day.ts';
import { type BillTown, billFen, openBillTown } from '#testing/bill-town.ts';
import { cardRef, town } from '#testing/town.ts';
import { makeDayFile, sendDayFile, sendDueDayFiles } from './day-file.ts';
import { readBreaks, readDayFile } from './store.ts';

const dayOne = town.firstDay;
/** The day that took over at the first cut-off: the clock says which. */
let dayTwo: string;
let at: BillTown;
beforeAll(async () => {
  at = await openBillTown();
  // The utility is older than the days that are closed here: the books of the test begin in the past.
  await at.house.owner.query(`update bills.utilities set since = '2020-01-01'`);
});
afterAll(() => at?.close());

const make = (date: string) => makeDayFile(at.parts, town.utilityId, date);
async function made(date: string) {
  const file = await make(date);
  if (typeof file === 'string') throw new Error(file);
  return file;
}
async function paid(behaviours = {}, over = {}) {
  const answer = await payBill(at.parts, await at.newWish(behaviours, over));
  if (answer.status !== 'payment') throw new Error(JSON.stringify(answer));
  return answer.payment;
}
async function close(date: string) {
  const closed = await closeDay(at.house.pool, date);
  if (typeof closed === 'string') throw new Error(closed);
  return closed.nextDate;
}
const termsOf = async () =>
  (await readUtilities(at.parts.session, [town.utilityId])).get(town.utilityId) as UtilityTerms;

describe('the day’s file', () => {
  test('is what was written off, and what was given back, of a closed day whose payments have ended', async () => {
    expect(await make(dayOne)).toBe('day-not-closed');
    expect(await make('2026-01-01')).toBe('day-not-closed');
    const good = await paid();
    const bad = await paid({ 'write-offs': 'refuses' });
    // One that the utility has posted and cannot cancel, and one that is still under way at the cut-off.
    const stubborn = await paid({
      'write-offs': 'posts-answers-500',
      inquiries: 'answers-500',
      cancellations: 'refuses',
    });
    expect(stubborn).toMatchObject({ state: 'returned', cancellation: 'refused' });
    const wish = await at.newWish();
    const killed = {
      ...at.parts,
      passed: (act: string) => {
        if (act === 'is paid') throw new Error('killed');
      },
    };
    await expect(payBill(killed, wish)).rejects.toThrow('killed');
    dayTwo = await close(dayOne);
    expect(await make(dayOne)).toBe('day-file-not-ready');
    await at.server.setCustomer(wish.customerNumber, []);
    await at.passTime();
    await driveDuePayments(at.parts);

    const file = await made(dayOne);
    const day = dayOne.replaceAll('-', '');
    const line = (payment: { id: string; customerNumber: string }, amount: bigint, type: string) =>
      `${day}|${payment.id}|${payment.customerNumber}|${amount}|T10000001|${type}`;
    const { rows } = await at.house.pool.query('select id from bills.payments where bill_number = $1', [
      wish.billNumber,
    ]);
    const late = { id: rows[0].id as string, customerNumber: wish.customerNumber };
    expect(file.content).toBe(
      [
        `6|${2n * billFen}`,
        line(good, billFen, '01'),
        line(bad, billFen, '02'),
        line(bad, -billFen, '03'),
        line(stubborn, billFen, '02'),
        line(stubborn, -billFen, '03'),
        line(late, billFen, '02'),
        '',
      ].join('\n'),
    );
    expect(file.digestHex).toBe(hash('sha256', file.content, 'hex'));
    expect(file.ledgerFen).toBe(file.amountFen);
    expect(await made(dayOne)).toEqual(file);
  });

  test('made anew from the same rows is the same file', async () => {
    const before = await made(dayOne);
    await at.house.owner.query(
      'begin; set local session_replication_role = replica; delete from bills.day_files; commit',
    );
    const again = await made(dayOne);
    expect(again).toEqual(before);
  });

  test('is sent once; what the utility had posted in spite of its cancellation it takes back, and that is a break', async () => {
    const file = await made(dayOne);
    const before = Object.keys((await at.server.books()).posted).length;
    expect(await sendDayFile(at.parts, await termsOf(), file)).toBe(true);
    const books = await at.server.books();
    expect(Object.keys(books.posted)).toHaveLength(before - 1);
    expect(books.dayFiles[dayOne]).toBe(file.content);
    const breaks = await readBreaks(at.parts.session, town.utilityId, dayOne);
    expect(breaks).toEqual([{ reference: expect.any(String), kind: 'taken-back', amountFen: billFen }]);
    const sent = await readDayFile(at.parts.session, town.utilityId, dayOne);
    expect(sent?.sentAt).toBeInstanceOf(Date);
    // Sent again by another instance at the same moment: the same answer, no second break.
    expect(await sendDayFile(at.parts, await termsOf(), file)).toBe(true);
    expect(await readBreaks(at.parts.session, town.utilityId, dayOne)).toEqual(breaks);
  });

  test('of the next day has what went back then; a charge that a desk gave back is a break with the ledger', async () => {
    const good = await paid({}, { card: cardRef(1) });
    const compensation = {
      kind: 'refund',
      sector: 'utilities',
      callerKey: null,
      businessKey: '0f000000-0000-0000-0000-000000000001',
      card: cardRef(1),
      terminalId: town.utilityTerminal,
      batchNumber: 1,
      amountFen: 25n as never,
      localTime: `${dayTwo} 09:00:00`,
      original: { id: good.entryId, businessKey: null },
      detail: {},
      final: false,
    } as const;
    const answer = await at.parts.clearing.submit({ request: compensation, isRepeat: false });
    expect(answer).toMatchObject({ status: 'decided', refusal: null });
    await close(dayTwo);
    const file = await made(dayTwo);
    const types = file.content
      .split('\n')
      .slice(1, -1)
      .map((line) => line.slice(-2));
    expect(types).toEqual(['03', '01']);
    expect(file.amountFen).toBe(0n);
    expect(file.ledgerFen).toBe(-25n);
    const breaks = await readBreaks(at.parts.session, town.utilityId, dayTwo);
    expect(breaks).toEqual([{ reference: 'ledger', kind: 'ledger-differs', amountFen: -25n }]);
  });

  test('that cannot be sent is said in the log, holds up no other, and comes again', async () => {
    await at.house.owner.query('update bills.day_files set sent_at = null, next_send_at = now()');
    const said: string[] = [];
    const log = { ...at.parts.log, error: (message: string) => said.push(message) };
    let calls = 0;
    const connect: typeof at.parts.connect = (terms) => {
      if (++calls === 1) throw new Error('its key cannot be opened');
      return at.parts.connect(terms);
    };
    expect(await sendDueDayFiles({ ...at.parts, log, connect })).toBe(1);
    expect(said).toEqual(['a day file could not be sent']);
    expect(await sendDueDayFiles(at.parts)).toBe(1);
    await at.house.owner.query('update bills.day_files set sent_at = null where business_date = $1', [
      dayTwo,
    ]);
  });

  test('is made and sent by the schedule, each once', async () => {
    expect(await sendDueDayFiles(at.parts)).toBe(1);
    expect(await sendDueDayFiles(at.parts)).toBe(0);
    expect((await at.server.books()).dayFiles[dayTwo]).toMatch(/^2\|0\n/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { startUtility, type UtilityBehaviour, type UtilityServer } from '#testing/servers/utility-server.ts';
import type { Utility } from './utility.ts';
import { utilityClient } from './utility-client.ts';

const bill = { billNumber: 'W-1', period: '2026-10', amount: 5_000, penalty: 25 };
let server: UtilityServer;
let utility: Utility;
let customers = 0;
const termsOf = (baseUrl: string) => ({
  participantId: 7,
  terminalId: 7,
  baseUrl,
  keySealed: Buffer.alloc(1),
  queryTimeoutMs: 200,
  writeOffTimeoutMs: 200,
  active: true,
});

beforeAll(async () => {
  server = await startUtility(7, 400);
  utility = utilityClient(termsOf(server.baseUrl), server.key);
});
afterAll(() => server.stop());

/** A customer with one bill of its own, for whom the write-off goes like this. */
async function customerFor(behaviour: UtilityBehaviour) {
  const customerNumber = `C${++customers}`;
  const billNumber = `W-${customers}`;
  await server.setCustomer(customerNumber, [{ ...bill, billNumber }], { 'write-offs': behaviour });
  return { reference: `order-${customers}`, customerNumber, billNumber, amountFen: 5_025n };
}

describe('what is due', () => {
  test('is said with its penalty, and is due no more when it was written off', async () => {
    const asked = await customerFor('accepts');
    const { billNumber } = asked;
    expect(await utility.findBills(asked.customerNumber)).toEqual({
      status: 'found',
      bills: [{ billNumber, period: '2026-10', amountFen: fen(5_000), penaltyFen: fen(25) }],
    });
    expect(await utility.writeOff(asked)).toEqual({ status: 'accepted' });
    expect(await utility.findBills(asked.customerNumber)).toEqual({ status: 'found', bills: [] });
  });

  test('is nothing for a customer whom the utility does not know', async () => {
    expect(await utility.findBills('nobody')).toEqual({ status: 'unknown-customer' });
  });
});

describe('a write-off', () => {
  test.for([
    ['accepts', 'accepted', 'posted'],
    ['refuses', 'refused', 'not-posted'],
    ['posts-answers-late', 'unknown', 'posted'],
    ['answers-late-does-not-post', 'unknown', 'not-posted'],
    ['posts-late', 'unknown', 'not-posted'],
    ['drops-before', 'unknown', 'not-posted'],
    ['drops-after', 'unknown', 'posted'],
    ['posts-answers-500', 'unknown', 'posted'],
    ['answers-500', 'unknown', 'not-posted'],
    ['posts-answers-nonsense', 'unknown', 'posted'],
    ['answers-too-much', 'unknown', 'not-posted'],
    ['redirects', 'unknown', 'not-posted'],
  ] as const)('that the utility %s is %s, and an inquiry says %s', async ([behaviour, said, stands]) => {
    const asked = await customerFor(behaviour);
    expect(await utility.writeOff(asked)).toMatchObject({ status: said });
    expect(await utility.inquire(asked)).toEqual({ status: stands });
  });

  test('is the same write-off under the same reference, however often it comes', async () => {
    const asked = await customerFor('accepts');
    for (let i = 0; i < 3; i++) expect(await utility.writeOff(asked)).toEqual({ status: 'accepted' });
    const { posted } = await server.books();
    expect(Object.values(posted).filter((one) => one.billNumber === asked.billNumber)).toHaveLength(1);
  });

  test('that comes after its cancellation is refused: the cancellation leaves a tombstone', async () => {
    const asked = await customerFor('accepts');
    expect(await utility.cancel(asked)).toEqual({ status: 'cancelled' });
    expect(await utility.writeOff(asked)).toEqual({ status: 'refused', code: 'cancelled-before' });
    expect(await utility.inquire(asked)).toEqual({ status: 'cancelled' });
  });

  test.for([
    ['bill-unknown', { billNumber: 'W-none' }],
    ['amount-changed', { amountFen: 5_024n }],
  ] as const)('is refused as %s', async ([code, over]) => {
    const asked = { ...(await customerFor('accepts')), ...over };
    expect(await utility.writeOff(asked)).toEqual({ status: 'refused', code });
  });
});

describe('the line to the utility', () => {
  test('is signed: under another key nothing is taken', async () => {
    const stranger = utilityClient(termsOf(server.baseUrl), Buffer.alloc(32, 9));
    const asked = await customerFor('accepts');
    expect(await stranger.writeOff(asked)).toEqual({ status: 'unknown' });
    expect(await utility.inquire(asked)).toEqual({ status: 'not-posted' });
  });

  test('that nobody answers is unknown, not a fault', async () => {
    const gone = utilityClient(termsOf('http://127.0.0.1:9/7'), server.key);
    expect(await gone.findBills('C1')).toEqual({ status: 'unknown' });
  });

  test.for(['file:///etc/passwd', 'ftp://127.0.0.1/7'])('is http or https: %s is refused', (baseUrl) => {
    expect(() => utilityClient(termsOf(baseUrl), server.key)).toThrow(RangeError);
  });
});

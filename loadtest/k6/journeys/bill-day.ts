import { countLook, countPosting, expectThat, runs, summarise } from './parts/figures.ts';
import { utilityIds } from './parts/names.ts';
import { order } from './parts/order.ts';
import { expectBalance, keyOf, known, learn, nextCard, nextTrace, type OwnCard } from './parts/own-cards.ts';
import { someShop } from './parts/shop.ts';
import { post } from './parts/signed-call.ts';

/** Bill day: at counters, customers ask what is due and pay it; some ask again, some look what is left on the card. */
export const options = runs('visit');
export const handleSummary = summarise;

interface Bill {
  readonly billNumber: string;
  readonly due: number;
  readonly state: string;
}

let visits = 0;

/** Ten digits that no other visit has. The stand-in refuses the bills of numbers that end with 99. */
function nextCustomer(): string {
  visits += 1;
  if (visits % 100 === 99) visits += 1;
  return `${(order.run % 9) + 1}${String(__VU % 1_000).padStart(3, '0')}${String(visits).padStart(6, '0')}`;
}

export function visit(): void {
  const own = nextCard();
  const terminalId = someShop();
  const asked = { utility: utilityIds[visits % utilityIds.length], customerNumber: nextCustomer() };
  const found = post({ path: '/v1/bill-queries', body: asked, terminalId });
  countLook(found);
  const bill = ((found.json?.bills ?? []) as Bill[]).find(({ state }) => state === 'due');
  expectThat('a customer has a bill that is due', found.status === 200 && bill !== undefined, found.text);
  if (bill !== undefined) pay(own, { ...asked, bill, terminalId });
}

function pay(
  own: OwnCard,
  of: { utility: number | undefined; customerNumber: string; bill: Bill; terminalId: number },
): void {
  const { utility, customerNumber, bill, terminalId } = of;
  const trace = nextTrace();
  const named = { cardNumber: own.number, utility, customerNumber, billNumber: bill.billNumber };
  const body = { ...named, amount: bill.due, currency: 'CNY', ...trace };
  const call = { path: '/v1/bill-payments', body, terminalId, key: keyOf(trace, 'bill') };
  const answer = post(call);
  const isPaid = answer.json?.status === 'written-off' && answer.json?.amount === bill.due;
  expectThat('a bill is paid and written off', answer.status === 200 && isPaid, answer.text);
  countPosting(answer, bill.due);
  const before = known(own, 'online');
  if (before !== undefined) learn(own, 'online', before - bill.due);
  if (trace.traceNumber % 10 === 0) {
    const again = post({ ...call, attempt: 1 });
    expectThat('a repeat gets the same bytes', again.text === answer.text && again.replayed, again.text);
  }
  if (trace.traceNumber % 5 === 0) lookWhatIsLeft(own, terminalId);
}

function lookWhatIsLeft(own: OwnCard, terminalId: number): void {
  const answer = post({ path: '/v1/card-inquiries', body: { cardNumber: own.number }, terminalId });
  countLook(answer);
  const purses = (answer.json?.purses ?? []) as { purse: string; posted: number }[];
  const online = purses.find(({ purse }) => purse === 'online');
  expectThat('a terminal sees the balances of the card before it', online !== undefined, answer.text);
  if (online !== undefined) expectBalance(own, 'online', { found: online.posted, movedFen: 0 });
}

import { countPosting, expectThat, runs, summarise } from './parts/figures.ts';
import { gateTerminal } from './parts/names.ts';
import { order } from './parts/order.ts';
import { expectMoved, keyOf, known, learn, nextCard, nextTrace } from './parts/own-cards.ts';
import { post } from './parts/signed-call.ts';

/** Rush hour: taps at many gates with many cards. Every second ride of a card is a transfer at half the fare. */
export const options = runs('tap');
export const handleSummary = summarise;

const fullFen = 200;
const transferFen = 100;
const lines = 40;
const { gates } = order;

// One of each for all taps of a user, filled in anew: what is made for a tap is garbage after it.
const detail = { line: '' };
const body = {
  ...{ sector: 'transit', cardNumber: '', currency: 'CNY', detail },
  ...{ batchNumber: 0, traceNumber: 0, localTime: '' },
};
const call = { path: '/v1/transactions', body, terminalId: 0, key: '' };

export function tap(): void {
  const own = nextCard();
  const trace = nextTrace();
  detail.line = String(1 + (trace.traceNumber % lines));
  body.cardNumber = own.number;
  body.batchNumber = trace.batchNumber;
  body.traceNumber = trace.traceNumber;
  body.localTime = trace.localTime;
  call.terminalId = gateTerminal(Math.floor(Math.random() * gates));
  call.key = keyOf(trace, 'tap');
  const answer = post(call);
  const isTaken = answer.status === 200 && !answer.replayed;
  expectThat('a tap is approved', isTaken, answer.text);
  if (!isTaken) return;
  const fare = answer.json.amount as number;
  const before = known(own, 'last fare');
  const due = before === undefined ? fare : before === fullFen ? transferFen : fullFen;
  if (fare !== due || (fare !== fullFen && fare !== transferFen))
    expectThat('a fare is full or a transfer, in turn', false, { fare, due });
  learn(own, 'last fare', fare);
  expectMoved(own, answer, { purse: 'e-purse', fen: -fare });
  countPosting(answer, fare);
}

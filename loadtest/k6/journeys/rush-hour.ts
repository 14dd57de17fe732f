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

export function tap(): void {
  const own = nextCard();
  const trace = nextTrace();
  const detail = { line: String(1 + (trace.traceNumber % lines)) };
  const terminalId = gateTerminal(Math.floor(Math.random() * gates));
  const answer = post({
    path: '/v1/transactions',
    body: { sector: 'transit', cardNumber: own.number, currency: 'CNY', detail, ...trace },
    terminalId,
    key: keyOf(trace, 'tap'),
  });
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

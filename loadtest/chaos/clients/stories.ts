import type { DemoTerminal } from '#demo/sign-ins.ts';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { Page, Sent } from './notebook.ts';
import type { RequestMaker } from './requests.ts';

/** What happens at a counter, from the first request to the last. */
export interface StoryTools {
  readonly random: SeededRandom;
  readonly make: RequestMaker;
  readonly terminals: readonly DemoTerminal[];
  readonly send: (sent: Sent) => Promise<Page>;
  /** Notes a request that will be sent later: a reversal may name it before it comes. */
  readonly sendLater: (sent: Sent) => { readonly page: Page; readonly send: () => Promise<Page> };
}

type Story = (tools: StoryTools) => Promise<void>;

const hotCards = 12;
const cards = 150;
/** Lost, locked, not active, expired. */
const badCards = [996, 997, 998, 999];

export function tellStory(tools: StoryTools): Promise<void> {
  const { random } = tools;
  const turn = random.int(100);
  const of: readonly (readonly [number, Story])[] = [
    [40, buy],
    [58, ride],
    [70, load],
    [88, hold],
    [100, reverseEarly],
  ];
  const [, story] = of.find(([below]) => turn < below) ?? [100, buy];
  return story(tools);
}

async function buy(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const page = await send(payment(tools));
  if (random.chance(12)) await send(make.reversal(page));
  if (page.final?.refusal !== null || !random.chance(25)) return;
  // Two refunds may come to more than the payment: the second is then declined.
  const paidFen = page.sent.amountFen ?? 1;
  for (let refunds = 1 + random.int(2); refunds > 0; refunds--) {
    await send(make.followUp('refund', page, { amountFen: 1 + random.int(paidFen), final: false }));
  }
}

async function ride(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const detail = { line: random.pick(['1', '28', 'AIRPORT']) };
  const at = terminalOf(tools, 'transit');
  const page = await send(make.fresh('tap', at, { card: anyCard(random), amountFen: null, detail }));
  if (random.chance(10)) await send(make.reversal(page));
}

async function load(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const detail = { purse: random.pick(['online', 'online', 'e-purse', 'medical', 'subsidy']) };
  const order = { card: anyCard(random), amountFen: 1 + random.int(6_000), detail };
  const page = await send(make.fresh('load', terminalOf(tools, 'top-up'), order));
  if (random.chance(10)) await send(make.reversal(page));
}

async function hold(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const amountFen = 100 + random.int(4_000);
  const order = { card: anyCard(random), amountFen };
  const page = await send(make.fresh('authorise', terminalOf(tools, 'shops'), order));
  if (random.chance(10)) await send(make.reversal(page));
  if (page.final?.refusal !== null) return;
  if (random.chance(60)) {
    await send(make.followUp('capture', page, { amountFen: 1 + random.int(amountFen), final: false }));
  }
  const partFen = 1 + random.int(Math.ceil(amountFen / 2));
  if (random.chance(50)) await send(make.followUp('capture', page, { amountFen: partFen, final: true }));
  if (random.chance(50)) await send(make.followUp('void', page, { amountFen: null, final: false }));
}

/** The reversal overtakes its original, or both are on their way at once. */
async function reverseEarly(tools: StoryTools): Promise<void> {
  const { random, make, send, sendLater } = tools;
  const later = sendLater(payment(tools));
  const reversal = make.reversal(later.page);
  if (random.chance(50)) {
    await send(reversal);
    await later.send();
  } else {
    await Promise.all([send(reversal), later.send()]);
  }
}

function payment(tools: StoryTools): Sent {
  const { random, make } = tools;
  // Some are over the limit for one payment.
  const amountFen = random.chance(3) ? 40_000 + random.int(80_000) : 1 + random.int(2_500);
  return make.fresh('payment', terminalOf(tools, 'shops'), { card: anyCard(random), amountFen });
}

function anyCard(random: SeededRandom): number {
  if (random.chance(2)) return random.pick(badCards);
  return random.int(random.chance(50) ? hotCards : cards);
}

function terminalOf({ terminals, random }: StoryTools, sector: string): DemoTerminal {
  return random.pick(terminals.filter((terminal) => terminal.sector === sector));
}

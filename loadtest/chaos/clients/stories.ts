import type { DemoTerminal } from '#demo/sign-ins.ts';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { RequestMaker } from './requests.ts';
import type { Page, Sent } from './told/page.ts';

/** What happens at a counter, from the first request to the last. */
export interface StoryTools {
  readonly random: SeededRandom;
  readonly make: RequestMaker;
  readonly terminals: readonly DemoTerminal[];
  readonly send: (sent: Sent) => Promise<Page>;
  /** Notes a request that will be sent later: a reversal may name it before it comes. */
  readonly sendLater: (sent: Sent) => { readonly page: Page; readonly send: () => Promise<Page> };
  /** Sends what one terminal has gathered, in one call. */
  readonly sendTogether: (all: readonly Sent[]) => Promise<void>;
  readonly scale: Scale;
}

/** How much a run makes of the town: a longer one spends less at a time, or every card would be over its day's limit. */
export interface Scale {
  readonly cards: number;
  /** Many clients meet on the first few cards. */
  readonly hotPercent: number;
  readonly paymentMaxFen: number;
  readonly loadMaxFen: number;
  readonly batchPercent: number;
  readonly batchLinesMax: number;
}

type Story = (tools: StoryTools) => Promise<void>;

const hotCards = 12;
/** Lost, locked, not active, expired. */
const badCards = [996, 997, 998, 999];

export function tellStory(tools: StoryTools): Promise<void> {
  const { random } = tools;
  if (random.chance(tools.scale.batchPercent)) return gather(tools);
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
  const page = await send(make.fresh('tap', at, { card: anyCard(tools), amountFen: null, detail }));
  if (random.chance(10)) await send(make.reversal(page));
}

async function load(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const detail = { purse: random.pick(['online', 'online', 'e-purse', 'medical', 'subsidy']) };
  const order = { card: anyCard(tools), amountFen: 1 + random.int(tools.scale.loadMaxFen), detail };
  const page = await send(make.fresh('load', terminalOf(tools, 'top-up'), order));
  if (random.chance(10)) await send(make.reversal(page));
}

async function hold(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const amountFen = 100 + random.int(tools.scale.paymentMaxFen * 2);
  const order = { card: anyCard(tools), amountFen };
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

/** A till that was alone for a while sends what it gathered: payments, or rides of a bus. */
async function gather(tools: StoryTools): Promise<void> {
  const { random, make, sendTogether, scale } = tools;
  const isBus = random.chance(30);
  const at = terminalOf(tools, isBus ? 'transit' : 'shops');
  const lines = 2 + random.int(scale.batchLinesMax - 1);
  const detail = { line: random.pick(['1', '28', 'AIRPORT']) };
  const one = () => {
    const card = anyCard(tools);
    return isBus
      ? make.fresh('tap', at, { card, amountFen: null, detail })
      : make.fresh('payment', at, { card, amountFen: 1 + random.int(scale.paymentMaxFen) });
  };
  await sendTogether(Array.from({ length: lines }, one));
}

function payment(tools: StoryTools): Sent {
  const { random, make } = tools;
  // Some are over the limit for one payment.
  const amountFen = random.chance(3)
    ? 40_000 + random.int(80_000)
    : 1 + random.int(tools.scale.paymentMaxFen);
  return make.fresh('payment', terminalOf(tools, 'shops'), { card: anyCard(tools), amountFen });
}

function anyCard({ random, scale }: StoryTools): number {
  if (random.chance(2)) return random.pick(badCards);
  return random.int(random.chance(scale.hotPercent) ? hotCards : scale.cards);
}

/** Where no card may pay, and where the lines of these stories have no tariff: now and then somebody tries. */
const decliners = [100_007, 200_003];

function terminalOf({ terminals, random }: StoryTools, sector: string): DemoTerminal {
  const isMeant = random.chance(2);
  const isDecliner = ({ terminalId }: DemoTerminal) => decliners.includes(Math.floor(terminalId / 10));
  return random.pick(terminals.filter((at) => at.sector === sector && (isMeant || !isDecliner(at))));
}

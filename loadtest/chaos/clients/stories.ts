import { loadRules } from '#demo/hainan.ts';
import type { DemoTerminal } from '#demo/sign-ins.ts';
import type { SeededRandom } from '#testing/model/seeded-random.ts';
import type { RequestMaker } from './requests.ts';
import type { Scale } from './scale.ts';
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

type Story = (tools: StoryTools) => Promise<void>;

const hotCards = 12;
/** Lost, locked, not active, expired. */
const badCards = [996, 997, 998, 999];

export function tellStory(tools: StoryTools): Promise<void> {
  const { random, scale } = tools;
  if (random.chance(scale.batchPercent)) return gather(tools);
  let turn = random.int(100);
  for (const [name, percent] of Object.entries(scale.mix) as [keyof Scale['mix'], number][]) {
    if (turn < percent) return stories[name](tools);
    turn -= percent;
  }
  throw new RangeError('the mix of stories is less than a hundred');
}

const stories: Readonly<Record<keyof Scale['mix'], Story>> = { buy, ride, load, hold, reverseEarly };

async function buy(tools: StoryTools): Promise<void> {
  const { random, make, send, scale } = tools;
  const page = await send(payment(tools));
  if (random.chance(12)) await send(make.reversal(page));
  if (page.final?.refusal !== null || !random.chance(scale.refundPercent)) return;
  // Two refunds may come to more than the payment: the second is then declined.
  const paidFen = page.sent.amountFen ?? 1;
  for (let refunds = 1 + random.int(2); refunds > 0; refunds--) {
    await send(make.followUp('refund', page, { amountFen: 1 + random.int(paidFen), final: false }));
  }
}

async function ride(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const detail = { line: random.pick(['1', '28', 'AIRPORT']) };
  const at = operatorOf(tools);
  const page = await send(make.fresh('tap', at, { card: anyCard(tools), amountFen: null, detail }));
  if (random.chance(10)) await send(make.reversal(page));
}

async function load(tools: StoryTools): Promise<void> {
  const { random, make, send, scale } = tools;
  const at = random.pick(tools.terminals.filter(isOf(loaderOf(random))));
  const detail = { purse: random.pick(random.chance(2) ? loadable : pursesOf(at)) };
  const card = anyCard(tools, scale.hotLoadPercent);
  const order = { card, amountFen: 1 + random.int(scale.loadMaxFen), detail };
  const page = await send(make.fresh('load', at, order));
  if (random.chance(10)) await send(make.reversal(page));
}

/** The bank, the two that give money of a purpose, and the agent, whose day's limit a long run reaches. */
const loaders: readonly (readonly [participantId: number, percent: number])[] = [
  [300_001, 75],
  [300_002, 8],
  [300_003, 8],
  [300_010, 9],
];

function loaderOf(random: SeededRandom): number {
  const weighted = loaders.flatMap(([participantId, percent]) => Array<number>(percent).fill(participantId));
  return random.pick(weighted);
}

const loadable = [...new Set(loadRules.map(({ purse }) => purse))];

const isOf =
  (participantId: number) =>
  (at: DemoTerminal): boolean =>
    Math.floor(at.terminalId / 10) === participantId;

/** What a terminal offers: the purses that its participant may load. */
function pursesOf(at: DemoTerminal): readonly string[] {
  return loadRules.filter(({ participantId }) => isOf(participantId)(at)).map(({ purse }) => purse);
}

async function hold(tools: StoryTools): Promise<void> {
  const { random, make, send } = tools;
  const amountFen = 100 + random.int(tools.scale.paymentMaxFen * 2);
  const order = { card: anyCard(tools), amountFen };
  const page = await send(make.fresh('authorise', shopOf(tools), order));
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
  const at = isBus ? operatorOf(tools) : shopOf(tools);
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
  const { random, make, scale } = tools;
  // Some are over the limit for one payment, or beyond what is paid without a PIN.
  const amountFen = random.chance(scale.overLimitPercent)
    ? 40_000 + random.int(80_000)
    : 1 + random.int(scale.paymentMaxFen);
  // A till names no purse: the rules choose it. Now and then somebody asks for one, and may be declined.
  const named = random.chance(1) ? { detail: { purse: random.pick(namedPurses) } } : {};
  return make.fresh('payment', shopOf(tools), { card: anyCard(tools), amountFen, ...named });
}

const namedPurses = ['online', 'subsidy', 'medical'];

function anyCard({ random, scale }: StoryTools, hotPercent = scale.hotPercent): number {
  if (random.chance(scale.badPercent)) return random.pick(badCards);
  return random.int(random.chance(hotPercent) ? hotCards : scale.cards);
}

/** Where no card may pay, and where the lines of these stories have no tariff: now and then somebody tries. */
const decliners = [100_007, 200_003];
const cappedOperator = 200_001;

function shopOf({ terminals, random, scale }: StoryTools): DemoTerminal {
  const isMeant = random.chance(scale.badPercent);
  return random.pick(terminals.filter((at) => at.sector === 'shops' && (isMeant || !isDecliner(at))));
}

function operatorOf({ terminals, random, scale }: StoryTools): DemoTerminal {
  const operators = terminals.filter((at) => at.sector === 'transit');
  if (random.chance(scale.badPercent)) return random.pick(operators);
  const isCapped = random.chance(scale.cappedRidePercent);
  return random.pick(operators.filter((at) => !isDecliner(at) && isOf(cappedOperator)(at) === isCapped));
}

const isDecliner = ({ terminalId }: DemoTerminal): boolean => decliners.includes(Math.floor(terminalId / 10));

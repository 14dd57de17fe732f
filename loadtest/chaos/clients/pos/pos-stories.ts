import { setTimeout as sleep } from 'node:timers/promises';
import { isUndecided } from '#testing/pos/pos-terminal.ts';
import type { PosKind } from '#testing/pos/terminal-state.ts';
import { nameOf, type PosPage } from './pos-notebook.ts';
import { type CallerTools, seeThrough, settle, signOnAgain, takeBack } from './see-through.ts';

export interface PosStoryTools extends CallerTools {
  readonly scale: PosScale;
  /** The number of a card of the demonstration. */
  readonly cardNumber: (card: number) => string;
}

/** As over HTTP: the cards are the same, and what empties a purse here is missing there. */
export interface PosScale {
  readonly cards: number;
  readonly hotPercent: number;
  readonly paymentMaxFen: number;
}

interface Meant {
  readonly kind: PosKind;
  readonly card: number;
  readonly amountFen: number;
  readonly original: PosPage | null;
}

/** About as long as an answer takes. */
const momentMs = 40;
const hotCards = 12;
/** Lost, locked, not active, expired. */
const badCards = [996, 997, 998, 999];

/** What happens at a counter with a POS terminal, one after the other. */
export async function tellPosStory(tools: PosStoryTools): Promise<void> {
  const { random } = tools;
  const turn = random.int(100);
  if (turn < 55) await buy(tools);
  else if (turn < 80) await hold(tools);
  else if (turn < 90) await loseConnection(tools);
  else if (turn < 95) await losePower(tools);
  else if (turn < 97) await signOnAgain(tools);
  else await closeBatch(tools);
}

async function buy(tools: PosStoryTools): Promise<void> {
  const { random } = tools;
  const page = await send(tools, payment(tools));
  if (random.chance(10)) await seeAgain(tools, page);
  if (random.chance(12)) await takeBack(tools, page);
  if (!isApproved(page)) return;
  if (random.chance(15))
    await sendReturn(tools, { ...of(page), kind: 'void', amountFen: Number(page.entry.amount) });
  else if (random.chance(20)) {
    const amountFen = 1 + random.int(Number(page.entry.amount));
    await sendReturn(tools, { ...of(page), kind: 'refund', amountFen });
  }
}

async function hold(tools: PosStoryTools): Promise<void> {
  const { random, scale } = tools;
  const amountFen = 100 + random.int(scale.paymentMaxFen * 2);
  const page = await send(tools, { kind: 'authorise', card: anyCard(tools), amountFen, original: null });
  if (random.chance(10)) await takeBack(tools, page);
  if (!isApproved(page)) return;
  const end = random.int(3);
  if (end === 0) await sendReturn(tools, { ...of(page), kind: 'cancel-hold', amountFen });
  else if (end === 1)
    await sendReturn(tools, { ...of(page), kind: 'capture', amountFen: 1 + random.int(amountFen) });
}

/** The line breaks while a payment is under way, and the terminal goes on over another one. */
async function loseConnection(tools: PosStoryTools): Promise<void> {
  const page = begin(tools, payment(tools));
  page.attempts += 1;
  const sent = tools.at.now().send(page.entry);
  // Before it is written, while it is decided, or just when its answer comes.
  await Promise.race([sent.catch(() => undefined), sleep(tools.random.int(momentMs))]);
  tools.at.hangUp();
  await sent.catch(() => undefined);
  await seeThrough(tools, page);
}

/** The terminal loses its power while a payment is under way, and takes back what it finds open. */
async function losePower(tools: PosStoryTools): Promise<void> {
  const { at, notebook, random } = tools;
  const page = begin(tools, payment(tools));
  page.attempts += 1;
  const sent = at.now().send(page.entry);
  await Promise.race([sent.catch(() => undefined), sleep(random.int(momentMs))]);
  notebook.counts.deaths += 1;
  at.die();
  await sent.catch(() => undefined);
  const { trace, batch } = page.entry;
  const kept = at.now().state.entries.find((entry) => entry.trace === trace && entry.batch === batch);
  if (kept === undefined) return notebook.contradict(`${nameOf(page)}: not written down before it was sent`);
  page.entry = kept;
  await takeBack(tools, page);
}

/** The batch is settled; now and then the terminal loses its power in the middle of it. */
async function closeBatch(tools: PosStoryTools): Promise<void> {
  const { at, notebook, random } = tools;
  if (random.chance(30)) {
    const sent = at.now().settle();
    await Promise.race([sent.catch(() => undefined), sleep(random.int(momentMs))]);
    notebook.counts.deaths += 1;
    at.die();
    await sent.catch(() => undefined);
  }
  await settle(tools);
}

/** A printer failed: the same is asked for again. */
async function seeAgain({ at, notebook }: PosStoryTools, page: PosPage): Promise<void> {
  if (page.told === null) return;
  page.attempts += 1;
  const answer = await at
    .now()
    .send(page.entry, true)
    .catch(() => null);
  if (answer !== null && !isUndecided(answer.code)) notebook.acknowledge(page, 'request', answer);
}

async function sendReturn(tools: PosStoryTools, meant: Meant): Promise<void> {
  const page = await send(tools, meant);
  if (meant.kind !== 'refund' && tools.random.chance(15)) await takeBack(tools, page);
}

async function send(tools: PosStoryTools, meant: Meant): Promise<PosPage> {
  const page = begin(tools, meant);
  await seeThrough(tools, page);
  return page;
}

function begin({ at, notebook, cardNumber }: PosStoryTools, meant: Meant): PosPage {
  const { kind, card, amountFen, original } = meant;
  const entry = at.now().begin(kind, {
    cardNumber: cardNumber(card),
    amountFen: BigInt(amountFen),
    ...(original === null ? {} : { original: original.entry }),
  });
  return notebook.open({ terminalId: at.terminalId, card, original, entry });
}

function payment(tools: PosStoryTools): Meant {
  const { random, scale } = tools;
  // Some are over the limit for one payment.
  const amountFen = random.chance(3) ? 40_000 + random.int(80_000) : 1 + random.int(scale.paymentMaxFen);
  return { kind: 'payment', card: anyCard(tools), amountFen, original: null };
}

const of = (page: PosPage) => ({ card: page.card, original: page });

const isApproved = ({ told, toldOfReversal }: PosPage): boolean =>
  told?.code === '00' && toldOfReversal === null;

function anyCard({ random, scale }: PosStoryTools): number {
  if (random.chance(2)) return random.pick(badCards);
  return random.int(random.chance(scale.hotPercent) ? hotCards : scale.cards);
}

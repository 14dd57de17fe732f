import { html } from 'hono/html';
import type { Visit } from '#channels/pages/page-context.ts';
import type { Name } from '#channels/pages/parts.ts';
import { type Fact, type HistoryLine, isShare, linesByDay } from '#channels/pages/rules/history-line.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { nameIn } from '#channels/pages/texts/texts.ts';
import { absFen, formatYuan } from '#money/fen.ts';
import { hainanTime } from '#platform/calendar.ts';
import { layout } from './layout.ts';
import { type Html, pager, signedYuan, timeText } from './pieces.ts';

/** The names of what a line only has the number of. */
export interface NameBook {
  readonly participantName: (participantId: number) => Name | undefined;
  readonly programmeName: (programme: string) => Name | undefined;
}

export interface HistoryPage {
  readonly lines: readonly HistoryLine[];
  readonly nextBefore: string | null;
  readonly isFirst: boolean;
  readonly names: NameBook;
}

/** The history by day, the newest first; each line says what happened and how the balance came about. */
export function historyView(visit: Visit, page: HistoryPage): Html {
  const { texts } = visit;
  const empty = page.isFirst ? texts.history.empty : texts.history.emptyOlder;
  const days = linesByDay(page.lines);
  const body = html`${
    days.length === 0
      ? html`<p class="panel">${empty}</p>`
      : html`<p class="lead">${texts.history.lead}</p>${days.map((day) => dayOf(visit, day, page.names))}`
  }
${pager(visit, { path: `${pagesRoot}/history`, nextBefore: page.nextBefore, isFirst: page.isFirst })}`;
  return layout(visit, { title: texts.pages.history, section: 'history', body });
}

function dayOf(visit: Visit, day: { day: string; lines: readonly HistoryLine[] }, names: NameBook): Html {
  return html`<section aria-labelledby="day-${day.day}">
<h2 class="day" id="day-${day.day}">${visit.texts.history.dayHeading(day.day)}</h2>
<ol class="lines">${day.lines.map((line) => lineOf(visit, line, names))}</ol>
</section>`;
}

function lineOf(visit: Visit, line: HistoryLine, names: NameBook): Html {
  return html`<li class="line">
<a class="line-title" href="${pagesRoot}/history/${String(line.id)}"><span>${lineTitle(visit, line, names)}</span>
<strong class="money ${amountClass(line)}">${lineAmount(visit, line)}</strong></a>
<p class="fine"><time datetime="${new Date(line.atMs).toISOString()}">${hainanTime(line.atMs)}</time></p>
${factsNote(factTexts(visit, line, names))}
${entryNotes(visit, line, names).map((note) => html`<p class="note">${note}</p>`)}
${sharesList(visit, line)}<ul class="legs">${line.legs.map((leg) => legOf(visit, leg))}</ul>
</li>`;
}

function sharesList(visit: Visit, line: HistoryLine): Html | '' {
  const shares = sharesOf(visit, line);
  if (shares.length === 0) return '';
  return html`<ul class="shares">${shares.map(
    ([name, amount]) => html`<li><span>${name}</span> <span class="money">${amount}</span></li>`,
  )}</ul>`;
}

/** Facts on one line; a fact that does not fit goes to the next one whole. */
function factsNote(facts: readonly string[]): Html | '' {
  if (facts.length === 0) return '';
  const pieces = facts.map((one, i) => html`${i === 0 ? '' : ' · '}<span class="piece">${one}</span>`);
  return html`<p class="note">${pieces}</p>`;
}

function legOf({ texts }: Visit, leg: HistoryLine['legs'][number]): Html {
  return html`<li><span>${texts.purses[leg.purse].name} <span class="money">${signedYuan(leg.amountFen)}</span></span>
<span class="fine">${texts.history.balanceAfter(formatYuan(leg.balanceFen))}</span></li>`;
}

function amountClass(line: HistoryLine): string {
  if (line.legs.length === 0 && line.kind !== 'payment') return 'none';
  return line.amountFen > 0n ? 'in' : 'out';
}

function lineAmount({ texts }: Visit, line: HistoryLine): string {
  if (line.legs.length > 0) return signedYuan(line.amountFen);
  return line.kind === 'payment' ? formatYuan(0n) : texts.history.noMoney;
}

/** What a line is called: by what happened, and where money came from or went to. */
export function lineTitle(visit: Visit, line: HistoryLine, names: NameBook): string {
  const says = visit.texts.history;
  const place = placeName(visit, names.participantName(line.participantId));
  if (line.kind === 'load') return loadTitle(visit, line, place);
  if (line.kind === 'payment' && line.sector === 'transit') return transitTitle(visit, line, place);
  if (line.kind === 'payment' && line.sector === 'utilities') return says.billTitle(place);
  if (line.kind === 'refund' && line.sector === 'utilities') return says.billBackTitle(place);
  if (line.kind === 'reversal' && saysOf(line, 'cancels')) return says.settlementCancelledTitle(place);
  // A void takes back what was set aside, or a whole payment of the same day.
  if (line.kind === 'void' && line.legs.length > 0) return says.voidedPaymentTitle(place);
  return says.title[line.kind](place);
}

function transitTitle({ texts }: Visit, line: HistoryLine, place: string): string {
  const says = texts.history;
  return saysOf(line, 'pass') ? says.passTitle(place) : says.rideTitle(place);
}

/** What holders put in themselves; anything else is money that was given to them for a purpose. */
const ownMoney: readonly string[] = ['e-purse', 'online'];

function loadTitle({ texts }: Visit, line: HistoryLine, place: string): string {
  const says = texts.history;
  if (line.sector === 'subsidies') return says.subsidyTitle(place);
  const isOwn = line.legs.every(({ purse }) => ownMoney.includes(purse));
  return isOwn ? says.title.load(place) : says.paidInTitle(place);
}

const saysOf = ({ facts }: HistoryLine, fact: Fact['name']) => facts.some(({ name }) => name === fact);

/** Each fact of a line in words, those apart that are amounts. */
export function factTexts(visit: Visit, line: HistoryLine, names: NameBook): string[] {
  return line.facts.filter(({ name }) => !isShare(name)).map((one) => factText(visit, one, names));
}

/** What a line gives back, and what it holds. */
export function entryNotes(visit: Visit, line: HistoryLine, names: NameBook): string[] {
  const says = visit.texts.history;
  const notes: string[] = [];
  if (line.original !== null) {
    const { atMs, participantId, amountFen } = line.original;
    const place = placeName(visit, names.participantName(participantId));
    notes.push(says.original(timeText(atMs), place, formatYuan(absFen(amountFen))));
  } else if (speaksOfAnother.includes(line.kind)) notes.push(says.originalUnknown);
  if (line.hold !== null) notes.push(says.held(formatYuan(line.hold.amountFen)), holdNote(visit, line.hold));
  return notes;
}

function holdNote({ texts }: Visit, hold: NonNullable<HistoryLine['hold']>): string {
  const says = texts.history;
  if (hold.isOpen) return says.heldUntil(timeText(hold.expiresAtMs));
  return hold.capturedFen === 0n ? says.holdReleased : says.holdEnded(formatYuan(hold.capturedFen));
}

const speaksOfAnother: readonly HistoryLine['kind'][] = [
  'capture',
  'void',
  'refund',
  'reversal',
  'compensation',
];

function placeName({ texts, language }: Visit, name: Name | undefined): string {
  return name === undefined ? texts.unknownPlace : nameIn(language, name);
}

export function placeOf(visit: Visit, line: HistoryLine, names: NameBook): string {
  return placeName(visit, names.participantName(line.participantId));
}

/** "Line 5": codes that we have a word for are said in words, amounts in yuan, others as they came. */
export function factText(visit: Visit, fact: Fact, names: NameBook): string {
  const { shares, facts } = visit.texts.history;
  const { name, value } = fact;
  if (isShare(name)) return `${shares[name]} ${shareYuan(value)}`;
  return facts[name](factValue(visit, fact, names));
}

function shareYuan(value: string): string {
  return /^\d{1,12}$/.test(value) ? formatYuan(BigInt(value)) : value;
}

/** Who paid which part of a settlement: its names and its amounts. */
export function sharesOf({ texts }: Visit, { facts }: HistoryLine): readonly (readonly [string, string])[] {
  return facts.flatMap(({ name, value }) =>
    isShare(name) ? [[texts.history.shares[name], shareYuan(value)] as const] : [],
  );
}

function factValue({ texts, language }: Visit, { name, value }: Fact, names: NameBook): string {
  if (name === 'programme') {
    const programme = names.programmeName(value);
    return programme === undefined ? value : nameIn(language, programme);
  }
  const words: Readonly<Record<string, string>> = texts.history.factValues;
  const isCode = name === 'concession' || name === 'reason';
  return isCode && Object.hasOwn(words, value) ? (words[value] ?? value) : value;
}

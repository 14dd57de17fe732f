import { cardCount, openingLoads } from '#demo/hainan.ts';
import { accountId, firstCardAccountId, purses } from '#ledger/rules/accounts.ts';
import { movedFen, nameOfPage, type Page } from './page.ts';

/** What every purse must hold by the opening and the acknowledged answers: as large as the town. */
export interface Purses {
  /** Takes what belongs together: a page and all that refers to it. Gives what is wrong with the amounts. */
  add(pages: readonly Page[]): string[];
  /** In fen, by the account's id. */
  readonly due: ReadonlyMap<bigint, bigint>;
}

/** The cards that the demonstration loads at the start: all but the last, which cannot pay. */
const loadedCards = cardCount - 4;

export function openPurses(): Purses {
  const due = new Map<bigint, bigint>();
  const add = (account: bigint, amount: bigint) => due.set(account, (due.get(account) ?? 0n) + amount);
  for (const { purse, amountFen, every } of openingLoads) {
    for (let card = 0; card < loadedCards; card += every) add(accountId(ownerOf(card), purse), amountFen);
  }
  return {
    due,
    add: (pages) => {
      for (const { sent, final } of pages) {
        for (const { purse, amount } of final?.purses ?? []) {
          const known = purses.find((name) => name === purse);
          if (known !== undefined) add(accountId(ownerOf(sent.card), known), BigInt(amount));
        }
      }
      return [...pages.flatMap(wrongAmount), ...overReturned(pages)];
    },
  };
}

/** What an approved answer moved must be what was asked for. */
function wrongAmount(page: Page): string[] {
  const { sent, final } = page;
  if (final === null || final.refusal !== null) return [];
  const moved = movedFen(page);
  const asked = sent.amountFen ?? 0;
  const isRight = (() => {
    switch (sent.kind) {
      case 'payment':
      case 'capture':
        return moved === -asked;
      case 'load':
      case 'refund':
        return moved === asked;
      case 'authorise':
      case 'void':
        return moved === 0;
      case 'tap':
        // The tariff decides; fares.ts holds it.
        return true;
      case 'reversal':
        return moved === -movedFen(sent.original);
    }
  })();
  return isRight ? [] : [`${nameOfPage(page)}: asked ${asked}, moved ${moved}`];
}

/** What went back of a payment is never more than it was. */
function overReturned(pages: readonly Page[]): string[] {
  const returned = new Map<Page, number>();
  for (const page of pages) {
    const { original, kind } = page.sent;
    const isReturn = kind === 'refund' || kind === 'reversal';
    if (!isReturn || original === null || page.final === null) continue;
    returned.set(original, (returned.get(original) ?? 0) + movedFen(page));
  }
  return [...returned]
    .filter(([original, fen]) => Math.abs(fen) > Math.abs(movedFen(original)))
    .map(([original, fen]) => `${nameOfPage(original)}: ${fen} fen went back of less`);
}

export function ownerOf(card: number): bigint {
  return firstCardAccountId + BigInt(card);
}

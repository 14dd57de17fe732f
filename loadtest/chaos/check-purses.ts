import type pg from 'pg';
import { cardCount, openingLoads } from '#demo/hainan.ts';
import { accountId, firstCardAccountId, purses } from '#ledger/rules/accounts.ts';
import { checkFares } from './clients/check-fares.ts';
import type { Page } from './clients/notebook.ts';

/** What the purses hold against what the notebook says they must. */
export interface PurseFindings {
  readonly driftFen: bigint;
  readonly problems: readonly string[];
}

/** Every purse of every card is what the opening and the acknowledged answers make it; so is what is held. */
export async function checkPurses(books: pg.Client, pages: readonly Page[]): Promise<PurseFindings> {
  const problems = pages.flatMap(wrongAmount);
  problems.push(...checkFares(pages), ...overReturned(pages));
  const { rows } = await books.query<{ id: string; owner: string; balance: string; held: string }>(`
    select id::text, owner_id::text as owner, balance_fen as balance, held_fen as held
    from ledger.accounts where balance_fen is not null`);
  const due = balancesDue(pages);
  const heldDue = holdsDue(pages, await readFreed(books));
  let driftFen = 0n;
  const heldFen = new Map<bigint, bigint>();
  for (const { id, owner, balance, held } of rows) {
    const wanted = due.get(BigInt(id)) ?? 0n;
    heldFen.set(BigInt(owner), (heldFen.get(BigInt(owner)) ?? 0n) + BigInt(held));
    if (BigInt(balance) === wanted) continue;
    driftFen += absolute(BigInt(balance) - wanted);
    problems.push(`account ${id} holds ${balance} fen, by the notebook ${wanted}`);
  }
  for (const [owner, held] of heldFen) {
    const wanted = heldDue.get(owner) ?? 0n;
    if (held !== wanted) problems.push(`card account ${owner}: ${held} fen held, by the notebook ${wanted}`);
  }
  return { driftFen, problems };
}

/** The cards that the demonstration loads at the start: all but the last, which cannot pay. */
const loadedCards = cardCount - 4;

function balancesDue(pages: readonly Page[]): Map<bigint, bigint> {
  const due = new Map<bigint, bigint>();
  const add = (account: bigint, amount: bigint) => due.set(account, (due.get(account) ?? 0n) + amount);
  for (const { purse, amountFen, every } of openingLoads) {
    for (let card = 0; card < loadedCards; card += every) add(accountId(ownerOf(card), purse), amountFen);
  }
  for (const { sent, final } of pages) {
    for (const { purse, amount } of final?.purses ?? []) {
      const known = purses.find((name) => name === purse);
      if (known !== undefined) add(accountId(ownerOf(sent.card), known), BigInt(amount));
    }
  }
  return due;
}

/** What an approved answer moved must be what was asked for. */
function wrongAmount({ sent, final }: Page): string[] {
  if (final === null || final.refusal !== null) return [];
  const moved = final.purses.reduce((sum, { amount }) => sum + amount, 0);
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
        // The tariff decides; clients/check-fares.ts holds it.
        return true;
      case 'reversal':
        return moved === -movedBy(sent.original);
    }
  })();
  return isRight ? [] : [`${sent.kind} ${sent.what.idempotencyKey}: asked ${asked}, moved ${moved}`];
}

function movedBy(page: Page | null): number {
  return page?.final?.purses.reduce((sum, { amount }) => sum + amount, 0) ?? 0;
}

/** What went back of a payment is never more than it was. */
function overReturned(pages: readonly Page[]): string[] {
  const returned = new Map<Page, number>();
  for (const { sent, final } of pages) {
    const isReturn = sent.kind === 'refund' || sent.kind === 'reversal';
    if (!isReturn || sent.original === null || final === null) continue;
    const moved = final.purses.reduce((sum, { amount }) => sum + amount, 0);
    returned.set(sent.original, (returned.get(sent.original) ?? 0) + moved);
  }
  return [...returned]
    .filter(([original, fen]) => Math.abs(fen) > Math.abs(movedBy(original)))
    .map(([original, fen]) => `${original.sent.what.idempotencyKey}: ${fen} fen went back of less`);
}

/**
 * What each card account must hold back: approved authorisations less what was captured, voided or reversed. A capture
 * or a void that was itself reversed never was; what it had freed is held again as far as it was still there.
 */
function holdsDue(pages: readonly Page[], freedFen: ReadonlyMap<string, number>): Map<bigint, bigint> {
  const approved = pages.filter(({ final }) => final?.refusal === null);
  const undone = new Set(
    approved.filter(({ sent }) => sent.kind === 'reversal').map(({ sent }) => sent.original),
  );
  const followers = Map.groupBy(
    approved.filter((page) => !undone.has(page)),
    ({ sent }) => sent.original,
  );
  const due = new Map<bigint, bigint>();
  for (const page of approved) {
    if (page.sent.kind !== 'authorise') continue;
    const owner = ownerOf(page.sent.card);
    const [, id = ''] = page.final?.transactionId.split('-') ?? [];
    const held = stillHeld(page, followers.get(page) ?? []);
    const heldFen = held === 0 ? 0 : held - (freedFen.get(id) ?? 0);
    due.set(owner, (due.get(owner) ?? 0n) + BigInt(heldFen));
  }
  return due;
}

/** What of an authorisation was spent before it could be held again, by its entry. */
async function readFreed(books: pg.Client): Promise<Map<string, number>> {
  const { rows } = await books.query<{ id: string; fen: string }>(
    'select entry_id::text as id, sum(freed_fen) as fen from ledger.holds where freed_fen > 0 group by entry_id',
  );
  return new Map(rows.map(({ id, fen }) => [id, Number(fen)]));
}

function stillHeld({ sent }: Page, followers: readonly Page[]): number {
  const isEnd = ({ sent: { kind, final } }: Page) => kind !== 'capture' || final;
  if (followers.some(isEnd)) return 0;
  return (sent.amountFen ?? 0) - followers.reduce((sum, { final }) => sum + (final?.amount ?? 0), 0);
}

function ownerOf(card: number): bigint {
  return firstCardAccountId + BigInt(card);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

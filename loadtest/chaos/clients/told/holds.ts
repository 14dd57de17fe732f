import type { Page } from './page.ts';
import { ownerOf } from './purses.ts';

/** An approved authorisation that should still hold something back. */
interface OpenHold {
  readonly owner: bigint;
  readonly entryId: string;
  readonly heldFen: number;
}

/** What each card account must hold back: approved authorisations less what was captured, voided or reversed. */
export interface Holds {
  /** Takes what belongs together: an authorisation and all that refers to it. */
  add(pages: readonly Page[]): void;
  /** In fen, by card account. `freedFen` is what of an authorisation was spent before it could be held again, by its entry. */
  due(freedFen: ReadonlyMap<string, number>): ReadonlyMap<bigint, bigint>;
}

export function openHolds(): Holds {
  const open: OpenHold[] = [];
  return {
    add: (pages) => void open.push(...stillOpen(pages)),
    due: (freedFen) => {
      const due = new Map<bigint, bigint>();
      for (const { owner, entryId, heldFen } of open)
        due.set(owner, (due.get(owner) ?? 0n) + BigInt(heldFen - (freedFen.get(entryId) ?? 0)));
      return due;
    },
  };
}

/**
 * A capture or a void that was itself reversed never was; what it had freed is held again as far as it was still there.
 */
function stillOpen(pages: readonly Page[]): OpenHold[] {
  const approved = pages.filter(({ final }) => final?.refusal === null);
  const undone = new Set(
    approved.filter(({ sent }) => sent.kind === 'reversal').map(({ sent }) => sent.original),
  );
  const followers = Map.groupBy(
    approved.filter((page) => !undone.has(page)),
    ({ sent }) => sent.original,
  );
  return approved
    .filter(({ sent }) => sent.kind === 'authorise')
    .map((page) => {
      const [, entryId = ''] = page.final?.transactionId.split('-') ?? [];
      return { owner: ownerOf(page.sent.card), entryId, heldFen: stillHeld(page, followers.get(page) ?? []) };
    })
    .filter(({ heldFen }) => heldFen !== 0);
}

function stillHeld({ sent }: Page, followers: readonly Page[]): number {
  const isEnd = ({ sent: { kind, final } }: Page) => kind !== 'capture' || final;
  if (followers.some(isEnd)) return 0;
  return (sent.amountFen ?? 0) - followers.reduce((sum, { final }) => sum + (final?.amount ?? 0), 0);
}

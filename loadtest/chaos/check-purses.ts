import type pg from 'pg';
import { absFen } from '#money/fen.ts';
import type { Tally } from './clients/told/tally.ts';

/** What the purses hold against what the notebook says they must. */
export interface PurseFindings {
  readonly driftFen: bigint;
  readonly problems: readonly string[];
}

/** Every purse of every card is what the opening and the acknowledged answers make it; so is what is held. */
export async function checkPurses(books: pg.Client, tally: Tally): Promise<PurseFindings> {
  const problems = tally.rides.problems();
  const { rows } = await books.query<{ id: string; owner: string; balance: string; held: string }>(`
    select id::text, owner_id::text as owner, balance_fen as balance, held_fen as held
    from ledger.accounts where balance_fen is not null`);
  const heldDue = tally.holds.due(await readFreed(books));
  let driftFen = 0n;
  const heldFen = new Map<bigint, bigint>();
  for (const { id, owner, balance, held } of rows) {
    const wanted = tally.purses.due.get(BigInt(id)) ?? 0n;
    heldFen.set(BigInt(owner), (heldFen.get(BigInt(owner)) ?? 0n) + BigInt(held));
    if (BigInt(balance) === wanted) continue;
    driftFen += absFen(BigInt(balance) - wanted);
    problems.push(`account ${id} holds ${balance} fen, by the notebook ${wanted}`);
  }
  for (const [owner, held] of heldFen) {
    const wanted = heldDue.get(owner) ?? 0n;
    if (held !== wanted) problems.push(`card account ${owner}: ${held} fen held, by the notebook ${wanted}`);
  }
  return { driftFen, problems };
}

/** What of an authorisation was spent before it could be held again, by its entry. */
async function readFreed(books: pg.Client): Promise<Map<string, number>> {
  const { rows } = await books.query<{ id: string; fen: string }>(
    'select entry_id::text as id, sum(freed_fen) as fen from ledger.holds where freed_fen > 0 group by entry_id',
  );
  return new Map(rows.map(({ id, fen }) => [id, Number(fen)]));
}

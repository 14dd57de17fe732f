import type { Session } from '#platform/postgres.ts';
import { archivedChecks } from './archived.ts';
import { balanceChecks } from './balance-checks.ts';
import { holdChecks } from './hold-checks.ts';
import { correctionChecks, dayTotalChecks, keyChecks } from './journal-checks.ts';
import type { Check, OnProgress, Stage, StageChecks, Wrong } from './wrong.ts';

/** What the books are asked that one statement each can answer. */
export const bookChecks: readonly (readonly [Stage, readonly Check[]])[] = [
  ['balances', [...archivedChecks, ...balanceChecks]],
  ['holds', holdChecks],
  ['corrections', correctionChecks],
  ['day totals', dayTotalChecks],
  ['keys', keyChecks],
];

/** Runs checks stage by stage, up to the first that finds a row. */
export async function runChecks(
  session: Session,
  checks: readonly StageChecks[],
  onProgress: OnProgress = () => undefined,
): Promise<Wrong | null> {
  for (const [stage, ofStage] of checks) {
    for (const [i, check] of ofStage.entries()) {
      onProgress(stage, i, ofStage.length);
      const [row] = (await session.run(check)).rows as [string, string, string, string][];
      if (row === undefined) continue;
      const [table, key, expected, found] = row;
      return { stage, table, key, expected, found };
    }
    onProgress(stage, ofStage.length, ofStage.length);
  }
  return null;
}

/** How many rows each stage leaves out; stages that leave out none are not named. */
export async function countLeftOut(
  session: Session,
  checks: readonly StageChecks[],
): Promise<Map<string, number>> {
  const leftOut = new Map<string, number>();
  for (const [stage, , counting] of checks) {
    const count = counting === undefined ? 0n : (await session.run(counting)).rows[0]?.[0];
    if (Number(count) > 0) leftOut.set(stage, Number(count));
  }
  return leftOut;
}

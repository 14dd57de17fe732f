import type { Session } from '#platform/postgres.ts';
import { balanceChecks } from './balance-checks.ts';
import { holdChecks } from './hold-checks.ts';
import { correctionChecks, dayTotalChecks, keyChecks } from './journal-checks.ts';
import type { Check, OnProgress, Stage, Wrong } from './wrong.ts';

const checks: readonly (readonly [Stage, readonly Check[]])[] = [
  ['balances', balanceChecks],
  ['holds', holdChecks],
  ['corrections', correctionChecks],
  ['day totals', dayTotalChecks],
  ['keys', keyChecks],
];

/** Runs the checks that one statement each can make, up to the first that finds a row. */
export async function runChecks(session: Session, onProgress: OnProgress): Promise<Wrong | null> {
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

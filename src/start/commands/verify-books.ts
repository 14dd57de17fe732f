import type { Config } from '#platform/config.ts';
import { openPool } from '#platform/postgres.ts';
import { type Counts, verify } from '#settlement/verify.ts';
import { openDatabase } from '#start/database.ts';
import { houseProofs } from './house-proofs.ts';
import { progressBar, type Screen } from './progress-bar.ts';

/** Where a person reads: what was found, and how far it is. */
export interface Told {
  readonly say: (text: string) => void;
  readonly progress: Screen;
}

const verifyConnections = 2;

/** Recomputes the books of the configured database and says what came of it; whether they are right. */
export async function verifyBooks(config: Config, { say, progress }: Told): Promise<boolean> {
  const database = await openDatabase(config);
  const pool = openPool(database.url, verifyConnections);
  const startedAt = performance.now();
  const bar = progressBar(progress);
  try {
    const verified = await verify(pool, bar.show, houseProofs);
    bar.end();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (verified.ok) {
      say(`The books are right. Recomputed in ${seconds} s:\n${countLines(verified.counts)}`);
      return true;
    }
    const { stage, table, key, expected, found } = verified.wrong;
    say(
      `The books are WRONG (${stage}, after ${seconds} s):\n  ${table}  ${key}\n  expected  ${expected}\n  found     ${found}\n`,
    );
    return false;
  } finally {
    await pool.end();
    await database.stop();
  }
}

function countLines(counts: Counts): string {
  const lines = Object.entries(counts).map(([name, count]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `  ${words.padEnd(14)} ${count.toLocaleString('en').padStart(14)}\n`;
  });
  return lines.join('');
}

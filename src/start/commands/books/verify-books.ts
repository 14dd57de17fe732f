import type { Config } from '#platform/config.ts';
import { openPool } from '#platform/postgres.ts';
import { requireNewestSchema } from '#platform/schema/migrate.ts';
import { type Counts, type Verified, verify } from '#settlement/verify.ts';
import { progressBar, type Screen } from '#start/commands/progress/progress-bar.ts';
import { openExistingDatabase } from '#start/database.ts';
import { houseProofs } from './house-proofs.ts';

/** Where a person reads: what was found, and how far it is. */
export interface Told {
  readonly say: (text: string) => void;
  readonly progress: Screen;
}

const verifyConnections = 2;

/** What has been found to agree, stage by stage. */
const stageNames: Readonly<Record<string, string>> = {
  chain: '账链完整',
  balances: '余额一致',
  holds: '冻结一致',
  corrections: '更正一致',
  'day totals': '日合计一致',
  keys: '幂等键唯一',
  seals: '日封存一致',
  audit: '审计链完整',
  bills: '缴费一致',
  'load orders': '充值订单一致',
  subsidies: '补贴一致',
  'four eyes': '双人复核一致',
  cards: '卡片一致',
  terminals: '终端批次一致',
  webhooks: '通知一致',
};

const countNames: Readonly<Record<keyof Counts, string>> = {
  outcomes: '交易结果',
  accounts: '账户',
  holds: '冻结',
  corrections: '更正',
  dayTotals: '日合计',
  closedDays: '已日切',
  groups: '批组',
  entries: '分录',
  postings: '过账',
};

/** Recomputes the books of the configured database and says what came of it; whether they are right. */
export async function verifyBooks(config: Config, { say, progress }: Told): Promise<boolean> {
  const database = await openExistingDatabase(config);
  const pool = openPool(database.url, verifyConnections);
  const startedAt = performance.now();
  const bar = progressBar(progress, { stages: Object.keys(stageNames).length });
  const stages = new Set<string>();
  const onProgress: typeof bar.show = (stage, done, total) => {
    stages.add(stage);
    bar.show(stage, done, total);
  };
  try {
    await requireNewestSchema(database.url);
    const verified = await verify(pool, onProgress, houseProofs);
    bar.end();
    sayVerified(verified, { say, stages, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) });
    return verified.ok;
  } catch (error) {
    bar.end();
    // Neither right nor wrong: whoever reads only the answer is told so, too.
    const stage = [...stages].at(-1);
    if (stage !== undefined) say(`The books were NOT verified 未能完成核对: broken off in ${stage}.\n`);
    throw error;
  } finally {
    bar.end();
    await pool.end();
    await database.stop();
  }
}

interface Saying {
  readonly say: Told['say'];
  readonly stages: ReadonlySet<string>;
  readonly seconds: string;
}

function sayVerified(verified: Verified, { say, stages, seconds }: Saying): void {
  if (verified.ok) {
    const ticks = [...stages].map((stage) => `  ✓ ${stageNames[stage] ?? ''} ${stage}\n`).join('');
    say(`The books are right. 账簿正确,重算用时 ${seconds} 秒 recomputed in ${seconds} s:\n${ticks}`);
    const { archived } = verified;
    if (archived.length > 0)
      say(
        `  – 已归档 archived ${archived[0]} to ${archived.at(-1)}: taken at their sums, not recomputed; what stands above the books was not held against them\n`,
      );
    say(`\n${countLines(verified.counts)}`);
    return;
  }
  const { stage, table, key, expected, found } = verified.wrong;
  say(
    `The books are WRONG (${stage}, after ${seconds} s):\n  ${table}  ${key}\n  expected  ${expected}\n  found     ${found}\n`,
  );
}

function countLines(counts: Counts): string {
  const lines = Object.entries(counts).map(([name, count]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    const zh = countNames[name as keyof Counts].padEnd(5, '\u3000');
    return `  ${zh} ${words.padEnd(12)} ${count.toLocaleString('en').padStart(12)}\n`;
  });
  return lines.join('');
}

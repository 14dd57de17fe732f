import type { Config } from '#platform/config.ts';
import { openPool } from '#platform/postgres.ts';
import { type Counts, verify } from '#settlement/verify.ts';
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
  try {
    const stages = new Set<string>();
    const onProgress: typeof bar.show = (stage, done, total) => {
      stages.add(stage);
      bar.show(stage, done, total);
    };
    const verified = await verify(pool, onProgress, houseProofs);
    bar.end();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (verified.ok) {
      const ticks = [...stages].map((stage) => `  ✓ ${stageNames[stage] ?? ''} ${stage}\n`).join('');
      say(`The books are right. 账簿正确,重算用时 ${seconds} 秒 recomputed in ${seconds} s:\n${ticks}`);
      say(`${archivedLines(verified.archived)}\n${countLines(verified.counts)}`);
      return true;
    }
    const { stage, table, key, expected, found } = verified.wrong;
    say(
      `The books are WRONG (${stage}, after ${seconds} s):\n  ${table}  ${key}\n  expected  ${expected}\n  found     ${found}\n`,
    );
    return false;
  } finally {
    bar.end();
    await pool.end();
    await database.stop();
  }
}

/** What was not recomputed, because its rows are in files. */
function archivedLines(days: readonly string[]): string {
  if (days.length === 0) return '';
  return [
    `  – 已归档 ${days.length} 日,按归档时的合计计入 ${days.length} archived days up to ${days.at(-1)}: taken at the sums that were written down\n`,
    `  – 业务核对须先恢复归档 bills, loads, subsidies, approvals, cards, batches and webhooks are NOT proved: bring the days back first\n`,
  ].join('');
}

function countLines(counts: Counts): string {
  const lines = Object.entries(counts).map(([name, count]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    const zh = countNames[name as keyof Counts].padEnd(5, '\u3000');
    return `  ${zh} ${words.padEnd(12)} ${count.toLocaleString('en').padStart(12)}\n`;
  });
  return lines.join('');
}

import { mkdirSync } from 'node:fs';
import { archiveDay, nextDayToArchive } from '#ledger/partitions/archive/archive-day.ts';
import { restoreDay } from '#ledger/partitions/archive/restore-day.ts';
import type { Config } from '#platform/config.ts';
import { type Pool, sessionOf } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';
import { readSeal } from '#settlement/store.ts';
import { withOwner } from '#start/commands/with-owner.ts';

/** What a person asked for: the days before a date into files, or the last of them back. */
export type ArchiveOrder =
  | { readonly before: string; readonly folder: string; readonly keptYears: number }
  | { readonly restore: string; readonly folder: string };

export const keptYearsDefault = 5;
/** One call moves so many days at the most. */
const daysMax = 400;
const lockTriesMax = 40;
const lockPauseMs = 500;

/** Archives or restores on the configured database and says what was done, day by day. */
export function archiveDays(config: Config, order: ArchiveOrder, say: (text: string) => void): Promise<void> {
  return withOwner(config, async (owner) => {
    if ('restore' in order) {
      const sums = await restoreDay(owner, order.folder, order.restore);
      say(`${order.restore} is back 已恢复: ${sums.entries} entries 分录, ${sums.postings} postings 过账\n`);
      return;
    }
    mkdirSync(order.folder, { recursive: true, mode: 0o700 });
    await archiveAll(owner, order, say);
  });
}

async function archiveAll(
  owner: Pool,
  order: { readonly before: string; readonly folder: string; readonly keptYears: number },
  say: (text: string) => void,
): Promise<void> {
  const { rows } = await owner.query<{ bound: string }>(
    `select least($1::date, (now() at time zone 'Asia/Shanghai' - make_interval(years => $2))::date) as bound`,
    [order.before, order.keptYears],
  );
  const bound = rows[0]?.bound as string;
  let done = 0;
  for (let day = await nextDayToArchive(owner, bound); day !== null && done < daysMax; done++) {
    if ((await readSeal(sessionOf(owner), day)) === null)
      throw new StartError(`${day} 尚未封存 is not sealed yet: close the day first.`);
    const { file, sums, sha256 } = await withPatience(() => archiveDay(owner, order.folder, day as string));
    say(
      `${day} → ${file}  ${sums.entries} entries, ${sums.postings} postings, sha256 ${sha256.toString('hex')}\n`,
    );
    day = await nextDayToArchive(owner, bound);
  }
  if (done === 0)
    say(
      `${bound} 之前没有可归档的营业日。There is no day to archive before ${bound}: what is younger than ${order.keptYears} years (--kept-years) stays, and today in any case.\n`,
    );
}

/** The moment in which a partition leaves waits for nobody: it is tried again, and what was written is written again. */
async function withPatience<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== '55P03' || tries >= lockTriesMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
    }
  }
}

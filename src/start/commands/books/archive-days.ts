import { mkdirSync } from 'node:fs';
import { archiveDays as archive, nextDaysToArchive } from '#ledger/partitions/archive/archive-day.ts';
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
/** One call moves so many days, and the first partition with all of its days. */
const daysMax = 400;

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
  for (let days = await nextDaysToArchive(owner, bound); days.length > 0 && done < daysMax; ) {
    for (const day of days)
      if ((await readSeal(sessionOf(owner), day)) === null)
        throw new StartError(`${day} 尚未封存 is not sealed yet: close the day first.`);
    for (const { businessDate, file, sums, sha256 } of await archive(owner, order.folder, days))
      say(
        `${businessDate} → ${file}  ${sums.entries} entries, ${sums.postings} postings, sha256 ${sha256.toString('hex')}\n`,
      );
    done += days.length;
    days = await nextDaysToArchive(owner, bound);
  }
  if (done === 0)
    say(
      `${bound} 之前没有可归档的营业日。There is no day to archive before ${bound}: what is younger than ${order.keptYears} years (--kept-years) stays.\n`,
    );
}

import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { tellPartitions } from '#ledger/partitions/add-ahead.ts';
import { archiveDays as archive, nextDaysToArchive } from '#ledger/partitions/archive/archive-day.ts';
import { restoreDay } from '#ledger/partitions/archive/restore-day.ts';
import { dayNumber } from '#platform/calendar.ts';
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

/** A day that there is in a calendar. */
function requireDay(day: string): void {
  if (Number.isNaN(dayNumber(day))) throw new StartError(`没有这一天 There is no such day: ${day}.`);
}

/** Before anything is read: a folder that can be made and written to. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new StartError(`无法写入归档文件夹 The folder of the archive cannot be written to: ${folder}.`, {
      cause: error,
    });
  }
}

/** Archives or restores on the configured database and says what was done, day by day. */
export async function archiveDays(
  config: Config,
  order: ArchiveOrder,
  say: (text: string) => void,
): Promise<void> {
  requireDay('restore' in order ? order.restore : order.before);
  if (!('restore' in order)) makeFolder(order.folder);
  else if (!existsSync(order.folder))
    throw new StartError(`没有归档文件夹 There is no folder ${order.folder}.`);
  return withOwner(config, async (owner) => {
    if ('restore' in order) {
      const sums = await restoreDay(owner, order.folder, order.restore);
      say(`${order.restore} is back 已恢复: ${sums.entries} entries 分录, ${sums.postings} postings 过账\n`);
      await tellPartitions(sessionOf(owner));
      return;
    }
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
        `${businessDate} → ${file}  ${sums.entries} entries 分录, ${sums.postings} postings 过账, sha256 ${sha256.toString('hex')}\n`,
      );
    done += days.length;
    days = await nextDaysToArchive(owner, bound);
  }
  if (done === 0) say(await whyNone(owner, bound));
}

/** Days from before the journal had partitions lie in one, and leave together: the last of them says when. */
async function whyNone(owner: Pool, bound: string): Promise<string> {
  const next = await nextDaysToArchive(owner, 'infinity');
  const last = next.at(-1);
  if (next.length < 2 || last === undefined || (next[0] ?? bound) >= bound)
    return `${bound} 之前没有可归档的营业日 No day before ${bound} is left to archive: what is younger than --kept-years stays.\n`;
  return `${next[0]} 至 ${last} 须一起归档 The days from ${next[0]} to ${last} lie in the journal's first partition and leave together, once ${last} is before ${bound} too.\n`;
}

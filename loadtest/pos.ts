import { join } from 'node:path';
import { readConfig } from '#platform/config.ts';
import { defaultDataDir } from '#platform/embedded/data-folder.ts';
import { StartError } from '#platform/start-error.ts';
import { errorToPrint } from '#testing/read-arguments.ts';
import { runCommand } from './pos/commands.ts';
import { dayLine, playDay, readScript } from './pos/day.ts';
import { type Command, type PosOptions, readOptions, type Where } from './pos/options.ts';
import { defaultTerminals, type PosSignIns, readSignIns } from './pos/sign-ins.ts';
import { slipLines } from './pos/slip.ts';
import { openTill, type Till } from './pos/till.ts';
import { usage } from './pos/usage.ts';

const project = join(import.meta.dirname, '..');
const say = (line: string) => process.stdout.write(`${line}\n`);

/** A POS terminal for people: `npm run pos -- pay 12.50`. Gives whether it came out as it should. */
async function pos({ command, where }: PosOptions): Promise<boolean> {
  if (command.name === 'help') {
    say(usage);
    return true;
  }
  const dataDir = readConfig(process.env).dataDir ?? defaultDataDir(project);
  const signIns = readSignIns(join(dataDir, 'demo-sign-ins.json'), where);
  if (command.name === 'script') return playScript(command, { signIns, dataDir, where });
  const till = openTill(signIns, dataDir, where);
  try {
    const done = await runCommand(till, signIns, command);
    for (const line of done.lines) say(line);
    if (done.seen !== null) for (const line of slipLines(till.place, done.seen)) say(line);
    const doubt = done.isGood ? null : till.doubt();
    if (doubt !== null) console.error(doubt);
    return done.isGood;
  } catch (error) {
    throw till.explain(error);
  } finally {
    till.close();
  }
}

interface Ground {
  readonly signIns: PosSignIns;
  readonly dataDir: string;
  readonly where: Where;
}

async function playScript(
  { file, terminals }: Extract<Command, { readonly name: 'script' }>,
  { signIns, dataDir, where }: Ground,
): Promise<boolean> {
  const lines = readScript(file);
  const ids = where.terminalId === undefined ? defaultTerminals(signIns) : [where.terminalId];
  if (terminals > ids.length)
    throw new StartError(
      `最多 ${ids.length} 台终端。--terminals is at most ${ids.length} here: so many terminals are free for it.`,
    );
  const tills: Till[] = [];
  try {
    for (const terminalId of ids.slice(0, terminals))
      tills.push(openTill(signIns, dataDir, { ...where, terminalId }));
    const startedAt = performance.now();
    const days = await Promise.all(tills.map((till, place) => playDay(till, signIns, { lines, place })));
    for (const day of days) say(dayLine(day));
    const isGood = days.every(({ isBalanced }) => isBalanced);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    say(
      `${days.length} 台终端的一天,${seconds} 秒:${isGood ? '全部对账平' : '有终端对账不平'}  ` +
        `a day of ${days.length} terminals in ${seconds} s: ${isGood ? 'all totals balance' : 'NOT ALL TOTALS BALANCE'}`,
    );
    return isGood;
  } finally {
    for (const till of tills) till.close();
  }
}

try {
  process.exitCode = (await pos(readOptions(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}

import { once } from 'node:events';
import { chmodSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileLinesMax } from '#cards/issue-file/issue-file.ts';
import { insertProducts } from '#cards/products.ts';
import { fileHeader } from '#cards/rules/file-line.ts';
import { checkDigitOf } from '#cards/rules/id-number.ts';
import { products } from '#demo/hainan.ts';
import { readConfig } from '#platform/config.ts';
import { openOwnerPool, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { issueCardsFile } from '#start/commands/issue-cards-file.ts';
import { openDatabase } from '#start/database.ts';
import { errorToPrint, readArguments, withinLimits } from '#testing/read-arguments.ts';

/** Issues a file of so many test cards on a new database, as `npm run issue` does, and says how fast that was. */
async function main(): Promise<void> {
  const values = readArguments(process.argv.slice(2), { cards: { type: 'string', default: '100000' } });
  const cards = withinLimits(values.cards, { name: 'cards', max: fileLinesMax });
  const folder = mkdtempSync(join(tmpdir(), 'one-card-issue-bench-'));
  // As root the database runs as another user, who must get through to its own folder.
  chmodSync(folder, 0o711);
  try {
    const config = readConfig({ DATA_DIR: join(folder, 'data') });
    const file = join(folder, 'cards.csv');
    await writeFile(file, cards);
    const database = await openDatabase(config);
    try {
      await migrate(database.url);
      const owner = openOwnerPool(database.url);
      await insertProducts(sessionOf(owner), products);
      await owner.end();
      const stall = watchStalls();
      const startedAt = performance.now();
      const isWhole = await issueCardsFile(config, file, {
        say: (text) => process.stdout.write(text),
        progress: { write: (text) => process.stderr.write(text), redraws: process.stderr.isTTY === true },
      });
      const seconds = (performance.now() - startedAt) / 1_000;
      if (!isWhole) throw new Error('a line of the bench was not issued');
      const rssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
      const rate = Math.round(cards / seconds).toLocaleString('en');
      process.stdout.write(
        `${cards.toLocaleString('en')} cards in ${seconds.toFixed(1)} s: ${rate} cards/s, peak RSS ${rssMb} MB, longest stall ${Math.round(stall())} ms\n`,
      );
    } finally {
      await database.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const dayMs = 86_400_000;

/** Test cards: numbers that begin with 9, persons of sequence 000 to 009, each with a birthday or region of its own. */
async function writeFile(path: string, cards: number): Promise<void> {
  const out = createWriteStream(path, { mode: 0o600 });
  out.write(`${fileHeader}\n`);
  for (let card = 0; card < cards; card++) {
    const region = 460_100 + Math.floor(card / 200_000);
    const born = new Date(Date.UTC(1950, 0, 1) + (Math.floor(card / 10) % 20_000) * dayMs);
    const first = `${region}${born.toISOString().slice(0, 10).replaceAll('-', '')}00${card % 10}`;
    const product = card % 10 === 9 ? 'senior' : 'standard';
    const number = `9461${String(card).padStart(12, '0')}`;
    const line = `${number},${first}${checkDigitOf(first)},"测试",${product},2036-12-31\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

const beatMs = 5;

/** Gives the longest time for which nothing else of this process got its turn. */
function watchStalls(): () => number {
  let longest = 0;
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - before - beatMs);
    before = now;
  }, beatMs);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

try {
  await main();
} catch (error) {
  console.error(errorToPrint(error));
  process.exitCode = 1;
}

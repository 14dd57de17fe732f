import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { addLine, type DaySums, headOf, noSums } from './rules/day-file.ts';

/** What was written, or read again. */
export interface DayFile {
  readonly sums: DaySums;
  readonly sha256: Buffer;
}

/**
 * Writes a day's lines, compressed, and gives the file's name. It has it only once it is whole and on the disk; its
 * checksum is in it, so that no other file is ever written over, whoever archives into the same folder.
 */
export async function writeDayFile(
  folder: string,
  businessDate: string,
  lines: AsyncIterable<readonly string[]>,
): Promise<DayFile & { readonly file: string }> {
  const hash = createHash('sha256');
  let sums = noSums;
  async function* text() {
    yield `${headOf(businessDate)}\n`;
    for await (const page of lines) {
      for (const line of page) sums = addLine(sums, line);
      yield `${page.join('\n')}\n`;
    }
  }
  const hashed = new Transform({
    transform: (chunk, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const unfinished = join(folder, `journal-${businessDate}.${process.pid}.part`);
  try {
    const into = createWriteStream(unfinished, { mode: 0o600 });
    await pipeline(Readable.from(text()), createGzip(), hashed, into);
    await sync(unfinished);
    const sha256 = hash.digest();
    const file = `journal-${businessDate}-${sha256.toString('hex').slice(0, nameDigits)}.gz`;
    await rename(unfinished, join(folder, file));
    // Its name is on the disk, too, before the database forgets the rows.
    await sync(folder);
    return { sums, sha256, file };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync();
  await file.close();
}

/**
 * Reads a day's file to its end: the lines a page at a time, then what it came to. Its checksum is known only at the
 * end, so whoever uses the lines does it in a transaction that ends after.
 */
export async function* readDayFile(
  path: string,
  businessDate: string,
  found: (file: DayFile) => void,
): AsyncGenerator<readonly string[]> {
  const hash = createHash('sha256');
  const source = createReadStream(path);
  source.on('data', (chunk) => hash.update(chunk));
  const plain = source.pipe(createGunzip());
  source.on('error', (error) => plain.destroy(error));
  let sums = noSums;
  let isHead = true;
  let page: string[] = [];
  for await (const line of createInterface({ input: plain, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (isHead) {
      if (line !== headOf(businessDate)) throw new Error(`${path} is not the journal of ${businessDate}`);
      isHead = false;
      continue;
    }
    sums = addLine(sums, line);
    page.push(line);
    if (page.length < linesMax) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
  found({ sums, sha256: hash.digest() });
}

const linesMax = 5_000;
const nameDigits = 16;

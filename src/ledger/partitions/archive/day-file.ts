import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
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

/** Writes a day's lines, compressed; the file has its name only once it is whole and on the disk. */
export async function writeDayFile(
  path: string,
  businessDate: string,
  lines: AsyncIterable<readonly string[]>,
): Promise<DayFile> {
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
  const unfinished = `${path}.part`;
  await pipeline(Readable.from(text()), createGzip(), hashed, createWriteStream(unfinished, { mode: 0o600 }));
  const file = await open(unfinished, 'r');
  await file.sync();
  await file.close();
  await rename(unfinished, path);
  return { sums, sha256: hash.digest() };
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

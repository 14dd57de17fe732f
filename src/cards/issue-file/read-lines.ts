import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** A longer line is none of ours; what is over is not kept. */
const lineBytesMax = 1_000;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** What a file is known by, and how many lines it has, the header included. */
export interface FileScan {
  readonly digest: Buffer;
  readonly lines: number;
}

/** Reads a file through once. */
export async function scanFile(path: string): Promise<FileScan> {
  const hash = createHash('sha256');
  let lines = 0;
  let last = newline;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) lines += 1;
    last = chunk.at(-1) ?? last;
  }
  return { digest: hash.digest(), lines: last === newline ? lines : lines + 1 };
}

/** The lines of a file, so many at a time; null for one that is too long or not UTF-8. Memory stays bounded. */
export async function* readLines(path: string, batchSize: number): AsyncGenerator<(string | null)[]> {
  let batch: (string | null)[] = [];
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const keep = (part: Buffer) => {
    if (pendingBytes <= lineBytesMax) pending.push(part);
    pendingBytes += part.length;
  };
  const end = () => {
    batch.push(pendingBytes > lineBytesMax ? null : textOf(Buffer.concat(pending)));
    pending = [];
    pendingBytes = 0;
  };
  let isEnded = true;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, at));
      end();
      start = at + 1;
      if (batch.length === batchSize) {
        yield batch;
        batch = [];
      }
    }
    isEnded = start === chunk.length;
    if (!isEnded) keep(chunk.subarray(start));
  }
  if (!isEnded) end();
  if (batch.length > 0) yield batch;
}

function textOf(bytes: Buffer): string | null {
  const line = bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
  return isUtf8(line) ? line.toString('utf8') : null;
}

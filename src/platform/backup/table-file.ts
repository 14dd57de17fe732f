import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { StartError } from '#platform/start-error.ts';

/** What a file came to, as the manifest has it. */
export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Level 1: rows shrink to about a fifth, and the disk is waited for longer than the processor. */
const zstd = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const chunkBytes = 1024 * 1024;

/** Writes rows into a new file, compressed; a file that is there already is a fault. */
export async function writeTableFile(rows: Readable, path: string): Promise<WrittenFile> {
  const summing = sumOf();
  await pipeline(
    rows,
    gathered(),
    createZstdCompress(zstd),
    summing.stream,
    createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true }),
  );
  return summing.result();
}

/** Reads a file's rows into where they go. Throws at the end where the file is another than was written. */
export async function readTableFile(path: string, written: WrittenFile, into: Writable): Promise<void> {
  const summing = sumOf();
  const checked = new Transform({
    transform: (chunk, _, done) => done(null, chunk),
    // Before the last is passed on: what is wrong must not be taken for whole.
    flush: (done) => {
      const { bytes, sha256 } = summing.result();
      done(bytes === written.bytes && sha256 === written.sha256 ? null : damaged(path, null));
    },
  });
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: chunkBytes }),
      summing.stream,
      createZstdDecompress({ chunkSize: chunkBytes }),
      checked,
      into,
    );
  } catch (error) {
    throw isOfFile(error) ? damaged(path, error) : error;
  }
}

/** A file that is gone or was cut, as against a server that does not take the rows. */
const isOfFile = (error: unknown) => /^(ENOENT$|Z_|ZSTD_)/.test(String((error as { code?: string }).code));

const damaged = (path: string, cause: unknown) =>
  new StartError(
    `备份已损坏。${path} is not what was written: the backup is damaged. Restore another, and throw away what this one has left.`,
    { cause },
  );

/** COPY hands out a row at a time: a stage that works on each would spend its time between them. */
function gathered(): Transform {
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = () => {
    const whole = Buffer.concat(parts, bytes);
    [parts, bytes] = [[], 0];
    return whole;
  };
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      parts.push(chunk);
      bytes += chunk.length;
      done(null, bytes >= chunkBytes ? take() : undefined);
    },
    flush: (done) => done(null, bytes > 0 ? take() : undefined),
  });
}

function sumOf(): { readonly stream: Transform; result(): WrittenFile } {
  const hash = createHash('sha256');
  let bytes = 0;
  let sha256: string | null = null;
  const stream = new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return {
    stream,
    result: () => {
      sha256 ??= hash.digest('hex');
      return { bytes, sha256 };
    },
  };
}

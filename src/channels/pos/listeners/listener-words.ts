import { z } from 'zod';

/** The name of a file in the folder of the listeners' file, or a path. */
const path = z.string('the path of a file').min(1, 'the path of a file').max(4096, 'the path of a file');
const flag = z.boolean('true or false');

/** One listener in the words of the file. What is wrong with a word is said as "must be …". */
const listenerWords = z.strictObject({
  name: text(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens, a letter first, at most 32'),
  host: text(/^[0-9A-Za-z.:-]{1,253}$/, 'a host name or an IP address').default('127.0.0.1'),
  port: whole(0, 65_535),
  /** The name of a layout that we have; or `layout`, a file with one. */
  dialect: z.string('the name of a dialect').optional(),
  layout: path.optional(),
  /** Words of single fields that differ: {"22": {"pad": "right"}}. */
  fields: z.record(z.string(), objectOf('words of fields'), 'words of fields by their numbers').optional(),
  framing: z.union([z.string(), objectOf('')], 'the name of a framing or an object'),
  mac: z.enum(['cup-ecb', 'x9.19', 'sm4', 'none'], 'cup-ecb, x9.19, sm4 or none'),
  logMessages: flag.default(false),
  idleSeconds: whole(1, 86_400).default(600),
  messageSeconds: whole(1, 300).default(15),
  inFlightMax: whole(1, 1_024).default(32),
  connectionsMax: whole(1, 100_000).default(10_000),
  frameBytesMax: whole(1, 100_000).optional(),
  tls: z
    .strictObject({ certificate: path, key: path, clientAuthority: path.optional() }, 'paths of PEM files')
    .optional(),
});

export type ListenerWords = z.output<typeof listenerWords>;
/** The words that must be said, and those that may. */
export type SaidWords = z.input<typeof listenerWords>;

/** The words with the defaults of those that were not said, or one sentence about the first that is wrong. */
export function readWords(json: unknown): ListenerWords | string {
  const read = listenerWords.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue === undefined) return 'it is no listener.';
  if (issue.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys;
    return `${JSON.stringify(unknown.slice(0, 40))} is no word of a listener.`;
  }
  if (issue.path.length === 0) return 'it must be an object.';
  return `${issue.path.join('.')} must be ${issue.message}.`;
}

function text(pattern: RegExp, allowed: string) {
  return z.string(allowed).regex(pattern, allowed);
}

function whole(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
}

function objectOf(allowed: string) {
  return z.record(z.string(), z.unknown(), allowed);
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesRoot } from './rules/return-path.ts';

interface Asset {
  readonly href: string;
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
}

const folder = join(import.meta.dirname, 'style');

/** The parts of the one stylesheet, in the order in which they count. */
const sheets = ['base', 'frame', 'content', 'card', 'history', 'forms', 'print'];

/** What is served as it is: its name holds a hash of its content, so a browser may keep it for ever. */
function asset(name: string, type: string, files: readonly string[]): Asset {
  const body = Buffer.concat(files.map((file) => readFileSync(join(folder, file))));
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  return { href: `${pagesRoot}/assets/${name.replace('.', `.${hash}.`)}`, type, body };
}

export const stylesheet = asset(
  'holder.css',
  'text/css; charset=utf-8',
  sheets.map((sheet) => `${sheet}.css`),
);
export const mark = asset('mark.svg', 'image/svg+xml', ['mark.svg']);

const byHref = new Map([stylesheet, mark].map((file) => [file.href, file]));

/** The file of a path, or null. */
export function assetResponse(path: string): Response | null {
  const file = byHref.get(path);
  if (file === undefined) return null;
  return new Response(file.body, {
    headers: { 'content-type': file.type, 'cache-control': 'public, max-age=31536000, immutable' },
  });
}

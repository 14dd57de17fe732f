import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesRoot } from './rules/return-path.ts';

interface Asset {
  readonly href: string;
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
}

interface Served {
  /** Where the pages live that use it. */
  readonly root: string;
  readonly name: string;
  readonly type: string;
  readonly files: readonly string[];
}

/** What is served as it is: its name holds a hash of its content, so a browser may keep it for ever. */
export function assetOf({ root, name, type, files }: Served): Asset {
  const body = Buffer.concat(files.map((file) => readFileSync(file)));
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  return { href: `${root}/assets/${name.replace('.', `.${hash}.`)}`, type, body };
}

export const styleType = 'text/css; charset=utf-8';
const folder = join(import.meta.dirname, 'style');
const inFolder = (file: string) => join(folder, file);

/** What stands first in the stylesheet of all pages, whoever they are for. */
export const commonSheet = inFolder('common.css');

/** The parts of the one stylesheet, in the order in which they count. */
const sheets = ['common', 'base', 'frame', 'content', 'card', 'history', 'forms', 'print'];

export const stylesheet = assetOf({
  ...{ root: pagesRoot, name: 'holder.css', type: styleType },
  files: sheets.map((sheet) => inFolder(`${sheet}.css`)),
});

/** The sign of the One-Card, below the root of whoever shows it. */
export function markOf(root: string): Asset {
  return assetOf({ root, name: 'mark.svg', type: 'image/svg+xml', files: [inFolder('mark.svg')] });
}
export const mark = markOf(pagesRoot);

const holderAssets = [stylesheet, mark];

/** The file of a path, or null. */
export function assetResponse(path: string, assets: readonly Asset[] = holderAssets): Response | null {
  const file = assets.find(({ href }) => href === path);
  if (file === undefined) return null;
  return new Response(file.body, {
    headers: { 'content-type': file.type, 'cache-control': 'public, max-age=31536000, immutable' },
  });
}

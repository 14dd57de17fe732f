import { readFileSync, writeFileSync } from 'node:fs';
import { configWords } from '#platform/config.ts';

const opening =
  '<!-- config:table: written by `npm run config:table` from src/platform/config.ts; a change here is lost -->';
const closing = '<!-- /config:table -->';

/** Writes the settings between the two marks of the README. Throws where the marks are not there. */
export function writeConfigTable(file: string): void {
  writeFileSync(file, withConfigTable(readFileSync(file, 'utf8')));
}

/** The text with what stands between its two marks made anew. */
export function withConfigTable(text: string): string {
  const [from, to] = [text.indexOf(opening), text.indexOf(closing)];
  if (from < 0 || to < from) throw new Error('the marks of the table of settings are not in this text');
  return `${text.slice(0, from + opening.length)}\n\n${configTable()}\n\n${text.slice(to)}`;
}

function configTable(): string {
  const rows = configWords.map(({ name, otherwise, what }) => `| \`${name}\` | ${otherwise} | ${what} |`);
  return ['| variable | default | what |', '|---|---|---|', ...rows].join('\n');
}

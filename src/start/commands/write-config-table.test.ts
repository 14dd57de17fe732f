import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configWords, describeConfig, readConfig } from '#platform/config.ts';
import { withConfigTable } from './write-config-table.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');

describe('the table of settings', () => {
  test('the README says what the program reads: each word once, in its order', () => {
    expect(withConfigTable(readme)).toBe(readme);
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(configWords.map(({ name }) => name));
  });

  test('what stands between the marks is made anew, and nothing else is touched', () => {
    const spoilt = readme.replace('| `PORT` | 8080 |', '| `PORT` | 80 |');
    expect(spoilt).not.toBe(readme);
    expect(withConfigTable(spoilt)).toBe(readme);
  });

  test('a text without the marks is refused', () => {
    expect(() => withConfigTable('# A book')).toThrow('marks');
  });

  test('the default that is shown is the default that is taken', () => {
    const printed = Object.values(describeConfig(readConfig({})));
    expect(printed).toEqual(configWords.map(({ otherwise }) => otherwise.replaceAll('`', '')));
  });

  test('no line breaks the table', () => {
    for (const { name, what, otherwise } of configWords) {
      expect(name).toMatch(/^[A-Z_]+$/);
      expect(`${what}${otherwise}`).not.toMatch(/[|\n]/);
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from '#platform/log.ts';
import { booksAreWrong } from '#settlement/live/watch.ts';
import { countBooksWrong, countFailures, fatalLines } from './check-services.ts';

test('a run fails by wrong books and by a promise that nobody waited for, not by what faults do', async () => {
  const lines: string[] = [];
  const log = openLog('info', { write: (line: string) => lines.push(line) });
  log.error('a group failed', { error: new Error('Connection terminated') });
  log.error(booksAreWrong, { driftFen: '1', checks: [{ name: 'drift', rows: 1, amountFen: '1' }] });
  log.error('a promise failed that nobody waited for', { error: new Error('late') });
  log.info('the books are right again', { driftFen: '0' });
  const folder = mkdtempSync(join(tmpdir(), 'one-card-log-'));
  const file = join(folder, 'service.log');
  writeFileSync(file, `${lines.join('')}not a line of ours\n`);
  const logged = new Map<string, number>();
  await countFailures(file, logged);
  rmSync(folder, { recursive: true });
  expect(logged.size).toBe(3);
  expect(countBooksWrong(logged)).toBe(1);
  expect(fatalLines(logged)).toEqual([
    expect.stringMatching(/^the books are wrong: .*"driftFen":"1".*"drift"/),
    'a promise failed that nobody waited for: late',
  ]);
});

test('wrong books are counted as often as they were said, also in a line that a kill tore', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'one-card-log-'));
  const file = join(folder, 'service.log');
  const lines: string[] = [];
  const log = openLog('info', { write: (line: string) => lines.push(line) });
  for (const driftFen of ['1', '1', '2']) log.error(booksAreWrong, { driftFen });
  const [whole = ''] = lines;
  writeFileSync(file, [...lines, whole.slice(0, whole.indexOf('driftFen')), whole].join(''));
  const logged = new Map<string, number>();
  await countFailures(file, logged);
  rmSync(folder, { recursive: true });
  // The torn line and the one after it are one.
  expect(countBooksWrong(logged)).toBe(4);
  expect(fatalLines(logged)).toHaveLength(3);
});

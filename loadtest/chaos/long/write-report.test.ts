import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commitNow, writeReport } from './write-report.ts';

const report = {
  ending: 'goals reached',
  startedAt: '2026-11-26T06:10:00.000Z',
  command: 'npm run chaos -- --long --seed 7',
  commit: '0123456789ab',
  goals: { 'approved payments and rides': 1_000_000 },
  figures: { payments: 1_000_321, declinedPercent: 2.1, booksFoundWrong: 0, faults: { 'redis kill': 101 } },
  lines: ['chaos: 1,000,321 payments'],
} as const;

describe('the report of a long run', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'one-card-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('says first when it began and on which commit, and has every figure', () => {
    const file = writeReport(folder, report);
    const text = readFileSync(file, 'utf8');
    const [head, , first] = text.split('\n');
    expect(head).toBe('# Chaos, long run');
    expect(first).toContain('Started 2026-11-26T06:10:00.000Z on commit 0123456789ab.');
    for (const row of ['| payments | 1,000,321 |', '| booksFoundWrong | 0 |', '| redis kill | 101 |'])
      expect(text).toContain(row);
    const json = JSON.parse(readFileSync(file.replace(/md$/, 'json'), 'utf8')) as typeof report;
    expect(json).toMatchObject(report);
  });

  test('is written again in the same place', () => {
    writeReport(folder, { ...report, ending: 'running' });
    expect(readFileSync(writeReport(folder, report), 'utf8')).toContain('when every goal was reached');
  });

  test('names a commit, and says where the program differs from it', () => {
    expect(commitNow()).toMatch(/^([0-9a-f]{12}(, with changes that are not committed)?|unknown)$/);
  });
});

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '#platform/config.ts';
import { StartError } from '#platform/start-error.ts';
import { addStaffByHand } from './add-staff.ts';
import { backupBooks } from './books/backup-books.ts';
import { verifyBooks } from './books/verify-books.ts';
import { issueCardsFile } from './issue-cards-file.ts';
import { setTerminalKey } from './set-terminal-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-card-none-'));
afterAll(() => rmSync(folder, { recursive: true }));
const told = { say: () => undefined, progress: { write: () => undefined, redraws: false } };
const config = readConfig({ DATA_DIR: join(folder, 'data') });

test.each([
  ['verify', () => verifyBooks(config, told)],
  ['backup', () => backupBooks(config, join(folder, 'backup'), told)],
  ['staff', () => addStaffByHand(config, 'first-1', 'administrator')],
  ['terminal-key', () => setTerminalKey(config, { terminal: '1', algorithm: '3des', replace: false })],
  ['issue', () => issueCardsFile(config, import.meta.filename, told)],
])('%s where there is no database says so in one sentence and makes none', async (_, run) => {
  const error = await run().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StartError);
  expect((error as StartError).message).toContain(`There is no database in ${join(folder, 'data')} yet: `);
  expect((error as StartError).message).toContain('DATA_DIR');
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

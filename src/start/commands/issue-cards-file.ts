import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type FileIssued,
  type FileRefusal,
  FileTaken,
  fileLinesMax,
  issueFile,
} from '#cards/issue-file/issue-file.ts';
import { readFaults } from '#cards/issue-file/store.ts';
import { fileHeader, lineErrorTexts } from '#cards/rules/file-line.ts';
import type { Config } from '#platform/config.ts';
import { openOwnerPool, openPool, type Session, sessionOf } from '#platform/postgres.ts';
import { csvLine } from '#platform/rules/write-csv.ts';
import { migrate } from '#platform/schema/migrate.ts';
import type { Secrets } from '#platform/secrets.ts';
import { StartError } from '#platform/start-error.ts';
import { type Database, openExistingDatabase } from '#start/database.ts';
import { claimDataSet, openBooksSecrets } from '#start/identity.ts';
import type { Told } from './books/verify-books.ts';
import { issuingProgress } from './progress/issuing-progress.ts';

const refusals: Readonly<Record<FileRefusal, string>> = {
  'header-wrong': `首行必须为以下字段。The first line must be: ${fileHeader}`,
  'no-lines': '文件除首行外没有数据。The file has no line but its header.',
  'too-many-lines': `文件最多 ${fileLinesMax} 行,请拆分。A file has at most ${fileLinesMax} lines: split it.`,
};

const issueConnections = 2;

/**
 * Issues the cards of a file on the configured database, writes what was not issued beside it, and says what came
 * of it; whether every line was issued. Throws StartError for a file that is not taken.
 */
export async function issueCardsFile(config: Config, path: string, told: Told): Promise<boolean> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new StartError('没有此文件。There is no such file.');
  const database = await openExistingDatabase(config);
  const progress = issuingProgress(told.progress);
  try {
    const secrets = await prepare(database, config);
    const pool = openPool(database.url, issueConnections);
    try {
      const startedAt = performance.now();
      const order = { path, name: basename(path), onProgress: progress.show };
      const outcome = await issueFile(pool, secrets, order).finally(progress.end);
      if (outcome.kind !== 'issued') throw new StartError(refusals[outcome.kind]);
      const errorsPath = await writeErrors(sessionOf(pool), outcome, path);
      told.say(report(outcome, errorsPath, (performance.now() - startedAt) / 1_000));
      return outcome.failed === 0;
    } finally {
      await pool.end();
    }
  } catch (error) {
    if (error instanceof FileTaken)
      throw new StartError('另一进程正在处理此文件。Another run issues this file at this moment.');
    throw error;
  } finally {
    await database.stop();
  }
}

/** The schema, and the proof that this is the key under which cards are found. */
async function prepare(database: Database, config: Config): Promise<Secrets> {
  const secrets = await openBooksSecrets(config, database);
  await migrate(database.url);
  const owner = openOwnerPool(database.url);
  try {
    await claimDataSet(sessionOf(owner), secrets);
    return secrets;
  } finally {
    await owner.end();
  }
}

/** Line, code and what to do: nothing of what stood in the line. Null when there is nothing to write. */
async function writeErrors(session: Session, outcome: FileIssued, path: string): Promise<string | null> {
  if (outcome.failed === 0) return null;
  const errorsPath = `${path.replace(/\.csv$/i, '')}.errors.csv`;
  const file = await open(errorsPath, 'w', 0o600);
  try {
    await file.write(csvLine(['line', 'code', '处理办法', 'what to do']));
    for await (const faults of readFaults(session, outcome.fileId)) {
      const rows = faults.map(({ line, code }) => {
        const { zh, en } = lineErrorTexts[code];
        return csvLine([line, code, zh, en]);
      });
      await file.write(rows.join(''));
    }
    return errorsPath;
  } finally {
    await file.close();
  }
}

function report(outcome: FileIssued, errorsPath: string | null, seconds: number): string {
  const { issued, failed, before, finishedAt } = outcome;
  const when = before
    ? `此文件已处理过。This file was done already (${finishedAt?.toISOString()}).`
    : `处理完毕。Done in ${seconds.toFixed(1)} s.`;
  const errors = errorsPath === null ? '' : `错误明细 Errors by line: ${errorsPath}\n`;
  return `${when}\n已制卡 Issued ${issued}, 未制卡 not issued ${failed}.\n${errors}`;
}

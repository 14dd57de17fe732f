import type { LineError } from '#cards/rules/file-line.ts';
import { codeColumn, numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';

/** How far a file is. Lines are data lines: the header is not one. */
export interface FileState {
  readonly fileId: bigint;
  readonly linesDone: number;
  readonly issued: number;
  readonly failed: number;
  readonly finishedAt: Date | null;
}

const add: Statement = {
  name: 'cards-add-issue-file',
  text: `insert into cards.issue_files (digest, name, lines_total) values ($1, $2, $3)
    on conflict (digest) do nothing`,
};
const find: Statement = {
  name: 'cards-find-issue-file',
  text: 'select id, lines_done, issued, failed, finished_at from cards.issue_files where digest = $1',
};

/** A file by its digest: new, or as far as an earlier run came. */
export async function openFile(
  session: Session,
  file: { readonly digest: Buffer; readonly name: string; readonly linesTotal: number },
): Promise<FileState> {
  await session.run(add, [file.digest, file.name, file.linesTotal]);
  const row = (await session.run(find, [file.digest])).rows[0];
  if (row === undefined) throw new Error('a file that was added is not there');
  const [fileId, linesDone, issued, failed, finishedAt] = row;
  return { fileId, linesDone, issued, failed, finishedAt } as FileState;
}

const lock: Statement = {
  name: 'cards-lock-issue-file',
  text: 'select lines_done from cards.issue_files where id = $1 for update',
};

/** Locks a file until the transaction ends; gives how many of its lines are done. */
export async function lockFile(session: Session, fileId: bigint): Promise<number> {
  return (await session.run(lock, [fileId])).rows[0]?.[0] as number;
}

const advance: Statement = {
  name: 'cards-advance-issue-file',
  text: `update cards.issue_files set lines_done = lines_done + $2, issued = issued + $3, failed = failed + $4
    where id = $1`,
};

export async function advanceFile(
  session: Session,
  fileId: bigint,
  by: { readonly issued: number; readonly failed: number },
): Promise<void> {
  await session.run(advance, [fileId, by.issued + by.failed, by.issued, by.failed]);
}

const finish: Statement = {
  name: 'cards-finish-issue-file',
  text: `update cards.issue_files set finished_at = clock_timestamp()
    where id = $1 and finished_at is null and lines_done = lines_total
    returning id, lines_done, issued, failed, finished_at`,
};

/** Marks a file as done; null when somebody else has, or lines are missing. */
export async function finishFile(session: Session, fileId: bigint): Promise<FileState | null> {
  const row = (await session.run(finish, [fileId])).rows[0];
  if (row === undefined) return null;
  const [id, linesDone, issued, failed, finishedAt] = row;
  return { fileId: id, linesDone, issued, failed, finishedAt } as FileState;
}

/** A line that was not issued. Lines are numbered as an editor numbers them: the header is line 1. */
export interface LineFault {
  readonly line: number;
  readonly code: LineError;
}

const insertErrors: Statement = {
  name: 'cards-insert-issue-errors',
  text: `insert into cards.issue_errors (file_id, line, code)
    select $1, * from unnest($2::int[], $3::text[])`,
};

export async function insertFaults(
  session: Session,
  fileId: bigint,
  faults: readonly LineFault[],
): Promise<void> {
  if (faults.length === 0) return;
  await session.run(insertErrors, [
    fileId,
    numberColumn(faults, (fault) => fault.line),
    codeColumn(faults, (fault) => fault.code),
  ]);
}

/** Faults of a page. */
const faultPageMax = 5_000;

const readErrors: Statement = {
  name: 'cards-issue-errors',
  text: `select line, code from cards.issue_errors where file_id = $1 and line > $2 order by line limit $3`,
};

/** The faults of a file in the order of its lines, a page at a time. */
export async function* readFaults(session: Session, fileId: bigint): AsyncGenerator<LineFault[]> {
  let after = 0;
  for (;;) {
    const { rows } = await session.run(readErrors, [fileId, after, faultPageMax]);
    const faults = rows.map(([line, code]) => ({ line, code }) as LineFault);
    if (faults.length > 0) yield faults;
    if (faults.length < faultPageMax) return;
    after = faults.at(-1)?.line ?? after;
  }
}

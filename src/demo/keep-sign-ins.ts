import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolder } from '#platform/files/make-folder.ts';
import { readIfExists } from '#platform/files/secret-file.ts';
import type { DemoSignIns } from './sign-ins.ts';

/** Where the demonstration is served, and how to sign in to it. */
export interface KeptSignIns extends DemoSignIns {
  readonly address: string;
  readonly pos?: string;
}

export interface KeepIn {
  readonly dataDir: string;
  /** Whether the books are this folder's own, so that what the file says of others is of no use any more. */
  readonly isOwner: boolean;
}

const answerLimitMs = 1_000;

/**
 * Keeps the sign-ins in `demo-sign-ins.json` of the data folder, and gives the file they are in. What is in use stays as
 * it is: the file of an instance that answers at its address, and that of other books, which one folder may also hold
 * when DATABASE_URL leads elsewhere. Such sign-ins get a file of their own, named by their port.
 */
export async function keepSignIns({ dataDir, isOwner }: KeepIn, kept: KeptSignIns): Promise<string> {
  makeFolder(dataDir);
  const file = join(dataDir, 'demo-sign-ins.json');
  const before = read(file);
  const isFree =
    before === null ||
    (hasSameSecrets(before, kept)
      ? before.address === kept.address || !(await answers(before.address))
      : isOwner);
  const chosen = isFree ? file : join(dataDir, `demo-sign-ins-${new URL(kept.address).port}.json`);
  const beside = `${chosen}.new-${process.pid}`;
  try {
    // Whoever reads it meanwhile finds one or the other, whole.
    writeFileSync(beside, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
    renameSync(beside, chosen);
  } finally {
    rmSync(beside, { force: true });
  }
  return chosen;
}

/** What a file holds that we once wrote; null for none, and for one that nobody could sign in with. */
function read(file: string): KeptSignIns | null {
  try {
    const text = readIfExists(file);
    return text === undefined ? null : (JSON.parse(text) as KeptSignIns);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function hasSameSecrets(a: KeptSignIns, b: KeptSignIns): boolean {
  const secretsOf = ({ address: _, pos: __, ...secrets }: KeptSignIns) => secrets;
  return isDeepStrictEqual(secretsOf(a), JSON.parse(JSON.stringify(secretsOf(b))));
}

async function answers(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(answerLimitMs) });
    await answer.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

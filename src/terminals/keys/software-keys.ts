import { randomBytes } from 'node:crypto';
import { askedOnce } from '#platform/limits/asked-once.ts';
import type { Session } from '#platform/postgres.ts';
import { gatherKeys, type KeyRows } from './gather-keys.ts';
import type { IssuedKeys, KeyRefusal, KeyService, KeySession, MacMode, SignedBytes } from './key-service.ts';
import { judgeMac, type KeySecrets, type KnownKeys, openRow } from './known-keys.ts';
import { algorithmOf } from './rules/mac.ts';
import { rereadDue } from './rules/reread.ts';
import { type AskedKeys, drawKeys, seedBytes, writeField62 } from './rules/working-keys.ts';
import { openMasterKey, sealSeed } from './sealed-keys.ts';
import type { KeyRow } from './store.ts';

export interface SoftwareKeysOptions {
  readonly session: Session;
  readonly secrets: KeySecrets;
  readonly nowMs: () => number;
  /** How many terminals' keys are kept open; beyond it the oldest are read again when they are needed. */
  readonly rememberedMax?: number;
}

/** Each with a cipher of 1.3 KB. */
const rememberedTerminalsMax = 100_000;
/** What was read so long ago is read again before it is believed: keys may have come to an end elsewhere. */
const staleMs = 60_000;
/**
 * As long as nothing changed, the answer to a sign-on is given again for so long: a flood of them in a terminal's name
 * costs a statement a second, and the terminal itself gets its answer all the same.
 */
const signOnLimits = { rememberedMs: 1_000, keysMax: 10_000 };
/** Offered keys may be taken into use elsewhere between the offer and its reading; more often than this it is a fault. */
const offersMax = 3;

interface Remembered extends KnownKeys {
  /** When its row was last asked for. */
  askedAtMs: number;
  /** Until when the readings are paid for that messages made which fitted nothing. */
  dueMs: number;
}

/**
 * Keys in software: sealed in PostgreSQL, opened in memory. A row decides, and each answer is read back from it.
 *
 * Offered keys stay the answer to each sign-on until they are used, for a day; then they take the place of those in
 * use, in the row first. Two instances that issue or take at once meet at the row. A process that dies between the
 * offer and its answer loses nothing: the next sign-on gets the same keys.
 *
 * Keys that were replaced on another instance, or by a new master key, are good here for the rest of a minute at most. A
 * terminal sends its messages one after the other, so only a late copy of an old one can come under them, and its
 * idempotency key answers it. After that they are refused as `mac-wrong`, and the terminal signs on again.
 */
export function softwareKeys(options: SoftwareKeysOptions): KeyService {
  const { session, secrets, nowMs } = options;
  const rows = gatherKeys(session);
  const memory = openMemory(options);
  const reading = new Map<number, Promise<Remembered>>();
  const issueOnce = askedOnce<IssuedKeys | 'no-master-key'>(nowMs, signOnLimits);

  /** Reads a terminal's row once for all who wait for it. */
  const learn = (terminalId: number): Promise<Remembered> => {
    const before = reading.get(terminalId);
    if (before !== undefined) return before;
    const known = memory.get(terminalId);
    if (known !== undefined) known.askedAtMs = nowMs();
    const read = rows
      .read(terminalId)
      .then((row) => memory.keep(terminalId, row))
      .finally(() => reading.delete(terminalId));
    reading.set(terminalId, read);
    return read;
  };

  const judge = async (
    terminalId: number,
    mode: MacMode,
    { signed, known }: { readonly signed: SignedBytes; readonly known: KnownKeys },
  ): Promise<KeySession | KeyRefusal> => {
    const judged = judgeMac(known, mode, signed);
    if (judged.kind === 'used') return judged.session;
    if (judged.kind === 'none') return judged.refusal;
    const row = await rows.take(terminalId, judged.set);
    const now = judgeMac(memory.keep(terminalId, row), mode, signed);
    return now.kind === 'used' ? now.session : 'mac-wrong';
  };

  return {
    issue: (terminalId, asked) => {
      const stand = `${terminalId} ${memory.get(terminalId)?.revision} ${asked.form} ${asked.mode}`;
      return issueOnce(stand, () => issueKeys({ rows, memory, secrets }, terminalId, asked));
    },
    admit: (terminalId, mode, signed) => {
      const known = memory.get(terminalId);
      if (known === undefined)
        return learn(terminalId).then((read) => judge(terminalId, mode, { signed, known: read }));
      // A master key that was replaced because its terminal was stolen ends the working keys within this time.
      if (nowMs() - known.askedAtMs > staleMs)
        return learn(terminalId).then((read) => judge(terminalId, mode, { signed, known: read }));
      const judged = judgeMac(known, mode, signed);
      if (judged.kind === 'used') return judged.session;
      if (judged.kind === 'offered') return judge(terminalId, mode, { signed, known });
      // It may be under keys that another instance gave.
      if (!reading.has(terminalId) && !mayReread(known, nowMs())) return judged.refusal;
      return learn(terminalId).then((read) => judge(terminalId, mode, { signed, known: read }));
    },
  };
}

function mayReread(known: Remembered, nowMs: number): boolean {
  const dueMs = rereadDue(known.dueMs, nowMs);
  known.dueMs = dueMs ?? known.dueMs;
  return dueMs !== null;
}

interface Memory {
  get(terminalId: number): Remembered | undefined;
  keep(terminalId: number, row: KeyRow | null): Remembered;
}

function openMemory(options: SoftwareKeysOptions): Memory {
  const { secrets, nowMs, rememberedMax = rememberedTerminalsMax } = options;
  const remembered = new Map<number, Remembered>();
  return {
    get: (terminalId) => remembered.get(terminalId),
    keep: (terminalId, row) => {
      const before = remembered.get(terminalId);
      const opened = openRow(secrets, row, before);
      const known = { ...opened, askedAtMs: nowMs(), dueMs: before?.dueMs ?? 0 };
      // Put in anew, so that the oldest is the one that was not heard of for the longest.
      remembered.delete(terminalId);
      const [oldest] = remembered.keys();
      if (remembered.size >= rememberedMax && oldest !== undefined) remembered.delete(oldest);
      remembered.set(terminalId, known);
      return known;
    },
  };
}

async function issueKeys(
  { rows, memory, secrets }: { rows: KeyRows; memory: Memory; secrets: KeySecrets },
  terminalId: number,
  asked: AskedKeys,
): Promise<IssuedKeys | 'no-master-key'> {
  for (let offers = 0; offers < offersMax; offers++) {
    const row = await rows.offer(terminalId, sealSeed(secrets, terminalId, randomBytes(seedBytes)));
    // A key serves one algorithm: working keys of SM4 are not sent under a master key of triple DES.
    if (row === null || row.masterAlgorithm !== algorithmOf[asked.mode]) return 'no-master-key';
    const { offered } = memory.keep(terminalId, row);
    if (offered === null) continue;
    const kept = { algorithm: row.masterAlgorithm, sealed: row.masterSealed };
    const master = openMasterKey(secrets, terminalId, kept);
    return { field62: writeField62(master, drawKeys(offered.seed, asked)) };
  }
  throw new Error(`the keys offered to terminal ${terminalId} were gone each time before they were read`);
}

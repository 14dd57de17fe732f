import { hash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { callerKey } from '#idempotency/rules/keys.ts';
import { firstCardAccountId } from '#ledger/rules/accounts.ts';
import type { OutcomeRow } from './booked.ts';
import { keyOf, type Moved, nameOfPage, type Page } from './page.ts';

/**
 * What was told of each request, by its business key: a fingerprint of eight bytes in memory, the words in a file.
 * A million requests fit beside the clients, and of one that is wrong the words are still there.
 */
export interface Answers {
  add(page: Page): string[];
  /** Compares a row of the books with what was told; each row once. */
  compare(key: string, row: OutcomeRow, legs: readonly Moved[]): 'same' | 'other' | 'doubled' | 'never sent';
  /** How many keys were told and are in no row that was compared. */
  missing(): readonly string[];
  /** What was told of a key, in words. */
  words(keys: ReadonlySet<string>): Map<string, string>;
  close(): void;
}

const lineBytesMax = 4_096;
const bufferedBytesMax = 1 << 18;
const compared = -1;

export function openAnswers(file: string): Answers {
  const prints = new Map<string, number>();
  const log = openSync(file, 'w+');
  let waiting: string[] = [];
  let waitingBytes = 0;
  const flush = () => {
    writeSync(log, waiting.join(''));
    waiting = [];
    waitingBytes = 0;
  };
  return {
    add: (page) => {
      if (page.final === null) return [`${nameOfPage(page)}: never answered`];
      const key = keyOf(page);
      const words = toldWords(page, page.final);
      prints.set(packed(key), printOf(words));
      const line = `${key} ${page.sent.kind} ${words}\n`;
      waiting.push(line);
      waitingBytes += line.length;
      if (waitingBytes > bufferedBytesMax) flush();
      return wrongAccount(page);
    },
    compare: (key, row, legs) => {
      const at = packed(key);
      const print = prints.get(at);
      if (print === undefined) return 'never sent';
      if (print === compared) return 'doubled';
      prints.set(at, compared);
      return print === printOf(bookedWords(row, legs)) ? 'same' : 'other';
    },
    missing: () => [...prints].filter(([, print]) => print !== compared).map(([at]) => unpacked(at)),
    words: (keys) => {
      flush();
      return wordsIn(log, keys);
    },
    close: () => closeSync(log),
  };
}

/** The sixteen bytes of a key as a text of sixteen letters: pieces of longer texts would keep those alive. */
const packed = (key: string): string => Buffer.from(key.replaceAll('-', ''), 'hex').toString('latin1');

const unpacked = (at: string): string =>
  Buffer.from(at, 'latin1')
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** Six bytes of a digest: a whole number that JavaScript holds exactly. */
const printOf = (words: string): number => Number.parseInt(hash('sha256', words, 'hex').slice(0, 12), 16);

/** An outcome in words, from the answer and from the books: the same where nothing was lost. */
function toldWords({ sent }: Page, final: NonNullable<Page['final']>): string {
  const [, id] = final.transactionId.split('-');
  const isTombstone = final.refusal === 'reversed-before-arrival';
  const own = isTombstone ? null : callerKey(String(sent.signer.terminalId), sent.what.idempotencyKey);
  const entries = final.refusal === null ? 1 : 0;
  return wordsOf([id, final.refusal, own, sent.amountFen, final.businessDate, entries, final.purses]);
}

export function bookedWords(row: OutcomeRow, legs: readonly Moved[]): string {
  const amount = row.amountFen === null ? null : Number(row.amountFen);
  return wordsOf([row.id, row.refusal, row.callerKey, amount, row.businessDate, row.entries, legs]);
}

const names = ['id', 'refusal', 'caller key', 'amount', 'business date', 'entries', 'legs'];

const wordsOf = (values: readonly unknown[]): string =>
  names.map((name, i) => `${name} ${JSON.stringify(values[i])}`).join(', ');

function wrongAccount(page: Page): string[] {
  const [account = '0'] = page.final?.transactionId.split('-') ?? [];
  const own = firstCardAccountId + BigInt(page.sent.card);
  return BigInt(account) === own
    ? []
    : [`${nameOfPage(page)}: answered of card account ${account}, not ${own}`];
}

function wordsIn(log: number, keys: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  const buffer = Buffer.alloc(bufferedBytesMax + lineBytesMax);
  let rest = '';
  for (let at = 0, read = 1; read > 0 && found.size < keys.size; at += read) {
    read = readSync(log, buffer, 0, bufferedBytesMax, at);
    const lines = (rest + buffer.toString('utf8', 0, read)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const key = line.slice(0, line.indexOf(' '));
      if (keys.has(key)) found.set(key, line.slice(key.length + 1));
    }
  }
  return found;
}

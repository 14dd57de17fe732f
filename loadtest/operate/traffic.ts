import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoSignIns } from '#demo/sign-ins.ts';
import { hainanTime } from '#platform/calendar.ts';
import { type Signer, type TerminalPost, terminalClient } from '#testing/terminal-client.ts';
import type { House } from './house.ts';
import { local } from './places.ts';

const traces = 999_999;
const dayMs = 86_400_000;

/**
 * A terminal's trace numbers of a day, shared out over the day: who starts again takes none that was used before, as
 * long as a terminal pays less than eleven times a second.
 */
const firstTraceOf = (nowMs: number) => Math.floor(((nowMs % dayMs) / dayMs) * traces);

/** What became of the payments so far. */
export interface Traffic {
  readonly sent: () => number;
  readonly paid: () => number;
  /** Answers other than an outcome, and payments without any after all tries. */
  readonly failed: () => readonly string[];
  stop(): Promise<void>;
}

const triesMax = 20;
const pauseMs = 250;
const answerTimeoutMs = 10_000;
const failuresShown = 10;
/** Refused as batch-mismatch: the terminal's next payment is in its next batch. */
const otherBatch = 409;

/** Payments of one fen, so that the cards' money lasts for days, in shops through the proxy, each repeated under its key until it has an answer, as a terminal does. */
export function startTraffic(house: House, perSecond: number): Traffic {
  const file = join(house.folder, 'service-1/demo-sign-ins.json');
  const signIns = JSON.parse(readFileSync(file, 'utf8')) as DemoSignIns;
  const shops = signIns.terminals.filter(({ sector }) => sector === 'shops');
  if (shops.length === 0) throw new Error('the demonstration has no terminal in a shop');
  const client = terminalClient(64);
  const address = `http://${local(house.places.site)}`;
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  let [sent, paid] = [0, 0];
  const firstTrace = firstTraceOf(Date.now());
  /** The batch of each terminal as far as we know: people close them. */
  const batches = new Map<number, number>();
  const bodyOf = (n: number, batchNumber: number) => ({
    ...{ sector: 'shops', cardNumber: signIns.holders[n % signIns.holders.length]?.cardNumber },
    ...{ amount: 1, currency: 'CNY', batchNumber },
    ...{
      traceNumber: ((firstTrace + Math.floor(n / shops.length)) % traces) + 1,
      localTime: hainanTime(Date.now()).replace(' ', 'T'),
    },
  });
  /** The status, or why none came. */
  const tryOnce = (signer: Signer, what: TerminalPost, retryAttempt: number): Promise<number | string> =>
    client.post(signer, what, { address, timeoutMs: answerTimeoutMs, retryAttempt }).then(
      ({ status }) => status,
      (error: Error) => error.message,
    );
  /** The status in the end; null where no try had an answer. */
  const pay = async (terminal: Signer, body: object): Promise<number | null> => {
    const what = { path: '/v1/transactions', idempotencyKey: randomUUID(), body };
    let last: number | string = '';
    for (let retryAttempt = 0; retryAttempt < triesMax; retryAttempt += 1) {
      last = await tryOnce(terminal, what, retryAttempt);
      if (typeof last === 'number' && last < 500) return last;
      await sleep(pauseMs);
    }
    if (failures.length < failuresShown) failures.push(String(last));
    return null;
  };
  const payNext = async () => {
    const n = sent++;
    const terminal = shops[n % shops.length] as Signer;
    const batchNumber = batches.get(terminal.terminalId) ?? 1;
    const status = await pay(terminal, bodyOf(n, batchNumber));
    if (status === 200) paid += 1;
    if (status === otherBatch) batches.set(terminal.terminalId, batchNumber + 1);
  };
  const timer = setInterval(() => {
    const one = payNext().finally(() => underWay.delete(one));
    underWay.add(one);
  }, 1_000 / perSecond);
  return {
    sent: () => sent,
    paid: () => paid,
    failed: () => failures,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      client.close();
    },
  };
}

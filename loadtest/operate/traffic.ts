import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoSignIns } from '#demo/sign-ins.ts';
import { hainanTime } from '#platform/calendar.ts';
import { type Signer, type TerminalPost, terminalClient } from '#testing/terminal-client.ts';
import type { House } from './house.ts';
import { local } from './places.ts';

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

/** Payments of one yuan in shops through the proxy, each repeated under its key until it has an answer, as a terminal does. */
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
  const firstTrace = Math.floor(Date.now() / 100) % 864_000;
  const bodyOf = (n: number) => ({
    ...{ sector: 'shops', cardNumber: signIns.holders[n % signIns.holders.length]?.cardNumber },
    ...{ amount: 100, currency: 'CNY', batchNumber: 1 },
    ...{ traceNumber: ((firstTrace + n) % 999_999) + 1, localTime: hainanTime(Date.now()).replace(' ', 'T') },
  });
  /** The status, or why none came. */
  const tryOnce = (signer: Signer, what: TerminalPost, retryAttempt: number): Promise<number | string> =>
    client.post(signer, what, { address, timeoutMs: answerTimeoutMs, retryAttempt }).then(
      ({ status }) => status,
      (error: Error) => error.message,
    );
  const pay = async (n: number): Promise<void> => {
    const terminal = shops[n % shops.length] as Signer;
    const what = { path: '/v1/transactions', idempotencyKey: randomUUID(), body: bodyOf(n) };
    let last: number | string = '';
    for (let retryAttempt = 0; retryAttempt < triesMax; retryAttempt += 1) {
      last = await tryOnce(terminal, what, retryAttempt);
      if (last === 200) paid += 1;
      if (typeof last === 'number' && last < 500) return;
      await sleep(pauseMs);
    }
    if (failures.length < failuresShown) failures.push(String(last));
  };
  const timer = setInterval(() => {
    const one = pay(sent).finally(() => underWay.delete(one));
    underWay.add(one);
    sent += 1;
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

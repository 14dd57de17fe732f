import { describe, expect, test } from 'vitest';
import type { Submitted } from '#clearing/lane/lane-options.ts';
import type { Shield } from '#idempotency/shield.ts';
import { townRequest } from '#testing/town.ts';
import type { Outcome } from './outcome.ts';
import { shieldRecall } from './recall.ts';
import type { Request } from './request.ts';

/** A shield in memory that notes what it is asked: what is kept is read back as it was written. */
function memoryShield(): Shield & { readonly asked: string[][]; readonly kept: Map<string, string> } {
  const [asked, kept] = [[] as string[][], new Map<string, string>()];
  return {
    asked,
    kept,
    recall: async (keys) => {
      asked.push([...keys]);
      return new Map(keys.flatMap((key) => (kept.has(key) ? [[key, kept.get(key) as string]] : [])));
    },
    remember: (outcomes) => {
      for (const { key, value } of outcomes) kept.set(key, value);
    },
  };
}
const outcome = (request: Request, replay = false): Outcome => ({
  status: 'decided',
  id: 7n,
  kind: 'payment',
  cardAccountId: request.card.cardAccountId,
  businessDate: '2026-11-22',
  refusal: null,
  legs: [],
  amountFen: request.amountFen,
  callerKey: request.callerKey,
  replay,
});
const submitted = (trace: number, isRepeat = false): Submitted => ({ request: townRequest(trace), isRepeat });

describe('recall', () => {
  test('asks for those who say that they repeat, and not for the others', async () => {
    const shield = memoryShield();
    const { recall } = shieldRecall(shield);
    await recall([submitted(1), submitted(2, true), submitted(3)]);
    await recall([submitted(4)]);
    expect(shield.asked).toEqual([[townRequest(2).businessKey]]);
  });

  test('answers a repeat with what was kept, and leaves the rest to the database', async () => {
    const shield = memoryShield();
    const { recall, keep } = shieldRecall(shield);
    keep([townRequest(1)], [outcome(townRequest(1), true)]);
    const [known, unknown] = [submitted(1, true), submitted(2, true)];
    const answers = await recall([known, unknown]);
    expect([...answers]).toEqual([[known, outcome(townRequest(1), true)]]);
  });

  test('keeps in fair weather what was repeated, and nothing else', () => {
    const shield = memoryShield();
    const { keep } = shieldRecall(shield);
    const requests = Array.from({ length: 200 }, (_, n) => townRequest(n));
    keep(
      requests,
      requests.map((request, n) => outcome(request, n === 7)),
    );
    expect([...shield.kept.keys()]).toEqual([townRequest(7).businessKey]);
  });

  test('keeps everything while more than one in a hundred is a repeat, and stops when it is over', () => {
    const shield = memoryShield();
    const { keep } = shieldRecall(shield);
    const requests = Array.from({ length: 200 }, (_, n) => townRequest(n));
    const keptOf = (replays: number) => {
      shield.kept.clear();
      keep(
        requests,
        requests.map((request, n) => outcome(request, n < replays)),
      );
      return shield.kept.size;
    };
    expect(keptOf(0)).toBe(0);
    expect(keptOf(10)).toBe(200);
    expect(keptOf(0)).toBe(200);
    for (let group = 0; group < 60; group++) keptOf(0);
    expect(keptOf(0)).toBe(0);
  });

  test('keeps what was decided, and not a key that was used for another request', () => {
    const shield = memoryShield();
    const { keep } = shieldRecall(shield);
    keep([townRequest(3)], [outcome(townRequest(3), true)]);
    shield.kept.clear();
    keep(
      [townRequest(1), townRequest(2)],
      [{ status: 'key-reused', field: 'amountFen' }, outcome(townRequest(2))],
    );
    expect([...shield.kept.keys()]).toEqual([townRequest(2).businessKey]);
  });

  test('asks for everybody in a storm of repeats, and stops when it is over', async () => {
    const shield = memoryShield();
    const { recall, keep } = shieldRecall(shield);
    const decided = (replays: number, all: number) => {
      const requests = Array.from({ length: all }, (_, n) => townRequest(n));
      keep(
        requests,
        requests.map((request, n) => outcome(request, n < replays)),
      );
    };
    const asks = async () => {
      const before = shield.asked.length;
      await recall([submitted(900)]);
      return shield.asked.length > before;
    };
    for (let group = 0; group < 20; group++) decided(4, 100);
    expect(await asks()).toBe(false);
    decided(90, 100);
    expect(await asks()).toBe(true);
    for (let group = 0; group < 40; group++) decided(0, 100);
    expect(await asks()).toBe(false);
  });

  test('stays in a storm while Redis answers it: those who never reach a group are repeats, too', async () => {
    const shield = memoryShield();
    const { recall, keep } = shieldRecall(shield);
    const requests = Array.from({ length: 10 }, (_, n) => townRequest(n));
    keep(
      requests,
      requests.map((request) => outcome(request, true)),
    );
    for (let group = 0; group < 50; group++) {
      const answers = await recall(requests.map((request) => ({ request, isRepeat: false })));
      expect(answers.size).toBe(10);
    }
  });
});

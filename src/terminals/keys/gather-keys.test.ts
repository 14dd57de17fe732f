import { describe, expect, test } from 'vitest';
import { TooManyWait } from '#platform/limits/gatherer.ts';
import type { Session } from '#platform/postgres.ts';
import { gatherKeys } from './gather-keys.ts';

const sealed = Buffer.alloc(4, 1);
const used = { sealed, mode: 'cup-ecb', form: '003' } as const;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A database that notes what it is asked, and answers when it is let. */
function slowDatabase() {
  const names: string[] = [];
  let release: (() => void)[] = [];
  let broken = false;
  const session: Session = {
    run: async (statement, [ids] = []) => {
      names.push(statement.name);
      await new Promise<void>((resolve) => release.push(resolve));
      if (broken) throw new Error('no connection');
      const asked = String(ids).slice(1, -1).split(',').map(Number);
      const rows = asked.map((id) => [id, '3des', sealed, null, null, null, sealed, 1]);
      return { rows, rowCount: rows.length };
    },
  };
  const go = async () => {
    await turn();
    while (release.length > 0) {
      const all = release;
      release = [];
      for (const resolve of all) resolve();
      await turn();
    }
  };
  return { session, names, go, breakOff: (is: boolean) => (broken = is) };
}

describe('rows of keys', () => {
  test('that are asked for at once are read at once, each terminal once', async () => {
    const { session, names, go } = slowDatabase();
    const rows = gatherKeys(session);
    const all = [1, 2, 1, 3].map((id) => rows.read(id));
    await go();
    expect((await Promise.all(all)).map((row) => row?.terminalId)).toEqual([1, 2, 1, 3]);
    expect(names).toEqual(['pos-keys-read']);
  });

  test('are written before they are read back', async () => {
    const { session, names, go } = slowDatabase();
    const rows = gatherKeys(session);
    const taken = rows.take(1, used);
    await go();
    const offered = rows.offer(1, sealed);
    await go();
    await Promise.all([taken, offered]);
    expect(names).toEqual(['pos-keys-take', 'pos-keys-read', 'pos-keys-offer', 'pos-keys-read']);
  });

  test('of payments do not wait behind sign-ons', async () => {
    const { session, names, go } = slowDatabase();
    const rows = gatherKeys(session);
    const signOns = Array.from({ length: 5_000 }, (_, id) => rows.offer(id + 1, sealed));
    const payment = rows.read(1);
    await turn();
    expect(names).toEqual(['pos-keys-offer', 'pos-keys-read']);
    await go();
    await Promise.all([...signOns, payment]);
  });

  test('that fail are failed for all who waited, and read again for whoever comes next', async () => {
    const { session, go, breakOff } = slowDatabase();
    const rows = gatherKeys(session);
    breakOff(true);
    const all = Promise.allSettled([rows.read(1), rows.read(2)]);
    await go();
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    breakOff(false);
    const next = rows.read(1);
    await go();
    expect((await next)?.terminalId).toBe(1);
  });

  test('are promised to so many at most: who comes then is turned away at once', async () => {
    const { session, go } = slowDatabase();
    const rows = gatherKeys(session);
    const waiting = Array.from({ length: 20_000 }, (_, id) => rows.read(id + 1));
    await expect(rows.read(1)).rejects.toThrow(TooManyWait);
    await go();
    expect(await Promise.all(waiting)).toHaveLength(20_000);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountId } from '#ledger/rules/accounts.ts';
import { fen } from '#money/fen.ts';
import { sessionOf } from '#platform/postgres.ts';
import { findDrift } from '#testing/drift.ts';
import { openInstance, openPlayer, type Player } from '#testing/history/players.ts';
import { openPersonalAccounts } from '#testing/http/medical-town.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, loadTown, town } from '#testing/town.ts';
import type { Clearing } from './open.ts';

let house: TestTown;
let clearing: Clearing;
let player: Player;
const cards = 8;

beforeAll(async () => {
  house = await openTestTown({ merchants: 2, cards });
  clearing = await house.open({ groupSizeMax: 8 });
  await loadTown(clearing, { cards, amountFen: 10_000n });
  await openPersonalAccounts({ owner: sessionOf(house.owner), parts: { clearing } }, [0], 1_000n);
  player = openPlayer(clearing, town.firstDay);
});
afterAll(() => house.close());

const of = (card: number, id: bigint) => ({
  card: cardRef(card),
  original: { id, businessKey: null },
  amountFen: null,
});
const stand = async (card: number, purse: 'online' | 'medical') => {
  const id = accountId(cardRef(card).cardAccountId, purse);
  const { rows } = await house.pool.query('select balance_fen, held_fen from ledger.accounts where id = $1', [
    id,
  ]);
  return [rows[0]?.balance_fen, rows[0]?.held_fen];
};
/** What the owner of the books is answered, who has every right that can be given. */
const attempt = (sql: string) =>
  house.owner.query(sql).then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const broken = '23514';

describe('what a reversal took back', () => {
  test('a settlement that funds paid a part of: its void is taken back with every payer', async () => {
    const settlement = { total: '2000', fund: '1200', mutualAid: '300', personalAccount: '400', cash: '100' };
    const hospital = { sector: 'medical', terminalId: town.hospitalTerminal };
    const paid = { ...hospital, card: cardRef(0), amountFen: fen(400), detail: settlement };
    const { id, refusal } = await player.send(paid);
    expect(refusal).toBeNull();
    const voided = await player.send({ ...hospital, kind: 'void', ...of(0, id) });
    expect(voided.refusal).toBeNull();
    expect(await stand(0, 'medical')).toEqual([1_000n, 0n]);
    const reversed = await player.reverse();
    expect(reversed.refusal).toBeNull();
    expect(reversed.legs.map((leg) => leg.amountFen)).toEqual(voided.legs.map((leg) => -leg.amountFen));
    expect(await stand(0, 'medical')).toEqual([600n, 0n]);
    const again = await player.send({ ...hospital, kind: 'void', ...of(0, id) });
    expect(again.refusal).toBeNull();
  });

  test('a settlement that funds paid alone: its void stands, since no purse says whose it is', async () => {
    const settlement = { total: '2000', fund: '2000', mutualAid: '0', personalAccount: '0', cash: '0' };
    const hospital = { sector: 'medical', terminalId: town.hospitalTerminal };
    const { id, refusal } = await player.send({ ...hospital, amountFen: null, detail: settlement });
    expect(refusal).toBeNull();
    const voided = await player.send({ ...hospital, kind: 'void', ...of(0, id) });
    expect(voided.refusal).toBeNull();
    expect((await player.reverse()).refusal).toBe('not-returnable');
  });

  test('a hold and a correction go back to what the journal says, and to nothing else', async () => {
    const hold = await player.send({ kind: 'authorise', card: cardRef(1), amountFen: fen(1_000) });
    await player.send({ kind: 'capture', ...of(1, hold.id), amountFen: fen(300), final: true });
    const paid = await player.send({ card: cardRef(1), amountFen: fen(90) });
    await player.send({ kind: 'void', ...of(1, paid.id) });
    const [holdRow, correction] = [`entry_id = ${hold.id}`, `entry_id = ${paid.id}`];
    for (const change of ['state = 1, ended_by = null', 'captured_fen = 0', 'freed_fen = 1', 'ended_by = 1'])
      expect(await attempt(`update ledger.holds set ${change} where ${holdRow}`), change).toBe(broken);
    expect(await attempt(`update ledger.corrections set returned_fen = 0 where ${correction}`)).toBe(broken);
    await player.reverse();
    expect(await attempt(`update ledger.corrections set returned_fen = 0 where ${correction}`)).toBe('done');
    for (const returned of [1, 89, 90])
      expect(
        await attempt(`update ledger.corrections set returned_fen = ${returned} where ${correction}`),
      ).toBe(broken);
    await house.owner.query(`update ledger.corrections set returned_fen = 0 where ${correction}`);
  });

  test('a capture whose answer was lost is taken back and done again, over restarts and days', async () => {
    const hold = await player.send({ kind: 'authorise', card: cardRef(2), amountFen: fen(1_000) });
    const capture = { kind: 'capture', ...of(2, hold.id), amountFen: fen(800), final: true } as const;
    for (let round = 0; round < 3; round++) {
      expect((await player.send(capture)).refusal).toBeNull();
      expect((await player.reverse()).refusal).toBeNull();
      expect(await stand(2, 'online')).toEqual([10_000n, 1_000n]);
    }
    await player.send({ kind: 'void', ...of(2, hold.id) });
    expect((await player.reverse()).refusal).toBeNull();
    const later = await openInstance({
      ...{ url: house.url, pool: house.pool },
      clock: (nowMs) => nowMs + 8 * 86_400_000,
    });
    const nextWeek = openPlayer(later, '2026-11-30');
    expect((await nextWeek.send(capture)).refusal).toBe('hold-not-open');
    await later.close();
    expect(await stand(2, 'online')).toEqual([10_000n, 0n]);
  });
});

test('the books are in order after all of it', async () => {
  expect(await findDrift(house.pool)).toEqual([]);
});

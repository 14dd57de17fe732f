import { afterAll, beforeAll, expect, test } from 'vitest';
import { fen } from '#money/fen.ts';
import { connectLane, type LaneConnection, type Session, sessionOf } from '#platform/postgres.ts';
import { findDrift } from '#testing/drift.ts';
import {
  authorise,
  beforehand,
  everything,
  openEverySector,
  payment,
  refundOf,
  tap,
} from '#testing/history/every-kind.ts';
import { crossedBuckets } from '#testing/sharding/bucket-joins.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, loadTown } from '#testing/town.ts';
import { type Cleared, clear } from './clear.ts';
import { keepReference } from './reference.ts';
import type { Request } from './request.ts';
import type { Reference } from './rules/state.ts';
import type { LaneHead } from './store.ts';

const cards = 200;
const lane = 40;
let opened: TestTown;
let connection: LaneConnection;
let reference: Reference;
let head: LaneHead | null = null;

beforeAll(async () => {
  opened = await openTestTown({ merchants: 1, cards });
  await openEverySector(
    sessionOf(opened.owner),
    Array.from({ length: cards }, (_, card) => cardRef(card)),
  );
  const clearing = await opened.open();
  await loadTown(clearing, { cards, amountFen: 100_000n });
  connection = await connectLane({ url: opened.url, idleInTransactionMs: 5_000, connectTimeoutMs: 5_000 });
  reference = (await keepReference(sessionOf(opened.pool))).current();
});
afterAll(async () => {
  expect(await findDrift(opened.pool)).toEqual([]);
  await connection.end();
  await opened.close();
});

/** Every statement that was sent for a group, by its name. */
const texts = new Map<string, string>();

/** Clears a group and gives the names of the statements that were sent for it, in order. */
async function clearAndCount(requests: readonly Request[]): Promise<{ cleared: Cleared; sent: string[] }> {
  const sent: string[] = [];
  const session: Session = {
    run: (statement, values) => {
      sent.push(statement.name);
      texts.set(statement.name, statement.text);
      return connection.run(statement, values);
    },
  };
  const cleared = await clear(session, requests, { lane, head, reference, clock: (nowMs) => nowMs });
  if ('staleFor' in cleared) throw new Error('the reference data is old');
  head = cleared.head;
  return { cleared, sent };
}

const idOf = (cleared: Cleared, place: number) => {
  const decision = cleared.decisions[place];
  if (decision?.status !== 'decided' || decision.refusal !== null) throw new Error('not approved');
  return decision.id;
};

test('a group of 200 sends the very statements that a group of one sends, to read and to write', async () => {
  const one = await clearAndCount([payment(0), tap(0), authorise(0)]);
  const many = await clearAndCount(
    Array.from({ length: cards }, (_, card) => [payment(card), tap(card), authorise(card)]).flat(),
  );
  expect(many.cleared.decisions).toHaveLength(3 * cards);
  expect(
    new Set(many.cleared.decisions.map((decision) => 'refusal' in decision && decision.refusal)),
  ).toEqual(new Set([null]));
  expect(many.sent).toEqual(one.sent);
  expect(new Set(one.sent).size, 'each statement once').toBe(one.sent.length);
  expect(one.sent).toContain('ledger-lock');
  expect(one.sent).toContain('ledger-insert-postings');
  expect(one.sent.at(-1)).toBe('commit');
});

test('a group of 200 refunds sends the very statements that a group of one refund sends', async () => {
  const paid = await clearAndCount(Array.from({ length: cards }, (_, card) => payment(card)));
  const one = await clearAndCount([refundOf(0, idOf(paid.cleared, 0))]);
  const many = await clearAndCount(
    Array.from({ length: cards }, (_, card) => refundOf(card, idOf(paid.cleared, card))),
  );
  expect(many.cleared.decisions.every((decision) => 'refusal' in decision && decision.refusal === null)).toBe(
    true,
  );
  expect(many.sent).toEqual(one.sent);
  expect(one.sent).toContain('ledger-save-corrections');
});

test('a group of every sector and kind sends the same statements in the same order for 1 card and for 100', async () => {
  const sentFor = async (some: readonly number[]) => {
    const first = some.map(beforehand);
    const { cleared } = await clearAndCount(first.flat());
    const perCard = first[0]?.length ?? 0;
    const group = some.flatMap((card, i) => {
      const ids = Array.from({ length: perCard }, (_, place) => idOf(cleared, i * perCard + place));
      return everything(card, first[i]?.slice(2) ?? [], ids.slice(2));
    });
    const { cleared: all, sent } = await clearAndCount(group);
    const refused = all.decisions.map((decision, place) => [
      ...[group[place]?.sector, group[place]?.kind, JSON.stringify(group[place]?.detail)],
      'refusal' in decision ? decision.refusal : decision.status,
    ]);
    expect(refused.filter(([, , , refusal]) => refusal !== null)).toEqual([]);
    return sent;
  };
  const one = await sentFor([100]);
  const many = await sentFor(Array.from({ length: 100 }, (_, card) => card));
  expect(many).toEqual(one);
  expect(new Set(one).size, 'each statement once').toBe(one.length);
});

test('a group of repeats writes nothing, and the chain stands where it stood', async () => {
  const first = [payment(1), payment(2)];
  await clearAndCount(first);
  const before = head;
  const { cleared, sent } = await clearAndCount(first);
  expect(cleared.decisions.every((decision) => 'replay' in decision && decision.replay)).toBe(true);
  expect(sent.filter((name) => /insert|update|raise|save|write/.test(name))).toEqual([]);
  expect(sent.slice(-2)).toEqual(['clearing-await-standby', 'commit']);
  expect(head).toEqual(before);
});

test('a decline is written too: it is pinned, and the same request is declined again', async () => {
  const tooMuch = { ...payment(3), amountFen: fen(99_999_999) };
  const { cleared } = await clearAndCount([tooMuch]);
  expect(cleared.decisions[0]).toMatchObject({ refusal: 'insufficient-funds', replay: false, legs: [] });
  const again = await clearAndCount([tooMuch]);
  expect(again.cleared.decisions[0]).toMatchObject({ refusal: 'insufficient-funds', replay: true });
});

test('a group that needs newer reference data does nothing and says which version it needs', async () => {
  const old = { ...reference, version: reference.version - 1n };
  const one = payment(4);
  const stale = await clear(connection, [one], { lane, head, reference: old, clock: (nowMs) => nowMs });
  expect(stale).toEqual({ staleFor: reference.version });
  const { cleared } = await clearAndCount([one]);
  expect(cleared.decisions[0]).toMatchObject({ refusal: null, replay: false });
});

test('two groups of one number cannot both be in a lane’s chain', async () => {
  const stale = head;
  await clearAndCount([payment(5)]);
  head = stale;
  await expect(clearAndCount([payment(6)])).rejects.toMatchObject({ code: '23505', table: 'groups' });
  const { rows } = await opened.pool.query(
    'select max(sequence) as sequence from ledger.groups where lane = $1',
    [lane],
  );
  expect(rows[0]).toEqual({ sequence: (stale?.sequence ?? 0n) + 1n });
});

/** A key that was used with another card must be found too, so these alone look without the bucket (DESIGN §4). */
const keyLookUps: Readonly<Record<string, readonly string[]>> = {
  'clearing-known': ['idempotency.outcomes'],
  'clearing-followed-holds': ['idempotency.outcomes, ledger.holds'],
};
/** Those that take no statement of SQL to pieces. */
const controls = ['begin', 'commit', 'rollback'];

test('no statement of a posting crosses buckets, whatever the sector and kind, but for the look-up of keys', async () => {
  const statements = [...texts].filter(([name]) => !controls.includes(name));
  expect(statements.length).toBeGreaterThan(20);
  for (const [name, text] of statements) {
    const found = [...new Set(await crossedBuckets(text))];
    const allowed = (keyLookUps[name] ?? []).map((tables) => `looked up without the bucket: ${tables}`);
    expect(found, `${name}: ${text}`).toEqual(allowed);
  }
  expect(Object.keys(keyLookUps).filter((name) => !texts.has(name))).toEqual([]);
});

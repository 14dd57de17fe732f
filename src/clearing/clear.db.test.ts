import { afterAll, beforeAll, expect, test } from 'vitest';
import { namedKey, reversalKey } from '#idempotency/rules/keys.ts';
import { openAccounts } from '#ledger/open-accounts.ts';
import { fen } from '#money/fen.ts';
import { enrolParticipants } from '#participants/enrol.ts';
import { connectLane, type LaneConnection, type Session, sessionOf } from '#platform/postgres.ts';
import { saveTerms } from '#sectors/subsidies/store.ts';
import { insertAgents, insertRules } from '#sectors/top-up/store.ts';
import { insertConcessions } from '#sectors/transit/riders/store.ts';
import {
  insertCaps,
  insertConcessionTerms,
  insertDistanceFares,
  insertPassProducts,
  insertStations,
} from '#sectors/transit/store.ts';
import { terminalKinds } from '#terminals/rules/permission.ts';
import { insertTerminals } from '#terminals/store.ts';
import { findDrift } from '#testing/drift.ts';
import { crossedBuckets } from '#testing/sharding/bucket-joins.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { cardRef, loadTown, town, townRequest } from '#testing/town.ts';
import { type Cleared, clear } from './clear.ts';
import { deskTerminalId } from './compensate.ts';
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
let traces = 0;

beforeAll(async () => {
  opened = await openTestTown({ merchants: 1, cards });
  await openEverySector(sessionOf(opened.owner));
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

const agent = { participantId: 900_008, terminalId: 90_000_008, sector: 'top-up' } as const;
const agency = { participantId: 900_009, terminalId: 90_000_009, sector: 'subsidies' } as const;
const since = '2020-01-01';

/** Passes, distances, caps, categories, an agent, personal accounts: what a town does not have by itself. */
async function openEverySector(owner: Session): Promise<void> {
  const all = Array.from({ length: cards }, (_, card) => cardRef(card));
  await openAccounts(
    owner,
    all.flatMap(({ cardAccountId: ownerId }) => [
      { ownerId, code: 'medical' as const },
      { ownerId, code: 'subsidy' as const },
    ]),
  );
  const { participantId } = agent;
  const both = [agent, agency];
  await enrolParticipants(
    owner,
    both.map(({ participantId: id, sector }) => ({ id, name: sector, nameEn: sector, sector, active: true })),
  );
  const terminal = { allowedKinds: terminalKinds, batchNumber: 1, active: true, keySealed: Buffer.alloc(1) };
  await insertTerminals(
    owner,
    both.map(({ terminalId: id, ...place }) => ({ ...terminal, ...place, id })),
  );
  const { programme } = town;
  await saveTerms(owner, [
    { participantId: agency.participantId, programme, purse: 'subsidy', perPaymentFen: 1_000n, active: true },
  ]);
  await insertAgents(owner, [{ participantId, perDayFen: 10_000_000n }]);
  const loads = { effectiveFrom: since, perLoadFen: 100_000n, balanceMaxFen: 90_000_000n };
  await insertRules(owner, [
    { ...loads, participantId, purse: 'online' },
    { ...loads, participantId: town.bankId, purse: 'medical' },
  ]);
  await openRides(owner);
  const grantedBy = { kind: 'staff', id: 2n };
  const grant = { category: 'student', fromDay: since, toDay: '2099-12-31', grantedBy, reason: 'seen' };
  await insertConcessions(
    owner,
    all.map((card) => ({ ...card, ...grant })),
  );
}

async function openRides(owner: Session): Promise<void> {
  const from = { participantId: town.operatorId, effectiveFrom: since };
  const student = { category: 'student', rate: '0.5', ridesPerMonth: 60, beyondRate: '0.85' };
  await insertConcessionTerms(owner, [{ ...from, ...student }]);
  await insertCaps(owner, [{ ...from, perDayFen: 5_000n }]);
  const pass = { code: 'T2', kind: 'count', rides: 2, priceFen: 300n, validDays: 30, lines: ['9'] } as const;
  await insertPassProducts(owner, [{ ...from, ...pass }]);
  const rail = { participantId: town.operatorId, line: 'R1' };
  await insertStations(owner, [
    { ...rail, station: 'A', distanceM: 0 },
    { ...rail, station: 'B', distanceM: 9_000 },
  ]);
  await insertDistanceFares(owner, [{ ...rail, effectiveFrom: since, upToM: 10_000, fareFen: 300n }]);
}

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

const payment = (card: number) => townRequest(traces++, { card: cardRef(card) });
const tap = (card: number) => {
  const transit = { sector: 'transit', terminalId: town.operatorTerminal, detail: { line: '1' } };
  return townRequest(traces++, { ...transit, amountFen: null, card: cardRef(card) });
};
const authorise = (card: number) => townRequest(traces++, { kind: 'authorise', card: cardRef(card) });
const refundOf = (card: number, id: bigint) =>
  townRequest(traces++, {
    kind: 'refund',
    card: cardRef(card),
    amountFen: fen(1),
    original: { id, businessKey: null },
  });
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

const load = (card: number, terminalId: number, purse: string) => {
  const topUp = { kind: 'load', sector: 'top-up', terminalId, detail: { purse } } as const;
  return townRequest(traces++, { ...topUp, card: cardRef(card), amountFen: fen(1_000) });
};
const ride = (card: number, detail: Readonly<Record<string, string>>) => ({ ...tap(card), detail });
const buyPass = (card: number) => ({ ...ride(card, { pass: 'T2' }), amountFen: fen(300) });
const pay = (card: number, over: Partial<Request>) => ({ ...payment(card), ...over });
const settlement = { total: '2000', fund: '1200', mutualAid: '300', personalAccount: '400', cash: '100' };

/** Every sector and kind on one card: what is loaded and paid first, then all that speaks of it. */
const beforehand = (card: number) => [
  load(card, town.bankTerminal, 'medical'),
  buyPass(card),
  authorise(card),
  ...Array.from({ length: 4 }, () => payment(card)),
];
function everything(
  card: number,
  [authorised, ...paid]: readonly Request[],
  ids: readonly bigint[],
): Request[] {
  const [holdId, voidId, refundId, compensatedId] = ids;
  const of = (id: bigint | undefined) => ({ original: { id: id ?? 0n, businessKey: null } });
  const reversed = paid[3] as Request;
  expect(authorised?.kind).toBe('authorise');
  return [
    payment(card),
    tap(card),
    ride(card, { line: 'R1', from: 'A', to: 'B' }),
    buyPass(card),
    ride(card, { line: '9' }),
    load(card, town.bankTerminal, 'online'),
    load(card, agent.terminalId, 'online'),
    pay(card, {
      ...{ sector: 'utilities', terminalId: town.utilityTerminal },
      detail: { bill: `W-${traces}`, period: '2026-10', customer: '****0001' },
    }),
    pay(card, { sector: 'medical', terminalId: town.pharmacyTerminal }),
    pay(card, {
      ...{ sector: 'medical', terminalId: town.hospitalTerminal, amountFen: fen(400) },
      detail: settlement,
    }),
    pay(card, {
      ...{ kind: 'load', sector: agency.sector, terminalId: agency.terminalId },
      detail: { programme: town.programme, period: '2026-11', purse: 'subsidy' },
    }),
    authorise(card),
    pay(card, { kind: 'capture', ...of(holdId), amountFen: fen(40), final: true }),
    pay(card, { kind: 'void', ...of(voidId), amountFen: null }),
    pay(card, { kind: 'refund', ...of(refundId) }),
    pay(card, {
      ...{ kind: 'compensation', ...of(compensatedId), terminalId: deskTerminalId, callerKey: null },
      ...{ businessKey: namedKey('compensation', String(compensatedId)), detail: { reason: 'other' } },
    }),
    {
      ...reversed,
      ...{ kind: 'reversal', callerKey: null, original: { id: null, businessKey: reversed.businessKey } },
      businessKey: reversalKey({
        ...{ terminalId: reversed.terminalId, batchNumber: 1, localDate: town.firstDay },
        traceNumber: traceOf(reversed),
      }),
    },
  ];
}
const traceOf = ({ businessKey }: Request) =>
  Number.parseInt(businessKey.replaceAll('-', '').slice(20, 26), 16);

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

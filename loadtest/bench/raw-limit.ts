import { kindCodes, type Request } from '#clearing/request.ts';
import { outcomeRow } from '#clearing/rules/run.ts';
import { type OutcomeRow, outcomeColumns } from '#idempotency/rules/outcome-rows.ts';
import { insertOutcomes } from '#idempotency/store.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import {
  type EntryRow,
  entryColumns,
  hasDetailColumn,
  type PostingRow,
  postingColumns,
} from '#ledger/rules/rows.ts';
import { insertEntries, insertPostings } from '#ledger/store.ts';
import { firstIdOfGroup } from '#platform/ids.ts';
import { connectLane, type LaneConnection } from '#platform/postgres.ts';
import { shops } from '#sectors/shops/shops.ts';
import { merchantTerminal, town } from '#testing/town.ts';
import { type Measured, metered, percentiles, type Tally } from './figures/measured.ts';
import { requestOf } from './our-way.ts';
import { isPoor, type Payment, paymentOf } from './workload.ts';
import type { World } from './world.ts';

const groupSize = 512;
/** Lanes that no instance can own (there are 64), so that the ids meet nobody's. */
const firstLane = 200;
const connectionCount = 2;
/** Any balance: nothing is read here, so none is known. */
const balanceFen = 500_000n;

/** A connection that inserts, and where its ids stand. */
interface RawLane {
  readonly connection: LaneConnection;
  readonly lane: number;
  lastId: bigint;
}

interface Rows {
  readonly outcomes: OutcomeRow[];
  readonly entries: EntryRow[];
  readonly postings: PostingRow[];
}

/** Connections as the lanes have them: the same plans, the same pipelining. */
export async function openRaw(world: World): Promise<RawLane[]> {
  const lanes: RawLane[] = [];
  for (let i = 0; i < connectionCount; i++) {
    const connection = await connectLane({
      url: world.url,
      idleInTransactionMs: 10_000,
      connectTimeoutMs: 5_000,
    });
    world.onClose(() => connection.end());
    lanes.push({ connection, lane: firstLane + i, lastId: 0n });
  }
  return lanes;
}

/**
 * The raw limit: the same rows into the same tables, with their indexes and guards, and nothing else. No
 * rules, no reads, no balances.
 */
export async function measureRaw(world: World, lanes: RawLane[], seconds: number): Promise<Measured> {
  const meters = { postgresPid: world.postgresPid, nodePid: process.pid, redisPid: null };
  return metered(meters, () => insertFor(world, lanes, seconds));
}

async function insertFor(world: World, lanes: RawLane[], seconds: number): Promise<Tally> {
  const latencies: number[] = [];
  let declined = 0;
  let declinedDue = 0;
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  await Promise.all(
    lanes.map(async (lane) => {
      while (performance.now() < until) {
        const first = world.sequence.take(groupSize);
        const payments = Array.from({ length: groupSize }, (_, i) => paymentOf(first + i));
        const builtAt = performance.now();
        // Not "+= await": that adds to what the count was before the wait, and loses the other lane's.
        const groupDeclined = await insertGroup(lane, payments);
        declined += groupDeclined;
        latencies.push(performance.now() - builtAt);
        declinedDue += payments.filter((payment) => isPoor(payment)).length;
      }
    }),
  );
  return {
    payments: latencies.length * groupSize,
    seconds: (performance.now() - startedAt) / 1000,
    ...percentiles(latencies),
    declined,
    declinedDue,
    replayed: 0,
    replayedDue: 0,
    groupSize,
    loadUs: null,
  };
}

/** Returns how many were stored as declined: what has no entry. */
async function insertGroup(lane: RawLane, payments: readonly Payment[]): Promise<number> {
  const { connection } = lane;
  const firstId = firstIdOfGroup(lane.lane, Date.now(), lane.lastId);
  lane.lastId = firstId;
  const rows = rowsOf(payments, firstId);
  const day = town.firstDay;
  const [, outcomes, entries, postings] = await Promise.all([
    connection.run({ name: 'begin', text: 'begin' }),
    insertOutcomes(connection, day, outcomeColumns(rows.outcomes)),
    insertEntries(connection, day, [...entryColumns(rows.entries), hasDetailColumn(rows.entries)]),
    insertPostings(connection, day, postingColumns(rows.postings)),
    connection.run({ name: 'commit', text: 'commit' }),
  ]);
  if (outcomes !== payments.length || postings !== entries * 2) throw new Error('rows were not inserted');
  return outcomes - entries;
}

function rowsOf(payments: readonly Payment[], firstId: bigint): Rows {
  const rows: Rows = { outcomes: [], entries: [], postings: [] };
  payments.forEach((payment, i) => {
    const request = requestOf(payment);
    const id = firstId + BigInt(i);
    const declined = isPoor(payment);
    rows.outcomes.push(outcomeRow(request, id, declined ? 'insufficient-funds' : null));
    if (!declined) addEntry(rows, request, id);
  });
  return rows;
}

function addEntry(rows: Rows, request: Request, id: bigint): void {
  const { card, terminalId } = request;
  const { bucket, cardAccountId } = card;
  const amountFen: bigint = request.amountFen ?? 0n;
  const participantId = merchantOf(terminalId);
  rows.entries.push({
    ownerId: cardAccountId,
    id,
    originalId: null,
    participantId,
    terminalId,
    bucket,
    kind: kindCodes.payment,
    sector: shops.code,
    hasDetail: false,
  });
  const purse = { accountId: accountId(cardAccountId, 'online'), amountFen: -amountFen, balanceFen };
  const payable = { accountId: accountId(BigInt(participantId), 'payable'), amountFen, balanceFen: null };
  rows.postings.push({ bucket, entryId: id, ...payable }, { bucket, entryId: id, ...purse });
}

function merchantOf(terminalId: number): number {
  return terminalId - merchantTerminal(0);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expireHolds } from '#ledger/expire-holds.ts';
import { openPool, sessionOf } from '#platform/postgres.ts';
import { sessionName } from '#platform/schema/rules/generation.ts';
import { closeDay } from '#settlement/close-day.ts';
import { type BooksLamp, readLamp } from '#settlement/live/lamp.ts';
import { lookOnce } from '#settlement/live/look.ts';
import { verify } from '#settlement/verify.ts';
import { beforehand, everything, openEverySector } from '#testing/history/every-kind.ts';
import { buildModelTown, episodeCards } from '#testing/model/model-town.ts';
import { requestOf } from '#testing/model/play.ts';
import { drawEpisode } from '#testing/model/random-requests.ts';
import { seededRandom } from '#testing/model/seeded-random.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { loadTown } from '#testing/town.ts';

type Clearing = Awaited<ReturnType<TestTown['open']>>;
type Request = Parameters<Clearing['submit']>[0]['request'];
type Answer = Awaited<ReturnType<Clearing['submit']>>;

const episodes = 6;
const requestsPerEpisode = 200;
const hourMs = 3_600_000;
/** Far enough back that the sweep, which goes by the database's clock, finds the holds of the first weeks over. */
const startMs = Date.now() - 90 * 24 * hourMs;
const timeoutMs = 120_000;
/** The cards of the first episode have every sector: those of its places that have an online account. */
const everywhere = [0, 1, 2];

interface Played {
  readonly town: TestTown;
  readonly instances: readonly Clearing[];
  readonly clock: { ms: number };
}

/** Plays an episode over both instances, with days closed, holds swept and lanes cut off in the middle of it. */
async function play({ town, instances, clock }: Played, episode: number): Promise<void> {
  const random = seededRandom(900 + episode);
  const ids: (bigint | null)[] = [];
  const bursts = drawEpisode({
    ...{ seed: 7_000 + episode, startMs: clock.ms, requests: requestsPerEpisode, burstMax: 1 + episode * 4 },
    ...{ cards: episodeCards(episode), firstTrace: episode * 1_000, undoing: episode % 2 === 1 },
  });
  for (const { nowMs, drafts } of bursts) {
    clock.ms = nowMs;
    const requests = drafts.map((draft) => requestOf(draft, ids));
    const [answers] = await Promise.all([
      Promise.all(
        requests.map((request, place) =>
          isTorn(request, requests.slice(0, place)) ? null : submit(instanceFor(request, instances), request),
        ),
      ),
      random.chance(10) ? closeAtOnce(town) : null,
      random.chance(10) ? expireHolds(town.pool) : null,
      random.chance(4) ? cutOffLane(town) : null,
    ]);
    ids.push(...answers.map((answer) => (answer?.status === 'decided' ? answer.id : null)));
  }
}

const traceOf = ({ businessKey }: Request) =>
  Number.parseInt(businessKey.replaceAll('-', '').slice(20, 26), 16);

/** A terminal sends one key to one place; its reversal to the other. */
function instanceFor(request: Request, instances: readonly Clearing[]): Clearing {
  const place = traceOf(request) + (request.kind === 'reversal' ? 1 : 0);
  return instances[place % instances.length] as Clearing;
}

/**
 * Whether it speaks of the same as one before it in its burst, but of another card. Two lanes that are given one key
 * with two cards in one moment both take it: over buckets a key is unique by a look-up, and the proof of keys tells.
 */
function isTorn(request: Request, burst: readonly Request[]): boolean {
  return burst.some((one) => traceOf(one) === traceOf(request) && one.card.cardId !== request.card.cardId);
}

function submit(clearing: Clearing, request: Request): Promise<Answer> {
  return clearing.submit({ request, isRepeat: false });
}

/** Both instances close the open day at once. */
async function closeAtOnce({ pool }: TestTown): Promise<void> {
  const { rows } = await pool.query<{ day: string }>(
    'select business_date as day from ledger.business_days where closed_at is null',
  );
  const day = rows[0]?.day ?? '';
  await Promise.all([closeDay(pool, day), closeDay(pool, day)]);
}

/** A lane loses its connection, whatever it is doing. */
async function cutOffLane({ owner }: TestTown): Promise<void> {
  await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = '${sessionName('lane')}' and datname = current_database() order by random() limit 1`);
}

/** Every sector and kind, the desk's compensation too, for which nobody shows a card. */
async function playEverything({ instances: [one, other] }: Played): Promise<void> {
  if (one === undefined || other === undefined) throw new Error('two instances');
  for (const card of everywhere) {
    const first = beforehand(card);
    const ids: bigint[] = [];
    for (const request of first) {
      const answer = await submit(one, request);
      expect(answer, JSON.stringify(request.detail)).toMatchObject({ status: 'decided', refusal: null });
      if (answer.status === 'decided') ids.push(answer.id);
    }
    for (const request of everything(card, first.slice(2), ids.slice(2))) {
      const shown =
        request.kind === 'compensation' ? { ...request, card: { ...request.card, cardId: 0n } } : request;
      expect(await submit(other, shown), request.kind).toMatchObject({ status: 'decided', refusal: null });
    }
  }
}

/** Looks again and again until it is stopped; each look finds the books right. */
function watchOver(town: TestTown): { stop(): Promise<number> } {
  let isOver = false;
  let looks = 0;
  const pool = openPool(town.url, 2);
  const watching = (async () => {
    while (!isOver) {
      await lookGreen(pool, 100);
      looks += 1;
      await sleep(20);
    }
    await pool.end();
    return looks;
  })();
  watching.catch(() => undefined);
  return {
    stop: () => {
      isOver = true;
      return watching;
    },
  };
}

async function lookGreen(pool: TestTown['pool'], chainMs: number): Promise<BooksLamp | null> {
  const chain = { newMs: chainMs, againMs: chainMs };
  await lookOnce({ pool, queues: [], pauseMs: 15_000, chain, atOnce: true });
  const lamp = await readLamp(sessionOf(pool));
  if (lamp !== null) expect(lamp).toMatchObject({ state: 'green', driftFen: 0n, findings: [] });
  return lamp;
}

/** What the books are to hold in the end: a lamp over books without it says nothing. */
const metQuestion = `select
  (select count(distinct kind)::int from ledger.entries) as kinds,
  (select count(distinct sector)::int from ledger.entries) as sectors,
  (select count(*)::int from ledger.holds where state = 4) as expired_holds,
  (select count(*)::int from ledger.business_days where closed_at is not null) as closed_days,
  (select count(distinct lane)::int from ledger.groups) as lanes,
  (select count(*)::int from idempotency.outcomes where card_id = 0 and refusal is null) as unseen_cards`;

test('books of two instances are never red, whatever is posted, closed, swept and cut off meanwhile', {
  timeout: timeoutMs,
}, async () => {
  const town = await openTestTown(async (owner) => {
    await buildModelTown(owner, episodes);
    await openEverySector(
      owner,
      everywhere.map((place) => episodeCards(0)[place] ?? episodeCards(0)[0]).filter((card) => !!card),
    );
  });
  const clock = { ms: startMs };
  const options = { lanes: 2, groupSizeMax: 20, clock: () => clock.ms };
  const instances = [await town.open(options), await town.open(options)];
  const watchers = [watchOver(town), watchOver(town)];
  try {
    const played = { town, instances, clock };
    await loadTown(instances[0] as Clearing, { cards: 3, amountFen: 100_000n });
    await playEverything(played);
    for (let episode = 0; episode < episodes; episode++) await play(played, episode);
    for (const watcher of watchers) expect(await watcher.stop()).toBeGreaterThan(10);
    const last = await lookGreen(town.pool, 20_000);
    expect(last).toMatchObject({ state: 'green', behind: 0 });
    const { rows } = await town.pool.query(metQuestion);
    expect(rows[0]).toMatchObject({ kinds: 8 });
    for (const [what, count] of Object.entries(rows[0])) expect(count, what).toBeGreaterThan(0);
    const verified = await verify(town.pool);
    expect(verified.ok ? null : verified.wrong).toBeNull();
  } finally {
    await Promise.all(watchers.map((watcher) => watcher.stop().catch(() => 0)));
    await town.close();
  }
});

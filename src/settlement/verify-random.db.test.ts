import { expect, test } from 'vitest';
import { buildModelTown, episodeCards } from '#testing/model/model-town.ts';
import { playEpisode } from '#testing/model/play.ts';
import { drawEpisode } from '#testing/model/random-requests.ts';
import { openTestTown } from '#testing/test-town.ts';
import { verify } from './verify.ts';

const episodes = 12;
const startMs = Date.UTC(2026, 10, 22, 0, 0);

/** What the sequences are to have brought about: a proof over books without it says nothing. */
const metQuestion = `select
  (select count(*)::int from ledger.entries o join ledger.entries r on r.original_id = o.id
    where r.kind = 7 and o.kind = 4) as reversed_captures,
  (select count(*)::int from ledger.entries o join ledger.entries r on r.original_id = o.id
    where r.kind = 7 and o.kind = 5 and exists (select from ledger.postings where entry_id = o.id)) as reversed_voids,
  (select count(*)::int from ledger.entries o join ledger.entries r on r.original_id = o.id
    where r.kind = 7 and o.kind = 5 and not exists (select from ledger.postings where entry_id = o.id)) as reheld,
  (select count(*)::int from ledger.corrections where returned_fen = 0) as standing_again,
  (select count(*)::int from ledger.holds where freed_fen > 0) as let_go`;

test('books of random sequences, with captures and voids taken back in any order, are found right', {
  timeout: 60_000,
}, async () => {
  const opened = await openTestTown((owner) => buildModelTown(owner, episodes));
  // The model lets a status follow any other; the life of cards is another room's.
  await opened.owner.query('alter table cards.cards disable trigger cards_forward');
  let clockMs = startMs;
  const clearing = await opened.open({ groupSizeMax: 9, clock: () => clockMs });
  try {
    for (let episode = 0; episode < episodes; episode++) {
      const cards = episodeCards(episode);
      const bursts = drawEpisode({
        seed: 5_000 + episode,
        startMs: clockMs,
        cards,
        firstTrace: episode * 1_000,
        requests: 200,
        undoing: true,
        burstMax: 1 + episode * 3,
      });
      const played = {
        clear: (burst: Parameters<typeof clearing.submit>[0]['request'][], nowMs: number) => {
          clockMs = nowMs;
          return Promise.all(burst.map((request) => clearing.submit({ request, isRepeat: false })));
        },
        setStatus: async ({ cardId }: (typeof cards)[number], status: string) => {
          await opened.owner.query('update cards.cards set status = $1 where id = $2', [status, cardId]);
        },
      };
      await playEpisode(
        { ...played, clear: (burst, nowMs) => played.clear([...burst], nowMs) },
        { seed: episode, cards, bursts },
      );
      expect(await verify(opened.pool), `episode ${episode}`).toMatchObject({ ok: true });
    }
    const [met] = (await opened.pool.query(metQuestion)).rows;
    for (const [what, count] of Object.entries(met ?? {})) expect(count, what).toBeGreaterThan(0);
  } finally {
    await opened.close();
  }
});

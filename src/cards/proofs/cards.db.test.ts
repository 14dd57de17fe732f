import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceCard } from '#cards/life/replace.ts';
import { takeStep } from '#cards/life/take-step.ts';
import type { CardStep } from '#cards/rules/life.ts';
import { openSecrets } from '#platform/secrets.ts';
import { afterTampering, findWrongRow } from '#testing/tampering.ts';
import { openTestTown, type TestTown } from '#testing/test-town.ts';
import { buildTown, cardRef } from '#testing/town.ts';
import { cardProofs } from './cards.ts';

const secrets = openSecrets({ masterKeyHex: 'c0c0'.repeat(16), dataDir: '/' });
let house: TestTown;

/** Cards 0 to 4: active, lost, locked and unlocked, temporarily lost and then lost, replaced. */
beforeAll(async () => {
  const { cardNumberDigest: digest, hotMark } = secrets;
  house = await openTestTown((owner) => buildTown(owner, { merchants: 1, cards: 5, digest, hotMark }));
  const by = { actor: { kind: 'staff', id: 2n }, reason: 'at the counter' } as const;
  const steps = async (card: number, ...all: Exclude<CardStep, 'replace'>[]) => {
    for (const step of all) await takeStep(house.pool, { cardId: cardRef(card).cardId, step, ...by });
  };
  await steps(1, 'report-loss');
  await steps(2, 'lock', 'unlock');
  await steps(3, 'report-temporary-loss', 'report-loss');
  const replacement = { cardId: cardRef(4).cardId, cardNumber: '9470000000000004', active: true, ...by };
  await replaceCard(house.pool, secrets, replacement);
});
afterAll(() => house?.close());

test('cards that nobody touched are found right, whatever their life', async () => {
  expect(await findWrongRow(house.owner, cardProofs)).toBeNull();
});

const cardId = (card: number) => cardRef(card).cardId;
const setCard = (card: number, status: string) =>
  `update cards.cards set status = '${status}' where id = ${cardId(card)} returning format('id %s', id)`;
const markOf = (card: number) => `(select hot_mark from cards.cards where id = ${cardId(card)})`;
const lastEvent = (card: number) => `(select max(id) from cards.events where card_id = ${cardId(card)})`;
const keyOf = (card: number) => `select format('id %s', ${cardId(card)})`;

test.for([
  ['a lost card that was made active', 'cards.cards', setCard(1, 'active')],
  ['a replaced card that was made closed', 'cards.cards', setCard(4, 'closed')],
  [
    'a loss that was taken out of the history',
    'cards.cards',
    `delete from cards.events where id = ${lastEvent(1)}; ${keyOf(1)}`,
  ],
  [
    'a step that was taken out of the middle of a history',
    'cards.events',
    `delete from cards.events where card_id = ${cardId(3)} and to_status = 'temporarily-lost';
     select format('card %s, id %s', ${cardId(3)}, ${lastEvent(3)})`,
  ],
  [
    'a lost card that was made active with its history',
    'cards.cards',
    `update cards.events set to_status = 'active' where id = ${lastEvent(1)}; ${setCard(1, 'active')}`,
  ],
  [
    'a hot card that was taken off the hot list',
    'cards.cards',
    `delete from cards.hot_changes where mark = ${markOf(1)}; ${keyOf(1)}`,
  ],
  [
    'a good card that was put on the hot list',
    'cards.cards',
    `insert into cards.hot_changes (version, at, mark, op, cause) select 99, now(), ${markOf(0)}, 'add', 'lost'; ${keyOf(0)}`,
  ],
  [
    'a card that is hot for another cause',
    'cards.cards',
    `update cards.hot_changes set cause = 'locked' where mark = ${markOf(1)}; ${keyOf(1)}`,
  ],
  [
    'a mark that is no card’s',
    'cards.hot_changes',
    `insert into cards.hot_changes (version, at, mark, op, cause) values (99, now(), '\\x0000000000000001', 'add', 'lost')
     returning format('version %s', version)`,
  ],
] as const)('%s is found', async ([, table, sql]) => {
  const { key, wrong } = await afterTampering(house.owner, sql, cardProofs);
  expect(wrong).toMatchObject({ table, key });
  expect(wrong?.expected).not.toBe(wrong?.found);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDay } from '#settlement/close-day.ts';
import { afterTampering, findWrongRow } from '#testing/tampering.ts';
import { merchantTerminal, town } from '#testing/town.ts';
import { openWebhookTown, type WebhookTown } from '#testing/webhooks/webhook-town.ts';
import { webhookProofs } from './messages.ts';

let at: WebhookTown;

/** Two participants who listen, payments before and after, an authorisation, a load, and a closed day. */
beforeAll(async () => {
  at = await openWebhookTown();
  await at.pay();
  const nowhere = 'http://127.0.0.1:9/hooks';
  await at.listen(1, nowhere);
  await at.listen(town.bankId, nowhere);
  for (let i = 0; i < 3; i++) await at.pay();
  await at.pay({ terminalId: merchantTerminal(2) });
  await at.pay({ kind: 'authorise' });
  const load = { kind: 'load', sector: 'top-up', detail: { purse: 'online' } } as const;
  await at.pay({ ...load, terminalId: town.bankTerminal });
  const closed = await closeDay(at.house.pool, town.firstDay, { kind: 'staff', id: 1n });
  if (typeof closed === 'string') throw new Error(closed);
  await at.feed();
  await at.pay();
  await at.feed();
  // Not read yet: not told yet, and nothing is wrong with that.
  await at.pay();
});
afterAll(() => at?.close());

test('what participants were told is found right, however far the books were read', async () => {
  const { rows } = await at.house.pool.query(
    'select source, count(*)::int as count from webhooks.messages group by 1 order by 1',
  );
  expect(rows).toEqual([
    { source: 'day', count: 2 },
    { source: 'entry', count: 6 },
  ]);
  expect(await findWrongRow(at.house.owner, webhookProofs)).toBeNull();
});

const message = (source: string, n = 0) =>
  `(select id from webhooks.messages where source = '${source}' order by id offset ${n} limit 1)`;
const says = (word: string, value: string) =>
  `payload = jsonb_set(payload::jsonb, '{data,${word}}', '${value}')::text`;

test.for([
  [
    'a message that was taken away',
    `delete from webhooks.messages where id = ${message('entry', 1)}
    returning format('entry %s', source_id)`,
  ],
  [
    'an amount that was raised',
    `update webhooks.messages set ${says('amount', '101')} where id = ${message('entry')}
    returning format('id %s', id)`,
  ],
  [
    'a transaction that was renamed',
    `update webhooks.messages set ${says('transactionId', '"1000000-1"')}
    where id = ${message('entry')} returning format('id %s', id)`,
  ],
  [
    'an entry of another participant that was told',
    `insert into webhooks.messages
      (endpoint_id, source, source_id, type, payload)
    select (select min(id) from webhooks.endpoints), 'entry', id, 'transaction.booked',
      format('{"data":{"amount":100,"transactionId":"%s-%s"}}', owner_id, id)
    from ledger.entries where participant_id = 2 limit 1 returning format('id %s', id)`,
  ],
  [
    'an entry that never was',
    `insert into webhooks.messages (endpoint_id, source, source_id, type, payload)
    values ((select min(id) from webhooks.endpoints), 'entry', 77, 'transaction.booked',
      '{"data":{"amount":1,"transactionId":"1000000-77"}}') returning format('id %s', id)`,
  ],
  [
    'a net that was changed',
    `update webhooks.messages set ${says('net', '1')} where id = ${message('day')}
    returning format('id %s', id)`,
  ],
  [
    'a seal that was changed',
    `update webhooks.messages set ${says('seal', '"ab"')} where id = ${message('day', 1)}
    returning format('id %s', id)`,
  ],
  [
    'a lane that was read further than it goes',
    `update webhooks.lanes set sequence = sequence + 100
    where lane = (select min(lane) from webhooks.lanes) returning format('lane %s', lane)`,
  ],
  [
    'a start that was moved back',
    `update webhooks.endpoints set from_ids = '{}' where participant_id = 1
    returning (select format('entry %s', min(id)) from ledger.entries where participant_id = 1)`,
  ],
] as const)('%s is found at its row', async ([, sql]) => {
  const { key, wrong } = await afterTampering(at.house.owner, sql, webhookProofs);
  expect(wrong?.key).toBe(key);
});

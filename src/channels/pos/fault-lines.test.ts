import { expect, test } from 'vitest';
import { openLog } from '#platform/log.ts';
import { faultLines } from './fault-lines.ts';

test('ten faults a second are written, and of the rest how many they were', () => {
  const lines: string[] = [];
  const log = openLog('error', { write: (line: string) => lines.push(line) });
  let now = 5_000;
  const say = faultLines(log, 'shops', () => now);
  for (let times = 0; times < 500; times++) say('a message failed', new Error('the database is gone'));
  expect(lines).toHaveLength(10);
  now += 1_000;
  const sender = { connection: 'bcdfghjkmnpqrstv', message: 7, address: '127.0.0.1', hasProved: () => false };
  say('a message failed', new Error('the database is gone'), sender);
  const said = lines.map((line) => JSON.parse(line) as { msg: string; fields: object });
  expect(said.slice(10)).toMatchObject([
    { msg: 'more messages failed', fields: { listener: 'shops', messages: 490 } },
    { msg: 'a message failed', fields: { listener: 'shops', connection: sender.connection, message: 7 } },
  ]);
});

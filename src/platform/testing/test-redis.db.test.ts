import { expect, test } from 'vitest';
import { startRedis } from './test-redis.ts';

test('a Redis that is killed comes back on the same port', async () => {
  const first = await startRedis();
  await first.kill('SIGKILL');
  const second = await startRedis(first.port);
  expect(second.url).toBe(first.url);
  expect(second.pid).not.toBe(first.pid);
  await second.stop();
});

import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('two instances in one process count apart', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.decided.inc({ outcome: 'approved' }, 2);
  one.queueLength.set({ lane: '3' }, 7);
  const text = await one.registry.metrics();
  expect(text).toContain('one_card_requests_decided_total{outcome="approved"} 2');
  expect(text).toContain('one_card_queue_length{lane="3"} 7');
  expect(await other.registry.metrics()).not.toContain('outcome="approved"');
});

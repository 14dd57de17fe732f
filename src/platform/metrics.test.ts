import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricsTable } from './metrics/table.ts';
import { createMetrics, measureProcess } from './metrics.ts';

test('two instances in one process count apart', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.decided.inc({ outcome: 'approved' }, 2);
  one.queueLength.set({ lane: '3' }, 7);
  const text = await one.registry.metrics();
  expect(text).toContain('one_card_requests_decided_total{outcome="approved"} 2');
  expect(text).toContain('one_card_queue_length{lane="3"} 7');
  expect(await other.registry.metrics()).not.toContain('outcome="approved"');
});

test('routes are counted by class of answer and timed, each series once', async () => {
  const metrics = createMetrics();
  metrics.httpAnswered('/v1/transactions', 200, 0.004);
  metrics.httpAnswered('/v1/transactions', 201, 0.004);
  metrics.httpAnswered('/v1/transactions', 503, 0.2);
  const text = await metrics.registry.metrics();
  expect(text).toContain('one_card_http_requests_total{route="/v1/transactions",status="2xx"} 2');
  expect(text).toContain('one_card_http_requests_total{route="/v1/transactions",status="5xx"} 1');
  expect(text).toContain('one_card_http_request_seconds_bucket{le="0.005",route="/v1/transactions"} 2');
  expect(text).toContain('one_card_http_request_seconds_count{route="/v1/transactions"} 3');
});

test('a pool is read when somebody asks', async () => {
  const metrics = createMetrics();
  const pool = { totalCount: 5, idleCount: 5, waitingCount: 0 };
  metrics.measurePool('lookups', pool);
  Object.assign(pool, { idleCount: 1, waitingCount: 9 });
  const text = await metrics.registry.metrics();
  expect(text).toContain('one_card_pool_connections{pool="lookups",state="busy"} 4');
  expect(text).toContain('one_card_pool_connections{pool="lookups",state="idle"} 1');
  expect(text).toContain('one_card_pool_waiting{pool="lookups"} 9');
});

test('every metric of the service stands in fixtures/metrics.md with what it means, and nothing else does', async () => {
  const metrics = createMetrics();
  measureProcess(metrics);
  const kept = readFileSync(join(import.meta.dirname, '../../fixtures/metrics.md'), 'utf8');
  expect(await metricsTable(metrics.registry)).toBe(kept);
  expect(kept).not.toMatch(/\| \|/);
});

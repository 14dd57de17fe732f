import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { openUsual, payTheUsualWay, type UsualPayment } from './pay.ts';

/** What the usual service is told when it is started. */
export interface UsualOrder {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly connectionsMax: number;
}

const dayInSeconds = 86_400;
const pending = 'pending';

const order = JSON.parse(process.env['BENCH_ORDER'] ?? '{}') as UsualOrder;
const db = openUsual(order.databaseUrl, order.connectionsMax);
const redis = new Redis(order.redisUrl);
const app = new Hono();

/** The usual service: a marker in Redis per request (SET NX, a day), the transaction, then the answer in Redis. */
app.post('/payments', async (c) => {
  const payment = await c.req.json<UsualPayment>();
  const name = `idempotency:${payment.idempotencyKey}`;
  if ((await redis.set(name, pending, 'EX', dayInSeconds, 'NX')) === null) {
    const kept = await redis.get(name);
    if (kept === pending || kept === null) return c.json({ error: 'in progress' }, 409);
    const answer = JSON.parse(kept) as { status: string };
    return c.json(answer, answer.status === 'approved' ? 200 : 402);
  }
  try {
    const answer = await payTheUsualWay(db, payment);
    await redis.set(name, JSON.stringify(answer), 'EX', dayInSeconds);
    return c.json(answer, answer.status === 'approved' ? 200 : 402);
  } catch (error) {
    await redis.del(name);
    throw error;
  }
});

// Whoever started us is gone when the channel is.
process.on('disconnect', () => process.exit(0));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send?.({ port }));

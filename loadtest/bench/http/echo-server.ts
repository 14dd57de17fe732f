import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** The least an HTTP service on Hono can do with a JSON request: send it back. */
const app = new Hono();
app.post('/echo', async (c) => c.json(await c.req.json()));

// Whoever started us is gone when the channel is.
process.on('disconnect', () => process.exit(0));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => process.send?.({ port }));

import type { OpenAPIHono } from '@hono/zod-openapi';
import type { HttpEnv, HttpParts } from './parts.ts';

const readyTimeoutMs = 2_000;

/** For whoever watches the service: alive, able to serve, and how it does. */
export function addHealthRoutes(app: OpenAPIHono<HttpEnv>, parts: HttpParts): void {
  app.get('/healthz', (c) => c.json({ status: 'alive' }));
  app.get('/readyz', async (c) => {
    const why = parts.whyNotReady() ?? ((await isOpen(parts)) ? null : 'database');
    return why === null ? c.json({ status: 'ready' }) : c.json({ status: 'not-ready', why }, 503);
  });
  app.get('/metrics', async (c) => {
    for (const [lane, length] of parts.clearing.queueLengths().entries()) {
      parts.metrics.queueLength.set({ lane: String(lane) }, length);
    }
    const { registry } = parts.metrics;
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
}

/** Whether the database answers in time and a business day is open. */
async function isOpen(parts: HttpParts): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), readyTimeoutMs);
  });
  const open = { name: 'http-ready', text: 'select from ledger.business_days where closed_at is null' };
  const asked = parts.session.run(open).then(
    ({ rows }) => rows.length === 1,
    () => false,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

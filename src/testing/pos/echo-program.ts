import { servePos } from '#channels/pos/serve-pos.ts';
import { openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { rawFraming } from './raw-frames.ts';

// A server of its own that says its port, and how much memory it has whenever it is asked (needs --expose-gc).
const server = await servePos({
  listener: {
    ...{ name: 'echo', host: '127.0.0.1', port: 0, framing: rawFraming, tls: null },
    ...{
      idleMs: 600_000,
      messageMs: 15_000,
      inFlightMax: 32,
      connectionsMax: 10_000,
      portSetting: 'POS_PORT',
    },
  },
  answer: (body) => ({ body: Buffer.from(body), close: null }),
  log: openLog('warn'),
  metrics: createMetrics(),
});
process.on('message', () => {
  globalThis.gc?.();
  process.send?.({ rssBytes: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
process.send?.({ port: server.port });

import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { StartError } from '#platform/start-error.ts';
import type { HttpEnv } from './parts.ts';

export interface HttpServer {
  readonly port: number;
  /** Takes no new connections, answers what is under way, and ends the rest when the time is over. */
  stop(): Promise<void>;
}

/** A client that sends its request this slowly is cut off; nothing of it was looked at. */
const requestTimeoutMs = 15_000;
const headersTimeoutMs = 10_000;
const keepAliveTimeoutMs = 65_000;
const connectionsMax = 10_000;
const drainMs = 10_000;

/** Listens on a port. A port that is taken or not allowed is a StartError. */
export function serveHttp(
  app: OpenAPIHono<HttpEnv>,
  at: { readonly host: string; readonly port: number },
): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: app.fetch as Parameters<typeof serve>[0]['fetch'],
        hostname: at.host,
        port: at.port,
        serverOptions: {
          requestTimeout: requestTimeoutMs,
          headersTimeout: headersTimeoutMs,
          keepAliveTimeout: keepAliveTimeoutMs,
          connectionsCheckingInterval: 1_000,
          maxHeaderSize: 16 * 1024,
        },
      },
      (info) => resolve({ port: info.port, stop: () => stop(server) }),
    ) as Server;
    server.maxConnections = connectionsMax;
    server.on('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`;
      reject(
        new StartError(`Port ${at.port} on ${at.host} ${reason}: set PORT to another one.`, { cause: error }),
      );
    });
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  // A keep-alive connection becomes idle when its answer is out.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearTimeout(timer);
  clearInterval(sweep);
}

import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, by default. */
const lowest = 20_000;
const highest = 32_000;
const triesMax = 200;

/**
 * A free port that no outgoing connection is given. A client that calls a dead server on such a port may be
 * given that very port as its own, and then it is connected to itself: the server could not come back.
 */
export async function quietPort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
  throw new Error('no free port on 127.0.0.1');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

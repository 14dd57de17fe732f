import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

const message = (type: string, ...parts: (string | Buffer | number)[]) => {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(`${part}\0`);
      if (Buffer.isBuffer(part)) return part;
      return Buffer.from([part >> 8, part & 255]);
    }),
  );
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const column = (name: string, type: number) => [name, int32(0), 0, int32(type), -1 & 0xffff, int32(-1), 0];
const cell = (text: string) => [int32(text.length), Buffer.from(text)];
const ready = message('Z', Buffer.from('I'));

/** As much of a PostgreSQL of another version as tells its version, and nothing else. */
export async function startOldPostgres(number: string, name: string): Promise<{ url: string; stop(): void }> {
  const serve = (socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), ready]));
      socket.on('data', (chunk) => {
        if (chunk[0] !== 'Q'.charCodeAt(0)) return;
        const row = [2, ...cell(number), ...cell(name)];
        const head = message('T', 2, ...column('number', 23), ...column('name', 25));
        socket.write(Buffer.concat([head, message('D', ...row), message('C', 'SELECT 1'), ready]));
      });
    });
  };
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { url: `postgresql://someone@127.0.0.1:${port}/one_card`, stop: () => server.close() };
}

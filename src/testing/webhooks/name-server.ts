import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A real name server on this machine that says what the test wants, each time something else if it wants. */
export interface NameServer {
  readonly address: string;
  readonly asked: () => number;
  close(): Promise<void>;
}

const headerBytes = 12;

/** Answers every question for an IPv4 address with the next of these, the last for ever; "none" is no such name. */
export async function openNameServer(answers: readonly (string | 'none')[]): Promise<NameServer> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (query, from) => {
    const question = questionOf(query);
    const isV4 = question.readUInt16BE(question.length - 4) === 1;
    const answer = isV4 ? answers[Math.min(asked, answers.length - 1)] : undefined;
    if (isV4) asked += 1;
    socket.send(answerTo(query, answer === 'none' ? undefined : answer), from.port);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: () => asked,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** The one question: its name in parts, its type and its class (RFC 1035, 4.1.2). */
function questionOf(query: Buffer): Buffer {
  let end = headerBytes;
  while (query[end] !== 0) end += query.readUInt8(end) + 1;
  return query.subarray(headerBytes, end + 5);
}

function answerTo(query: Buffer, address: string | undefined): Buffer {
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address === undefined ? 0 : 1, 6);
  if (address === undefined) return Buffer.concat([header, questionOf(query)]);
  const record = Buffer.from('c00c00010001000000000004', 'hex');
  return Buffer.concat([header, questionOf(query), record, Buffer.from(address.split('.').map(Number))]);
}

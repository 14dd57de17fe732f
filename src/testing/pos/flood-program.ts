import { connect } from 'node:net';
import { textFrame } from './raw-frames.ts';

// Sends as many messages as the port given takes, on one connection, and reads the answers.
const socket = connect(Number(process.argv[2]), '127.0.0.1');
const flood = Buffer.concat(
  Array.from({ length: 2_000 }, () => textFrame('a message that is like any other')),
);
const pour = () => {
  while (socket.write(flood));
};
socket.on('connect', pour);
socket.on('drain', pour);
let answeredBytes = 0;
socket.on('data', (chunk: Buffer) => {
  answeredBytes += chunk.length;
});
process.on('message', () =>
  process.send?.({
    answered: Math.floor(answeredBytes / textFrame('a message that is like any other').length),
  }),
);
process.on('disconnect', () => process.exit());

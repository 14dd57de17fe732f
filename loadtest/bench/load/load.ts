import { connect, type Socket } from 'node:net';
import type { WireAnswer } from './wire-answer.ts';

/** What the load process is told. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  /** Requests under way on each connection. */
  readonly pipelined: number;
  readonly seconds: number;
  /** The module and the export whose requests are sent. */
  readonly trafficUrl: string;
  readonly trafficName: string;
  /** What the traffic must know of the server, as its keys. */
  readonly told?: object;
  /** Request numbers first to first + count - 1; when they are used up the load ends early. */
  readonly first: number;
  readonly count: number;
}

/** Requests by their number. */
export interface Traffic {
  /** Told before anything else is asked, where the traffic needs to be. */
  prepare?(told: object): void;
  request(n: number): string | Uint8Array;
  /** The status that the request must get. */
  due(n: number): number;
  /** The first answer in what came, or null while it has not come whole. */
  read(came: Buffer): WireAnswer | null;
  /** What tells the answer to a request from others on its connection; 0 where one is under way at a time. */
  markOf(n: number): number;
}

export interface LoadResult {
  readonly payments: number;
  readonly seconds: number;
  readonly latenciesMs: number[];
  /** How many of each status were answered, and how many were due. */
  readonly answered: Record<number, number>;
  readonly due: Record<number, number>;
  /** Of the load process itself, per request. */
  readonly loadUs: number;
}

/** All requests in one piece of memory, made before the clock starts. */
interface Slab {
  readonly bytes: Buffer;
  readonly offsets: Uint32Array;
}

interface Run {
  readonly order: LoadOrder;
  readonly traffic: Traffic;
  readonly slab: Slab;
  readonly latencies: Float64Array;
  readonly statuses: Uint16Array;
  sent: number;
  done: number;
  until: number;
  busy: number;
  readonly finished: () => void;
}

interface UnderWay {
  readonly index: number;
  readonly sentAt: number;
}

/** A connection sends as many requests as may be under way, and another for each answer. */
interface Sender {
  readonly socket: Socket;
  readonly underWay: Map<number, UnderWay>;
  partial: Buffer | null;
}

const answerBytesMax = 64 * 1024;

function slabOf(order: LoadOrder, traffic: Traffic): Slab {
  const requests = Array.from({ length: order.count }, (_, i) =>
    Buffer.from(traffic.request(order.first + i) as string),
  );
  const offsets = new Uint32Array(order.count + 1);
  requests.forEach((request, i) => {
    offsets[i + 1] = (offsets[i] as number) + request.length;
  });
  return { bytes: Buffer.concat(requests), offsets };
}

function sendNext(run: Run, sender: Sender, now: number): void {
  if (now >= run.until || run.sent >= run.order.count) {
    run.busy -= 1;
    if (run.busy === 0) run.finished();
    return;
  }
  const { bytes, offsets } = run.slab;
  const index = run.sent;
  const mark = run.traffic.markOf(run.order.first + index);
  // A repeat may overtake its first, and is answered the same.
  const place = sender.underWay.has(mark) ? ofRepeat(mark) : mark;
  if (sender.underWay.has(place)) throw new Error('requests that nobody can tell apart');
  sender.underWay.set(place, { index, sentAt: now });
  run.sent += 1;
  sender.socket.write(bytes.subarray(offsets[index], offsets[index + 1]));
}

/** Marks are nought or more. */
const ofRepeat = (mark: number) => -1 - mark;

function receive(run: Run, sender: Sender, chunk: Buffer): void {
  let came = sender.partial === null ? chunk : Buffer.concat([sender.partial, chunk]);
  // What is sent for the answers of one read goes out in one write.
  sender.socket.cork();
  for (let answer = run.traffic.read(came); answer !== null; answer = run.traffic.read(came)) {
    take(run, sender, answer);
    came = came.subarray(answer.bytes);
  }
  sender.socket.uncork();
  // The chunk lies in the socket's own buffer, which the next read overwrites.
  sender.partial = came.length === 0 ? null : Buffer.from(came);
}

function take(run: Run, sender: Sender, { status, mark }: WireAnswer): void {
  const place = sender.underWay.has(mark) ? mark : ofRepeat(mark);
  const asked = sender.underWay.get(place);
  if (asked === undefined) throw new Error('an answer to nothing that was asked');
  sender.underWay.delete(place);
  const now = performance.now();
  run.latencies[run.done] = now - asked.sentAt;
  run.statuses[asked.index] = status;
  run.done += 1;
  sendNext(run, sender, now);
}

/** Opens the connections; each reads into one buffer of its own, so that no answer allocates one. */
async function openSenders(
  order: LoadOrder,
  onAnswer: (sender: Sender, chunk: Buffer) => void,
): Promise<Sender[]> {
  return Promise.all(
    Array.from({ length: order.connections }, async () => {
      const buffer = Buffer.alloc(answerBytesMax);
      const onread = {
        buffer,
        callback: (bytes: number) => {
          onAnswer(sender, buffer.subarray(0, bytes));
          return true;
        },
      };
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true, onread });
      const sender: Sender = { socket, underWay: new Map(), partial: null };
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      return sender;
    }),
  );
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const traffic = (await import(order.trafficUrl))[order.trafficName] as Traffic;
  traffic.prepare?.(order.told ?? {});
  const slab = slabOf(order, traffic);
  let running: Run | null = null;
  const senders = await openSenders(order, (sender, chunk) => {
    if (running !== null) receive(running, sender, chunk);
  });
  await new Promise((go) => {
    process.once('message', go);
    process.send?.({ ready: true });
  });
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const run = await new Promise<Run>((resolve) => {
    const started: Run = {
      order,
      traffic,
      slab,
      latencies: new Float64Array(order.count),
      statuses: new Uint16Array(order.count),
      sent: 0,
      done: 0,
      until: startedAt + order.seconds * 1000,
      busy: senders.length * order.pipelined,
      finished: () => resolve(started),
    };
    running = started;
    for (const sender of senders) {
      sender.socket.on('close', () => process.exit(1));
      for (let under = 0; under < order.pipelined; under++) sendNext(started, sender, performance.now());
    }
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const statuses = [...run.statuses.subarray(0, run.sent)];
  return {
    payments: run.done,
    seconds,
    latenciesMs: [...run.latencies.subarray(0, run.done)],
    answered: countsOf(statuses),
    due: countsOf(statuses.map((_, i) => traffic.due(order.first + i))),
    loadUs: (cpu.user + cpu.system) / run.done,
  };
}

function countsOf(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

process.on('disconnect', () => process.exit(0));
const result = await load(JSON.parse(process.env['BENCH_ORDER'] ?? '{}') as LoadOrder);
process.send?.(result, () => process.exit(0));

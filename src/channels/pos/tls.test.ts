import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { rawFramesOf, rawFraming, textFrame } from '#testing/pos/raw-frames.ts';
import { type PosServer, servePos } from './serve-pos.ts';

const file = (name: string) => readFileSync(join(import.meta.dirname, '../../../fixtures/tls', name));
const authority = file('authority.pem');

const servers: PosServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function open(over: { clientAuthority?: Buffer; messageMs?: number } = {}) {
  const metrics = createMetrics();
  const lines: string[] = [];
  const { clientAuthority = null, messageMs = 15_000 } = over;
  const server = await servePos({
    listener: {
      ...{ name: 'tls', host: '127.0.0.1', port: 0, framing: rawFraming, idleMs: 60_000, messageMs },
      ...{ inFlightMax: 32, connectionsMax: 100, portSetting: 'POS_PORT' },
      tls: { certificate: file('server.pem'), key: file('server.key'), clientAuthority },
    },
    answer: async (body) => ({ body: Buffer.from(body), close: null }),
    log: openLog('info', { write: (line: string) => lines.push(line) }),
    metrics,
    limits: { sweepMs: 20, lingerMs: 100, drainMs: 2_000 },
  });
  servers.push(server);
  const ended = async (reason: string) => {
    const metric = await metrics.registry.getSingleMetric('one_card_pos_connections_ended_total')?.get();
    return metric?.values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
  };
  const said = () => lines.map((line) => JSON.parse(line).fields as Record<string, unknown>);
  return { ...server, ended, said };
}

const asClient = (port: number, name?: string) => {
  const shown = name === undefined ? {} : { cert: file(`${name}.pem`), key: file(`${name}.key`) };
  return rawFramesOf(connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority, ...shown }));
};

describe('a listener with a certificate', () => {
  test('speaks TLS, pipelined and drained like any other', async () => {
    const { port, stop } = await open();
    const { socket, until, ended } = asClient(port);
    socket.write(Buffer.concat([textFrame('one'), textFrame('two')]));
    expect(await until(2)).toEqual(['one', 'two']);
    await stop();
    await ended;
  });

  test('and a client authority lets in who shows its certificate, and nobody else', async () => {
    const { port, ended, said } = await open({ clientAuthority: authority });
    const terminal = asClient(port, 'terminal');
    terminal.socket.write(textFrame('mine'));
    expect(await terminal.until(1)).toEqual(['mine']);
    for (const name of ['stranger', undefined]) {
      const other = asClient(port, name);
      other.socket.write(textFrame('not mine'));
      await other.ended;
      expect(other.received, name ?? 'none').toEqual([]);
    }
    expect(await ended('no-handshake')).toBe(2);
    const from = { reason: 'no-handshake', remoteAddress: '127.0.0.1' };
    expect(said()).toMatchObject([
      { ...from, certificate: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      { ...from, code: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' },
    ]);
    terminal.socket.destroy();
  });

  test('ends who speaks no TLS, who goes in the handshake, and who does not come to its end', async () => {
    const { port, ended } = await open({ messageMs: 200 });
    const plain = rawFramesOf(connectPlain(port, '127.0.0.1'));
    plain.socket.write('no handshake at all');
    await plain.ended;
    connectPlain(port, '127.0.0.1').resetAndDestroy();
    const silent = rawFramesOf(connectPlain(port, '127.0.0.1'));
    await silent.ended;
    await sleep(20);
    expect(await ended('no-handshake')).toBeGreaterThanOrEqual(2);
    const good = asClient(port);
    good.socket.write(textFrame('still there'));
    expect(await good.until(1)).toEqual(['still there']);
    good.socket.destroy();
  });

  test('does not wait for a handshake when it is stopped', async () => {
    const { port, stop } = await open();
    const silent = rawFramesOf(connectPlain(port, '127.0.0.1'));
    const good = asClient(port);
    good.socket.write(textFrame('one'));
    await good.until(1);
    const startedAt = performance.now();
    await stop();
    await silent.ended;
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});

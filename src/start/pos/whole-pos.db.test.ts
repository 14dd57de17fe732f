import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { framings } from '#iso8583/framing/framings.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/test-database.ts';
import { masterKeyHex } from '#testing/http/http-town.ts';
import { openLine, type PosLine } from '#testing/pos/pos-line.ts';
import { openTerminal } from '#testing/pos/pos-terminal.ts';
import { freshState } from '#testing/pos/terminal-state.ts';
import { type ServiceProcess, startServiceProcess } from '#testing/servers/service-process.ts';

const certificates = join(import.meta.dirname, '../../../fixtures/tls');
const certificate = (name: string) => readFileSync(join(certificates, name));
const terminalId = 1_000_012;
const [bcd, ascii] = [compileCodec(dialects['cup-bcd']), compileCodec(dialects['ascii-binmap'])];
const state = freshState({ terminalId, participantId: 100_001, firstTrace: 1 });

let folder: string;
let database: TestDatabase;
let service: ServiceProcess;
const lines: PosLine[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'one-card-pos-'));
  chmodSync(folder, 0o711);
  database = await createTestDatabase();
  const tls = {
    certificate: join(certificates, 'server.pem'),
    key: join(certificates, 'server.key'),
    clientAuthority: join(certificates, 'authority.pem'),
  };
  const listeners = [
    { name: 'plain', port: 0, dialect: 'cup-bcd', framing: 'unionpay-pos', mac: 'cup-ecb' },
    { name: 'secure', port: 0, dialect: 'ascii-binmap', framing: 'ascii4', mac: 'cup-ecb', tls },
  ];
  writeFileSync(join(folder, 'listeners.json'), JSON.stringify({ listeners }));
});
afterAll(async () => {
  for (const line of lines) line.close();
  await service?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  service = startServiceProcess({
    ...{ DATABASE_URL: database.url, MASTER_KEY: masterKeyHex, DATA_DIR: folder, DEMO: 'yes', LANES: '1' },
    POS_LISTENERS: join(folder, 'listeners.json'),
  });
  await service.address;
}

/** The demonstration's terminal, on one of the listeners. */
function terminalOn(listener: 'plain' | 'secure') {
  const said = listener === 'plain' ? 'ISO 8583, cup-bcd$' : 'ISO 8583, ascii-binmap, TLS$';
  const [, port] = new RegExp(`terminals +127.0.0.1:(\\d+) +${said}`, 'm').exec(service.stdout()) ?? [];
  const place = { host: '127.0.0.1', port: Number(port) };
  const shown = { cert: certificate('terminal.pem'), key: certificate('terminal.key') };
  const tls = { ca: certificate('authority.pem'), servername: 'localhost', ...shown };
  const line = openLine(
    listener === 'plain'
      ? { address: () => place, framing: framings['unionpay-pos'], codec: bcd }
      : { address: () => ({ ...place, tls }), framing: framings.ascii4, codec: ascii },
  );
  lines.push(line);
  const { terminals } = signIns();
  const { masterKey = '' } = terminals.find((one) => one.terminalId === terminalId) ?? {};
  return openTerminal({
    ...{ line, codec: listener === 'plain' ? bcd : ascii, state, masterKey, mac: 'cup-ecb', form: '003' },
    ...{ sendsTime: true, timeoutMs: () => 10_000, save: () => undefined },
  });
}

interface SignIns {
  readonly holders: readonly { readonly cardNumber: string }[];
  readonly terminals: readonly { readonly terminalId: number; readonly masterKey: string }[];
}
const signIns = () => JSON.parse(readFileSync(join(folder, 'demo-sign-ins.json'), 'utf8')) as SignIns;

test('a payment is one payment, over whichever listener it is sent again, and after a restart', async () => {
  await start();
  const plain = terminalOn('plain');
  expect((await plain.signOn()).code).toBe('00');
  const [holder] = signIns().holders;
  const entry = plain.begin('payment', { cardNumber: holder?.cardNumber ?? '', amountFen: 1_250n });
  const first = await plain.send(entry);
  expect([first.code, first.fields[4]]).toEqual(['00', '000000001250']);
  const secure = await terminalOn('secure').send(entry, true);
  expect([secure.code, secure.fields[37]]).toEqual(['00', first.fields[37]]);
  // An open connection holds up no stop.
  expect(await service.stop()).toBe(0);
  await start();
  const again = await terminalOn('plain').send(entry, true);
  expect([again.code, again.fields[37], again.fields[38]]).toEqual([
    '00',
    first.fields[37],
    first.fields[38],
  ]);
}, 60_000);

import { demoMasterKey } from '#demo/sign-ins.ts';
import { addDays, hainanDay } from '#platform/calendar.ts';
import { openSecrets } from '#platform/secrets.ts';
import { merchantTerminal } from '#testing/town.ts';
import type { Part, Wants } from './figures/measured.ts';
import { manyConnections, measureServed, type Served, startOurs } from './served.ts';
import type { FrameKeys } from './tcp/payment-frame.ts';
import { type SignedOn, signOnAll } from './tcp/sign-on-all.ts';
import { traffic } from './workload.ts';
import type { World } from './world.ts';

/** Beyond the days of the other parts, and near enough for a date without its year. */
const daysAhead = 30;

/** The parts over TCP: ISO 8583 as UnionPay's terminals speak it, every message signed and every MAC checked. */
export async function tcpParts(world: World, wants: Wants): Promise<Part[]> {
  const signedOn: SignedOn = new Map();
  const alone = await partsOf(world, wants, {
    ...{ signedOn, withRedis: false, what: 'our ISO 8583 over TCP with MACs' },
    lines: { t: ownLines(manyConnections), t2048: ownLines(2_048), tn: concentrators },
  });
  const withRedis = await partsOf(world, wants, {
    ...{ signedOn, withRedis: true, what: 'our ISO 8583 over TCP with MACs and Redis' },
    lines: { tr: ownLines(manyConnections) },
  });
  return [...alone, ...withRedis];
}

interface Listening {
  readonly what: string;
  readonly withRedis: boolean;
  readonly signedOn: SignedOn;
  /** By part. */
  readonly lines: Readonly<Record<string, Lines>>;
}

/** How terminals reach the service. */
interface Lines extends Pick<Served, 'connections' | 'pipelined'> {
  readonly what: string;
}

/** Each on a line of its own, with one message under way. */
const ownLines = (connections: number): Lines => ({
  ...{ connections, pipelined: 1 },
  what: `${connections} connections`,
});

/** Many behind network access controllers, whose lines carry the messages of all of them: what a TPDU is for. */
const concentrators: Lines = {
  connections: 64,
  pipelined: 32,
  what: '64 concentrators, 32 messages on each',
};

/** Parts that load one service. */
async function partsOf(world: World, wants: Wants, of: Listening): Promise<Part[]> {
  const wanted = Object.entries(of.lines).filter(([name]) => wants(name));
  if (wanted.length === 0) return [];
  const served = await openListener(world, of);
  return wanted.map(([name, { what, ...lines }]) => ({
    name,
    what: `${of.what}, ${what}`,
    measure: (seconds) => measureServed({ ...served, ...lines }, seconds),
  }));
}

async function openListener(world: World, { withRedis, signedOn }: Listening): Promise<Served> {
  const localDate = withRedis ? '2026-11-04' : '2026-11-03';
  const ours = await startOurs(world, { withRedis, localDate });
  await signOnAll(ours.posPort, benchTerminals(world), signedOn);
  const told: FrameKeys = {
    macs: Object.fromEntries([...signedOn].map(([terminalId, { mac }]) => [terminalId, mac])),
    firstDay: addDays(hainanDay(Date.now()), daysAhead),
  };
  return { ...ours, port: ours.posPort, traffic: 'framed', told, perSecondMax: 40_000, declinedStatus: 51 };
}

function benchTerminals({ masterKeyHex }: World) {
  const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
  return Array.from({ length: traffic.merchants }, (_, i) => {
    const terminalId = merchantTerminal(i + 1);
    const masterKey = Buffer.from(demoMasterKey(secrets, terminalId).key).toString('hex');
    return { terminalId, participantId: i + 1, masterKey };
  });
}

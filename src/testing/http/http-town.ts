import type { OpenAPIHono } from '@hono/zod-openapi';
import { limitAddresses } from '#access/sign-in/addresses.ts';
import { openSignInDesk } from '#access/sign-in/desk.ts';
import { admitToken } from '#access/tokens.ts';
import { httpApp } from '#channels/http/app.ts';
import type { HttpEnv, HttpParts } from '#channels/http/parts.ts';
import type { ClearingOptions } from '#clearing/open.ts';
import { openClearing } from '#clearing/open.ts';
import { demoSealedMasterKey } from '#demo/sign-ins.ts';
import { type Log, openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { openOwnerPool, openPool, type Session, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { errandParts } from '#start/errands.ts';
import { httpParts } from '#start/http-parts.ts';
import { terminalGate } from '#terminals/authenticate.ts';
import { insertTestStaff, testStaff } from '#testing/staff.ts';
import { buildTown, cardRef, loadTown, town } from '#testing/town.ts';
import { expectDeclared } from './expect-declared.ts';
import { type Got, got, type Sent, type Sign, signerOf } from './http-calls.ts';

/** The keys of the test town: made up, and good for nothing else. */
export const masterKeyHex = 'c0c0'.repeat(16);
export const financeToken = 'finance-token-of-the-test-town-0001';
export const operatorToken = 'operator-token-of-the-test-town-001';
export const auditorToken = 'auditor-token-of-the-test-town-0001';
export const holderToken = (card: number) => `holder-token-of-the-test-town-${String(card).padStart(5, '0')}`;

export interface HttpTownOptions extends Partial<ClearingOptions> {
  readonly merchants?: number;
  readonly cards?: number;
  readonly log?: Log;
  /** The business day that is open at first. */
  readonly firstDay?: string;
  /** The gate's clock. */
  readonly nowMs?: () => number;
  /** How often one address may try to sign in a minute; calls without a port are all one address. */
  readonly triesPerMinuteMax?: number;
  readonly webhookPrivateNetworks?: boolean;
}

/** A small town behind the HTTP channel, on a database of the test's own. */
export interface HttpTown {
  readonly app: OpenAPIHono<HttpEnv>;
  readonly parts: HttpParts;
  readonly owner: Session;
  keyOf(terminalId: number): Buffer;
  /** Seals a key as the service keeps it. */
  readonly seal: (key: Buffer) => Buffer;
  readonly sign: Sign;
  /** Posts a signed call to the app, without a port. */
  post(path: string, body: unknown, sent?: Sent): Promise<Got>;
  /** Posts JSON with a bearer token, or with none, without a port. */
  send(path: string, body: unknown, token?: string): Promise<Got>;
  /** Reads with a bearer token, without a port; finance's unless told otherwise. */
  read(path: string, token?: string): Promise<Got>;
  /** Posts JSON with a bearer token, without a port; the operator's unless told otherwise. */
  tell(path: string, body: unknown, token?: string): Promise<Got>;
  close(): Promise<void>;
}

/** Builds the town, loads its cards with 1,000 yuan on each of two purses, and opens the channel over it. */
export async function openHttpTown(url: string, options: HttpTownOptions = {}): Promise<HttpTown> {
  const {
    merchants = 3,
    cards = 6,
    nowMs = Date.now,
    log = openLog('silent'),
    firstDay = town.firstDay,
    triesPerMinuteMax = 10_000,
    webhookPrivateNetworks = false,
    ...clearingOptions
  } = options;
  const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
  const keyOf = (terminalId: number) => secrets.demoSecret(`terminal ${terminalId}`);
  const ownerPool = openOwnerPool(url);
  const owner = sessionOf(ownerPool);
  await buildTown(owner, {
    merchants,
    cards,
    firstDay,
    sealKey: (id) => secrets.seal(keyOf(id)),
    masterKey: (id) => demoSealedMasterKey(secrets, id),
    digest: secrets.cardNumberDigest,
    hotMark: secrets.hotMark,
  });
  await admitPeople(owner, cards);
  const pool = openPool(url, 6);
  const signInPool = openPool(url, 2);
  const quiet = {
    groupCleared: () => undefined,
    groupRunAgain: () => undefined,
    answeredEarly: () => undefined,
    fault: () => undefined,
  };
  const limits = { lanes: 2, groupSizeMax: 512, queueLengthMax: 8_192, requestTimeoutMs: 10_000 };
  const clearing = await openClearing({
    ...limits,
    url,
    pool,
    groupTimeoutMs: 10_000,
    watch: quiet,
    ...clearingOptions,
  });
  await loadTown(clearing, { cards, amountFen: 100_000n });
  await loadTown(clearing, { cards, amountFen: 100_000n, purse: 'e-purse' });
  const errands = errandParts({
    ...{ clearing, pool, reports: pool, secrets, log, bankTimeoutMs: 2_000 },
    webhookPrivateNetworks,
  });
  const pools = { pool, reports: pool, signInPool };
  const parts: HttpParts = {
    ...httpParts({ ...errands, ...pools, secrets, metrics: createMetrics() }),
    calls: limitAddresses(nowMs, { triesMax: 1_000_000, addressesMax: 100 }),
    signIns: openSignInDesk({ pool: signInPool, secrets, triesPerMinuteMax }),
    gate: terminalGate({
      terminals: () => clearing.reference.current().terminals,
      open: secrets.open,
      nowMs,
    }),
  };
  const close = async () => {
    await clearing.close();
    await signInPool.end();
    await pool.end();
    await ownerPool.end();
  };
  const app = httpApp(parts);
  const sign = signerOf(keyOf);
  return {
    app,
    parts,
    owner,
    keyOf,
    seal: secrets.seal,
    sign,
    ...callersOf(app, sign),
    close,
  };
}

function callersOf(app: OpenAPIHono<HttpEnv>, sign: Sign): Pick<HttpTown, 'post' | 'send' | 'read' | 'tell'> {
  const send: HttpTown['send'] = async (path, body, token) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return expectDeclared({ method: 'post', path }, await got(app.request(path, init)));
  };
  return {
    send,
    tell: (path, body, token = operatorToken) => send(path, body, token),
    post: async (path, body, sent) => {
      const answer = await got(app.request(path, sign(path, body, sent)));
      return expectDeclared({ method: 'post', path }, answer);
    },
    read: async (path, token = financeToken) => {
      const headers = { authorization: `Bearer ${token}` };
      return expectDeclared({ method: 'get', path }, await got(app.request(path, { headers })));
    },
  };
}

/** The staff of the town, and the holders of its first three cards. */
async function admitPeople(owner: Session, cards: number): Promise<void> {
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  await insertTestStaff(owner);
  await admitToken(owner, { role: 'finance', subjectId: testStaff.finance, token: financeToken, expiresAt });
  await admitToken(owner, {
    role: 'operator',
    subjectId: testStaff.operator,
    token: operatorToken,
    expiresAt,
  });
  await admitToken(owner, { role: 'auditor', subjectId: testStaff.auditor, token: auditorToken, expiresAt });
  for (let card = 0; card < Math.min(cards, 3); card++) {
    const subjectId = cardRef(card).cardAccountId;
    await admitToken(owner, { role: 'holder', subjectId, token: holderToken(card), expiresAt });
  }
}

import type { OpenAPIHono } from '@hono/zod-openapi';
import { admitToken } from '#access/tokens.ts';
import { openBillDesk } from '#bills/desk.ts';
import { utilityClient } from '#bills/utility-client.ts';
import { cardResolver } from '#cards/resolve.ts';
import { httpApp } from '#channels/http/app.ts';
import type { HttpEnv, HttpParts } from '#channels/http/parts.ts';
import type { ClearingOptions } from '#clearing/open.ts';
import { openClearing } from '#clearing/open.ts';
import { type Log, openLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { openOwnerPool, openPool, type Session, sessionOf } from '#platform/postgres.ts';
import { openSecrets } from '#platform/secrets.ts';
import { terminalGate } from '#terminals/authenticate.ts';
import { buildTown, cardRef, loadTown } from '#testing/town.ts';
import { expectDeclared } from './expect-declared.ts';
import { type Got, got, type Sent, type Sign, signerOf } from './http-calls.ts';

/** The keys of the test town: made up, and good for nothing else. */
export const masterKeyHex = 'c0c0'.repeat(16);
export const financeToken = 'finance-token-of-the-test-town-0001';
export const holderToken = (card: number) => `holder-token-of-the-test-town-${String(card).padStart(5, '0')}`;

export interface HttpTownOptions extends Partial<ClearingOptions> {
  readonly merchants?: number;
  readonly cards?: number;
  readonly log?: Log;
  /** The gate's clock. */
  readonly nowMs?: () => number;
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
  /** Reads with a bearer token, without a port; finance's unless told otherwise. */
  read(path: string, token?: string): Promise<Got>;
  close(): Promise<void>;
}

/** Builds the town, loads its cards with 1,000 yuan on each of two purses, and opens the channel over it. */
export async function openHttpTown(url: string, options: HttpTownOptions = {}): Promise<HttpTown> {
  const { merchants = 3, cards = 6, nowMs = Date.now, log = openLog('silent'), ...clearingOptions } = options;
  const secrets = openSecrets({ masterKeyHex, dataDir: '/' });
  const keyOf = (terminalId: number) => secrets.demoSecret(`terminal ${terminalId}`);
  const ownerPool = openOwnerPool(url);
  const owner = sessionOf(ownerPool);
  await buildTown(owner, {
    merchants,
    cards,
    sealKey: (id) => secrets.seal(keyOf(id)),
    digest: secrets.cardNumberDigest,
  });
  const expiresAt = new Date('2099-01-01T00:00:00Z');
  await admitToken(owner, { role: 'finance', subjectId: 3n, token: financeToken, expiresAt });
  for (let card = 0; card < Math.min(cards, 3); card++) {
    const subjectId = cardRef(card).cardAccountId;
    await admitToken(owner, { role: 'holder', subjectId, token: holderToken(card), expiresAt });
  }
  const pool = openPool(url, 6);
  const session = sessionOf(pool);
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
  const parts: HttpParts = {
    clearing,
    bills: openBillDesk({
      session,
      clearing,
      log,
      connect: (terms) => utilityClient(terms, secrets.open(terms.keySealed)),
    }),
    utilities: { pool, reference: clearing.reference, seal: secrets.seal },
    reports: pool,
    session,
    log,
    metrics: createMetrics(),
    gate: terminalGate({
      terminals: () => clearing.reference.current().terminals,
      open: secrets.open,
      nowMs,
    }),
    resolveCard: cardResolver({ session, digest: secrets.cardNumberDigest, rememberedMax: 1_000 }),
  };
  const close = async () => {
    await clearing.close();
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
    post: async (path, body, sent) => {
      const answer = await got(app.request(path, sign(path, body, sent)));
      return expectDeclared({ method: 'post', path }, answer);
    },
    read: async (path, token = financeToken) => {
      const headers = { authorization: `Bearer ${token}` };
      return expectDeclared({ method: 'get', path }, await got(app.request(path, { headers })));
    },
    close,
  };
}

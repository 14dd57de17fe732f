import { type Clearing, openClearing } from '#clearing/open.ts';
import { demoSealedMasterKey } from '#demo/sign-ins.ts';
import { fen } from '#money/fen.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { openOwnerPool, openPool, type Pool, sessionOf } from '#platform/postgres.ts';
import { migrate } from '#platform/schema/migrate.ts';
import { openSecrets } from '#platform/secrets.ts';
import { claimDataSet } from '#start/identity.ts';
import { buildTown, cardRef, loadTown, merchantTerminal, townRequest } from '#testing/town.ts';

/** Books of a town, open for payments. */
export interface Books {
  readonly server: EmbeddedPostgres;
  readonly pool: Pool;
  /** Pays so many, and so many at once. */
  pay(count: number, atOnce: number): Promise<void>;
  /** Goes on paying until it is told to stop. */
  payOn(atOnce: number): { stop(): Promise<void> };
  /** The ids of all payments that were answered so far. */
  answered(): readonly bigint[];
  close(): Promise<void>;
}

const [merchants, cards] = [200, 5_000];
const openingFen = 100_000_000n;
const traceNumbers = 1_000_000;
const firstDateMs = Date.UTC(2026, 0, 1);

/** Makes the books in a data folder. */
export async function openBooks(dataDir: string, masterKeyHex: string): Promise<Books> {
  const extraSettings = { max_wal_size: '8GB', checkpoint_timeout: '30min' };
  const server = await startEmbeddedPostgres({ dataDir, sharedBuffersMb: 1024, extraSettings });
  await migrate(server.url);
  const owner = openOwnerPool(server.url);
  const secrets = openSecrets({ masterKeyHex, dataDir });
  const session = sessionOf(owner);
  await claimDataSet(session, secrets);
  await buildTown(session, {
    merchants,
    cards,
    sealKey: (id) => secrets.seal(secrets.demoSecret(`terminal ${id}`)),
    masterKey: (id) => demoSealedMasterKey(secrets, id),
    digest: secrets.cardNumberDigest,
  });
  await owner.end();
  const pool = openPool(server.url, 4);
  const clearing = await openClearing({
    ...{ url: server.url, pool, lanes: 2, groupSizeMax: 512, queueLengthMax: 8_192 },
    ...{ requestTimeoutMs: 60_000, groupTimeoutMs: 60_000 },
    watch: {
      groupCleared: () => undefined,
      groupRunAgain: () => undefined,
      answeredEarly: () => undefined,
      fault: (error) => console.error('clearing:', error),
    },
  });
  await loadTown(clearing, { cards, amountFen: openingFen });
  const close = async () => {
    await clearing.close();
    await pool.end();
    await server.stop();
  };
  return { server, pool, ...payer(clearing), close };
}

function payer(clearing: Clearing): Pick<Books, 'pay' | 'payOn' | 'answered'> {
  const ids: bigint[] = [];
  let next = 0;
  const payOne = async () => {
    const n = next++;
    const localDate = new Date(firstDateMs + Math.floor(n / traceNumbers) * 86_400_000)
      .toISOString()
      .slice(0, 10);
    const request = townRequest(n % traceNumbers, {
      terminalId: merchantTerminal(1 + (n % merchants)),
      card: cardRef((n * 7_919) % cards),
      amountFen: fen(BigInt(100 + (n % 900))),
      localDate,
    });
    const answer = await clearing.submit({ request, isRepeat: false });
    if (answer.status !== 'decided') throw new Error(`a payment was answered "${answer.status}"`);
    ids.push(answer.id);
  };
  const payAtOnce = (atOnce: number, goesOn: () => boolean) =>
    Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (goesOn()) await payOne();
      }),
    );
  return {
    pay: async (count, atOnce) => {
      const until = next + count;
      await payAtOnce(atOnce, () => next < until);
    },
    payOn: (atOnce) => {
      let isStopped = false;
      const paying = payAtOnce(atOnce, () => !isStopped);
      paying.catch(() => undefined);
      return {
        stop: async () => {
          isStopped = true;
          await paying;
        },
      };
    },
    answered: () => ids,
  };
}

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { signRequest } from '#terminals/rules/signature.ts';

/** How the stand-in meets an operation: the list of fixtures/utility/books.ts. */
export type UtilityBehaviour =
  | 'accepts'
  | 'refuses'
  | 'posts-answers-late'
  | 'answers-late-does-not-post'
  | 'posts-late'
  | 'drops-before'
  | 'drops-after'
  | 'posts-answers-500'
  | 'answers-500'
  | 'posts-answers-nonsense'
  | 'answers-too-much'
  | 'redirects';

interface UtilityBill {
  readonly billNumber: string;
  readonly period: string;
  readonly amount: number;
  readonly penalty: number;
}

/** What the stand-in has in its books. */
interface UtilityBooks {
  readonly posted: Readonly<Record<string, { readonly billNumber: string; readonly amount: number }>>;
  readonly cancelled: Readonly<Record<string, true>>;
  readonly dayFiles: Readonly<Record<string, string>>;
}

type Operation = 'bills' | 'write-offs' | 'inquiries' | 'cancellations';

/** The real stand-in utility in a thread of its own, behind a port. */
export interface UtilityServer {
  readonly baseUrl: string;
  readonly key: Buffer;
  /** Gives a customer bills, and says how each operation goes for it. */
  setCustomer(
    customerNumber: string,
    bills: readonly UtilityBill[],
    behaviours?: Partial<Record<Operation, UtilityBehaviour>>,
  ): Promise<void>;
  books(): Promise<UtilityBooks>;
  /** Sends a call as it is given, signed; for the stand-in's own tests. */
  call(
    operation: string,
    body: object,
    key?: Buffer,
  ): Promise<{ readonly status: number; readonly json: unknown }>;
  stop(): Promise<void>;
}

const standIn = join(import.meta.dirname, '../../../fixtures/utility/stand-in.ts');

/** Starts the stand-in for one utility, with answers that come so late where they are to be late. */
export async function startUtility(utilityId: number, lateMs: number): Promise<UtilityServer> {
  const key = Buffer.alloc(32, 7);
  const workerData = { port: 0, keys: { [utilityId]: key.toString('hex') }, lateMs };
  const worker = new Worker(standIn, { workerData });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const baseUrl = `http://127.0.0.1:${port}/${utilityId}`;
  const call: UtilityServer['call'] = async (operation, body, signingKey = key) => {
    const path = `/${utilityId}/${operation}`;
    const bytes = Buffer.from(JSON.stringify(body));
    const time = String(Date.now());
    const signature = signRequest(signingKey, { method: 'POST', path, time, key: '', body: bytes });
    const headers = { 'request-time': time, 'request-signature': signature };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body: bytes });
    return { status: response.status, json: await response.json() };
  };
  return {
    baseUrl,
    key,
    call,
    setCustomer: async (customerNumber, bills, behaviours = {}) => {
      await call('test-customers', { customerNumber, customer: { bills, behaviours } });
    },
    books: async () => (await call('test-books', {})).json as UtilityBooks,
    stop: async () => {
      await worker.terminate();
    },
  };
}

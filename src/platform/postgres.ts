import type { Socket } from 'node:net';
import pg from 'pg';
import { sessionName } from '#platform/schema/rules/generation.ts';
import { isServerGone } from './rules/server-gone.ts';
import {
  type Answered,
  type ColumnParser,
  type Prepared,
  type Statement,
  StatementBatch,
} from './statement-batch.ts';

/**
 * Where a room's store runs its statements: the transaction of whoever calls. Every `run` of one turn of the
 * event loop goes out at once on a lane, and the server answers in order.
 */
export interface Session {
  run(statement: Statement, values?: readonly unknown[]): Promise<Answered>;
}

export type { Statement };

/** The role the service works as: it may add to the journal, never change it. */
const appRole = 'one_card_app';

const { types } = pg;
const asText = (value: string) => value;
const parsers = new Map<number, (value: string) => unknown>([
  [types.builtins.INT8, BigInt],
  [types.builtins.DATE, asText],
  [types.builtins.TIMESTAMP, asText],
]);
const parserOf = (oid: number): ColumnParser => parsers.get(oid) ?? types.getTypeParser(oid, 'text');
const ourTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? types.getTypeParser(oid, format as 'text'),
};

/**
 * Plans are made once and for any group size. An empty table would otherwise teach PostgreSQL a sequential
 * scan that it keeps, and the first five executions would each be planned anew (measured: facts/limits §3).
 */
const laneSettings = [
  `role=${appRole}`,
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_memoize=off',
  'jit=off',
  'timezone=UTC',
];

/** Locks are given up before the whole group is. */
const lockShare = 0.8;

export interface LaneConnection extends Session {
  /** Resolves, never rejects, when the connection is gone. */
  readonly closed: Promise<void>;
  readonly isOpen: () => boolean;
  destroy(): void;
  end(): Promise<void>;
}

export interface ConnectOptions {
  readonly url: string;
  /** A transaction left open this long (a frozen process) is ended by the server, which frees its cards. */
  readonly idleInTransactionMs: number;
  readonly connectTimeoutMs: number;
}

/** Opens a dedicated, pipelined connection for a lane. */
export async function connectLane(options: ConnectOptions): Promise<LaneConnection> {
  const settings = [
    ...laneSettings,
    `idle_in_transaction_session_timeout=${options.idleInTransactionMs}`,
    // A lock that is not to be had in time is given up by the server, so that no backend waits on for nobody.
    `lock_timeout=${Math.ceil(options.idleInTransactionMs * lockShare)}`,
    'client_connection_check_interval=1000',
  ];
  const client = new pg.Client({
    connectionString: options.url,
    application_name: sessionName('lane'),
    options: settings.map((setting) => `-c ${setting}`).join(' '),
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    types: ourTypes,
  });
  let open = true;
  const closed = new Promise<void>((resolve) => {
    const close = () => {
      open = false;
      resolve();
    };
    client.on('error', close);
    client.on('end', close);
  });
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const prepared: Prepared = new Map();
  let batch: StatementBatch | null = null;
  const send = () => {
    const full = batch;
    batch = null;
    if (full !== null) client.query(full as unknown as pg.Submittable);
  };
  return {
    closed,
    isOpen: () => open,
    run: (statement, values = []) => {
      if (batch === null) {
        batch = new StatementBatch(prepared, parserOf);
        process.nextTick(send);
      }
      return batch.add(statement, values);
    },
    destroy: () => {
      open = false;
      stream.destroy();
    },
    end: () => client.end(),
  };
}

/**
 * The pool for everything that is not a lane. Look-ups that somebody waits for are given a time to answer in;
 * reports and verify take as long as they need. A statement is planned for its values each time: a plan that is kept
 * for any day locks the partitions of all days, and so does looking whether to keep it.
 */
export function openPool(url: string, connectionsMax: number, answerTimeoutMs?: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: sessionName('pool'),
    options: `-c role=${appRole} -c timezone=UTC -c jit=off -c plan_cache_mode=force_custom_plan`,
    max: connectionsMax,
    connectionTimeoutMillis: 5_000,
    // By the server where it can, and by us where it is frozen or gone.
    ...(answerTimeoutMs === undefined
      ? {}
      : { statement_timeout: answerTimeoutMs, query_timeout: answerTimeoutMs }),
    types: ourTypes,
  });
  surviveBrokenConnections(pool);
  return pool;
}

/** The books' owner: for migrations, reference data and issuing, before the service takes its smaller role. */
export function openOwnerPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: sessionName('owner'),
    max: 1,
    types: ourTypes,
  });
  surviveBrokenConnections(pool);
  return pool;
}

/**
 * A connection that breaks emits an error, which ends the process if nobody listens. The pool listens while it
 * is idle, and replaces it; while it is lent to a transaction, nobody does: there its statements fail, which is enough.
 */
function surviveBrokenConnections(pool: pg.Pool): void {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
}

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** A pool or one of its connections as a Session, for stores that serve both. */
export function sessionOf(client: Pool | PoolClient): Session {
  return {
    run: async (statement, values = []) => {
      const result = await client.query<unknown[]>({
        ...statement,
        values: values as unknown[],
        rowMode: 'array',
      });
      return { rows: result.rows, rowCount: result.rowCount ?? 0 };
    },
  };
}

/** Runs `work` in one transaction of the pool: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // One that only reads any more still answers: it would be lent again and again.
    if (isServerGone(error)) broken = error as Error;
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

import { Gauge, type Registry } from 'prom-client';

/** A pool of connections, as far as it is measured. */
interface MeasuredPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export interface PoolMetrics {
  /** Measures a pool from now on, under its name. */
  readonly measurePool: (name: string, pool: MeasuredPool) => void;
}

export function poolMetrics(registers: Registry[]): PoolMetrics {
  const pools = new Map<string, MeasuredPool>();
  new Gauge({
    name: 'one_card_pool_connections',
    help: 'Connections to PostgreSQL, by pool and whether they are busy or idle; lanes have their own',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const [name, { totalCount, idleCount }] of pools) {
        this.set({ pool: name, state: 'busy' }, totalCount - idleCount);
        this.set({ pool: name, state: 'idle' }, idleCount);
      }
    },
  });
  new Gauge({
    name: 'one_card_pool_waiting',
    help: 'Queries that wait for a connection, by pool',
    labelNames: ['pool'],
    registers,
    collect() {
      for (const [name, { waitingCount }] of pools) this.set({ pool: name }, waitingCount);
    },
  });
  return { measurePool: (name, pool) => pools.set(name, pool) };
}

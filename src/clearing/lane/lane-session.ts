import { type LaneHead, readLaneHead, tryLaneLock } from '#clearing/store.ts';
import { connectLane, type LaneConnection } from '#platform/postgres.ts';
import { StartError } from '#platform/start-error.ts';

/** There are this many lanes in all instances together (migration "number the lanes and versions"). */
const laneCount = 64;
const connectLimitMs = 5_000;

/** A connection that owns a lane, and where the lane's chain stands. */
export interface LaneSession {
  readonly connection: LaneConnection;
  readonly lane: number;
  head: LaneHead | null;
}

export interface LaneSessionOptions {
  readonly url: string;
  /** A group that is not committed by then has lost its connection or its server. */
  readonly groupTimeoutMs: number;
}

/** Connects and takes the first lane that is free. The lane is freed when the connection ends, however it ends. */
export async function openLaneSession({ url, groupTimeoutMs }: LaneSessionOptions): Promise<LaneSession> {
  const connectTimeoutMs = Math.min(connectLimitMs, groupTimeoutMs);
  const connection = await connectLane({ url, idleInTransactionMs: groupTimeoutMs, connectTimeoutMs });
  // A server that freezes after it let us in answers nothing more: without a limit the lane would wait with it.
  const watchdog = setTimeout(() => connection.destroy(), groupTimeoutMs);
  try {
    for (let lane = 0; lane < laneCount; lane++) {
      if (await tryLaneLock(connection, lane)) {
        return { connection, lane, head: await readLaneHead(connection, lane) };
      }
    }
    throw new StartError(
      `All ${laneCount} lanes of the database are taken by other instances: set LANES lower.`,
    );
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    clearTimeout(watchdog);
  }
}

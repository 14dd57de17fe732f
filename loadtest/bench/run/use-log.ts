import type pg from 'pg';

/**
 * Brings the log of a new server to where that of one in use is: it has so many segments (of 16 MB) that are written
 * again. A new segment is filled with zeros first, which whoever commits waits for; that is a new server's first hour,
 * and no rush hour's.
 */
export async function useLog(owner: pg.Pool, segments: number): Promise<void> {
  for (let n = 0; n < segments; n++) {
    // A segment without a record is not left.
    await owner.query("select pg_logical_emit_message(false, '', '')");
    await owner.query('select pg_switch_wal()');
  }
  await owner.query('checkpoint');
}

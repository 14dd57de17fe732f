import type { Pool } from '#platform/postgres.ts';

/** What a table or an index takes; partitions count as the table that they are parts of. */
interface DiskLine {
  readonly name: string;
  readonly kind: 'table' | 'index';
  readonly bytes: number;
}

/** The whole database, and what takes most of it, the largest first. */
export interface Disk {
  readonly bytes: number;
  readonly lines: readonly DiskLine[];
}

export async function readDisk(owner: Pool): Promise<Disk> {
  const total = await owner.query<{ bytes: string }>(
    'select pg_database_size(current_database())::text as bytes',
  );
  const { rows } = await owner.query<{ name: string; kind: 'table' | 'index'; bytes: string }>(`
    select n.nspname || '.' || root.relname as name,
      case when c.relkind in ('i', 'I') then 'index' else 'table' end as kind,
      sum(pg_total_relation_size(c.oid) - case when c.relkind = 'r' then pg_indexes_size(c.oid) else 0 end)::text as bytes
    from pg_class c
    join pg_class root on root.oid = coalesce(pg_partition_root(c.oid), c.oid)
    join pg_namespace n on n.oid = root.relnamespace
    where c.relkind in ('r', 'i', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    group by 1, 2 order by sum(pg_total_relation_size(c.oid)) desc`);
  return {
    bytes: Number(total.rows[0]?.bytes ?? 0),
    lines: rows.map((row) => ({ ...row, bytes: Number(row.bytes) })),
  };
}

const linesMax = 16;
const shownFromBytes = 1;

/** The tables and indexes that grew, as bytes a payment, beside what they were once packed. */
export function diskLines(of: {
  readonly start: Disk;
  readonly full: Disk;
  readonly packed: Disk;
  readonly payments: number;
}): string[] {
  const each = (disk: Disk, line: DiskLine) => (sizeIn(disk, line) - sizeIn(of.start, line)) / of.payments;
  return [
    '| table or index | bytes a payment | packed |',
    '|---|---|---|',
    ...of.full.lines
      .filter((line) => each(of.full, line) >= shownFromBytes)
      .slice(0, linesMax)
      .map((line) => {
        const name = `${line.name}${line.kind === 'index' ? ' (index)' : ''}`;
        return `| ${name} | ${each(of.full, line).toFixed(1)} | ${each(of.packed, line).toFixed(1)} |`;
      }),
  ];
}

function sizeIn({ lines }: Disk, { name, kind }: DiskLine): number {
  return lines.find((line) => line.name === name && line.kind === kind)?.bytes ?? 0;
}

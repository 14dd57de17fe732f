import { type Force, withForce } from '#channels/pages/staff/rules/in-force.ts';
import { choiceOf, type Filter } from '#channels/pages/staff/rules/list-query.ts';
import { pieceOf } from '#channels/pages/staff/rules/piece-of.ts';
import type { ListPath } from '#channels/pages/staff/who-may.ts';
import { hainanDay } from '#platform/calendar.ts';
import type { Session } from '#platform/postgres.ts';
import type { Effective } from '#sectors/rules/effective.ts';
import { badge, mono } from './cells.ts';
import { type Column, type List, listOf } from './list.ts';

/** Tariffs and limits: what of them is one thing, and what tells its rows apart. */
interface Terms<Row> {
  readonly path: ListPath;
  readonly read: (session: Session) => Promise<readonly Row[]>;
  /** What a later row takes the place of: an operator's line, a product. */
  readonly thingOf: (row: Row) => string;
  /** What else stands in the row's key besides the thing and its first day. */
  readonly stepOf?: (row: Row) => string;
  readonly filters: readonly (Filter & { readonly of: (row: Row) => string })[];
  readonly columns: readonly Column<Row>[];
}

const forceFilter = choiceOf('force', ['now', 'later', 'past']);
const afterPattern = /^[\p{L}\p{N} *.:-]{1,200}$/u;

/**
 * A list of tariffs: reference data, which every instance keeps whole, so it is read whole and cut here. Each row says
 * whether it is in force today in Hainan.
 */
export function termsOf<Row extends Effective>(terms: Terms<Row>): List {
  const { thingOf, stepOf = () => '' } = terms;
  type Marked = Row & { readonly force: Force };
  const keyOf = (row: Row) => `${thingOf(row)} ${row.effectiveFrom} ${stepOf(row)}`.trim();
  return listOf<Marked>({
    path: terms.path,
    filters: [forceFilter, ...terms.filters],
    afterPattern,
    afterOf: keyOf,
    read: async ({ session }, { said, after, limit, nowMs }) => {
      const rows = withForce(await terms.read(session), thingOf, hainanDay(nowMs));
      const wanted = rows.filter(
        (row) =>
          (said['force'] ?? row.force) === row.force &&
          terms.filters.every(({ word, of }) => (said[word] ?? of(row)) === of(row)),
      );
      return pieceOf(wanted, keyOf, { after, limit });
    },
    columns: [
      ...terms.columns,
      { name: 'effectiveFrom', cell: ({ effectiveFrom }) => mono(effectiveFrom) },
      { name: 'force', cell: ({ force }, context) => badge(context, 'force', force) },
    ],
  });
}

/** Numbers in a key are as long as each other, so that they sort as numbers. */
export const padded = (value: number | bigint): string => String(value).padStart(9, '0');

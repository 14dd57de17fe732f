import { type Filter, type ListQuery, readListQuery } from '#channels/pages/staff/rules/list-query.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import type { StaffTexts } from '#channels/pages/staff/texts/zh.ts';
import type { ListPath } from '#channels/pages/staff/who-may.ts';
import type { Session } from '#platform/postgres.ts';

/** What stands in a cell: page and file are made from the same. */
export type Cell = (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mono'; readonly text: string }
  | { readonly kind: 'count'; readonly count: number | bigint }
  | { readonly kind: 'money'; readonly fen: bigint | null }
  | { readonly kind: 'moment'; readonly at: Date | null }
  | { readonly kind: 'badge'; readonly text: string; readonly tone: Tone }
) & {
  /** Where it leads: a number to its items. */
  readonly href?: string;
};
export type Tone = 'ok' | 'off' | 'wait' | 'quiet';

type ColumnName = keyof StaffTexts['columns'];

/** One call of a list, as its cells see it. */
export interface CellContext {
  readonly visit: SignedIn;
  readonly nowMs: number;
  /** A participant's name in the language of the page. */
  readonly nameOf: (participantId: number | null) => string;
}

export interface Column<Row> {
  readonly name: ColumnName;
  readonly cell: (row: Row, context: CellContext) => Cell;
}

/** What a store is asked for: the words of the filter, and a piece of the list. */
interface Asked {
  readonly said: Readonly<Record<string, string>>;
  readonly after: string | null;
  readonly limit: number;
  readonly nowMs: number;
}

/** A list as it is written down: by what it is filtered, what its rows show, and where they come from. */
export interface ListSpec<Row> {
  readonly path: ListPath;
  readonly filters: readonly Filter[];
  readonly columns: readonly Column<Row>[];
  readonly afterPattern: RegExp;
  readonly afterOf: (row: Row) => string;
  /** The rows after the cursor, at most `limit`; null where what the filter names is not there. */
  readonly read: (from: Source, asked: Asked) => Promise<readonly Row[] | null>;
  /** What the filter is where a person says nothing of it. */
  readonly usually?: (from: Source) => Promise<Readonly<Record<string, string>>>;
  /** What is to be said of what was asked for, above its rows. */
  readonly note?: (from: Source, context: CellContext, asked: Asked) => Promise<string | null>;
  /** What a store gives at once, where that is less than a piece of a file. */
  readonly pieceMax?: number;
  /** The trail's word for a look at personal data, and at whose. */
  readonly look?: (asked: Asked) => { readonly act: string; readonly subject: string };
}

/** Where rows come from: look-ups that a person waits for, or the connections of reports for whole files. */
export interface Source {
  readonly parts: StaffParts;
  readonly session: Session;
}

export interface Piece {
  /** What is to be said above the rows. */
  readonly note: string | null;
  readonly rows: readonly (readonly Cell[])[];
  /** Where the next piece goes on; null after the last. */
  readonly next: string | null;
}

/** A list whose rows nobody needs to know any more. */
export interface List {
  readonly path: ListPath;
  readonly filters: readonly Filter[];
  readonly columns: readonly ColumnName[];
  readonly numbers: ReadonlySet<number>;
  readonly usually: ListSpec<unknown>['usually'];
  readonly look: ListSpec<unknown>['look'];
  readonly pieceMax: number;
  query(words: Iterable<readonly [string, string]>): ReturnType<typeof readListQuery>;
  piece(
    from: Source,
    context: CellContext,
    asked: ListQuery & { readonly limit: number },
  ): Promise<Piece | null>;
}

/** So many rows of a file are read at once. */
const filePieceMax = 500;

export function listOf<Row>(spec: ListSpec<Row>): List {
  const { path, filters, columns, afterPattern, usually, look, pieceMax = filePieceMax } = spec;
  return {
    ...{ path, filters, usually, look, pieceMax },
    columns: columns.map(({ name }) => name),
    numbers: new Set(columns.flatMap(({ name }, i) => (numberColumns.has(name) ? [i] : []))),
    query: (words) => readListQuery(words, { filters, afterPattern }),
    piece: async (from, context, { said, after, limit }) => {
      // One more than the piece, to know whether there is another.
      const asked = { said, after, limit: limit + 1, nowMs: context.nowMs };
      const found = await spec.read(from, asked);
      if (found === null) return null;
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      return {
        note: (await spec.note?.(from, context, asked)) ?? null,
        rows: rows.map((row) => columns.map(({ cell }) => cell(row, context))),
        next: found.length > limit && last !== undefined ? spec.afterOf(last) : null,
      };
    },
  };
}

/** Columns that stand at the right, as numbers do. */
const numberColumns: ReadonlySet<ColumnName> = new Set<ColumnName>([
  ...([
    'fare',
    'upTo',
    'perDay',
    'price',
    'rides',
    'validDays',
    'perPayment',
    'pinFree',
    'balanceMax',
  ] as const),
  ...([
    'validity',
    'lossDays',
    'creditCount',
    'credit',
    'debitCount',
    'debit',
    'net',
    'amount',
    'tries',
  ] as const),
  ...([
    'lineCount',
    'total',
    'round',
    'lineNo',
    'attempt',
    'claimed',
    'own',
    'difference',
    'ridesPerMonth',
  ] as const),
  ...(['transferWindow', 'batchNumber', 'hotList'] as const),
]);

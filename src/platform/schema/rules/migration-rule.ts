import { forEachPartition, statementFor } from './for-each-partition.ts';
import { isOutsideTransaction, type MigrationStatement, statementsOf } from './statements.ts';

/** What a payment waits for. A partition of one has its name with an ending. */
export const hotTables: readonly string[] = [
  'idempotency.outcomes',
  'ledger.accounts',
  'ledger.day_totals',
  'ledger.entries',
  'ledger.groups',
  'ledger.holds',
  'ledger.postings',
];

export interface MigrationFile {
  readonly tag: string;
  readonly sql: string;
}

/** What the instances that still run the version before, or the payments under way, would not stand. */
export interface MigrationFault {
  readonly tag: string;
  readonly statement: string;
  readonly why: string;
}

const excerptLength = 90;

/** What a statement is looked at with. */
interface Place {
  readonly isOutside: boolean;
  /** Tables made in this file: nobody uses them yet. */
  readonly made: ReadonlySet<string>;
  /** Columns that a validated check says are never null: `schema.table.column`. */
  readonly proven: ReadonlySet<string>;
}

/** A rule sees one statement about a table that is in use, and says why it may not be. */
type Rule = (plain: string, place: Place) => string | null;

/**
 * The zero-downtime rule, over migrations in their order: the version before goes on working beside the new
 * schema (expand first, contract a version later), and no hot table is locked for longer than a moment.
 * `-- allowed: reason` in a statement lets it through, for a person to judge.
 */
export function migrationFaults(files: readonly MigrationFile[]): MigrationFault[] {
  const notNullChecks = new Map<string, string>();
  const proven = new Set<string>();
  return files.flatMap((file) => {
    const statements = statementsOf(file.sql).map(asOfTable);
    const place = { isOutside: isOutsideTransaction(file.sql), made: tablesMade(statements), proven };
    const faults = statements.flatMap((statement) => {
      const why = statement.allowed === undefined ? firstFault(statement.plain, place) : null;
      noteProofs(statement.plain, notNullChecks, proven);
      return why === null ? [] : [{ tag: file.tag, statement: excerpt(statement.plain), why }];
    });
    return [...faults, ...fileFaults(file, statements, place)];
  });
}

/** What is for each partition is judged as if it were for one, which is as hot as its table. */
function asOfTable(statement: MigrationStatement): MigrationStatement {
  const each = forEachPartition(statement.text);
  if (each === null) return statement;
  const partition = `${each.table.split('.').at(-1)}_1`;
  return { ...statement, plain: statementFor(statement.plain, partition) };
}

function firstFault(plain: string, place: Place): string | null {
  const table = tableOf(plain);
  if (table !== null && place.made.has(table)) return null;
  for (const rule of rules) {
    const why = rule(plain, place);
    if (why !== null) return why;
  }
  return null;
}

const forbidden: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^alter table .* alter (column )?\S+ (set data )?type /,
    'a change of type rewrites the table under its lock: add a column, fill it, read it, drop the old one later',
  ],
  [
    /^alter .* rename /,
    'the version before still uses the old name: add the new one, drop the old one later',
  ],
  [
    /^alter table .* drop (column )?(?!constraint |default|not null|identity|expression)\S+|^drop (table|schema|type|view|function|sequence) /,
    'the version before still uses it: drop it when no instance of that version runs, and say so',
  ],
  [
    /^alter table .* add (column )?\S+ .*(generated (always|by default) as|\b(big|small)?serial\b|default \S*(random|nextval|clock_timestamp|uuid))/,
    'a default that differs from row to row rewrites the table under its lock: add the column empty, fill it in pieces',
  ],
  [
    /^alter table .* add constraint \S+ (unique|primary key|exclude)\b(?! using index)/,
    'the index is built under the lock: create it concurrently, then add the constraint using it',
  ],
  [/^do /, 'what a block does is not looked at: say above it why it may be done beside the traffic'],
  [/^(lock|vacuum full|cluster|reindex(?! .*concurrently))\b/, 'it locks a table for as long as it takes'],
];

const rules: readonly Rule[] = [
  ...forbidden.map(
    ([pattern, why]): Rule =>
      (plain) =>
        pattern.test(plain) ? why : null,
  ),
  (plain) =>
    /^alter table .* add (column )?(?!constraint)\S+ .*\bnot null\b/.test(plain) && !/\bdefault\b/.test(plain)
      ? 'the version before writes rows without the column: give it a default, or let it be null'
      : null,
  (plain) =>
    /^alter table .* add (constraint \S+ )?(check|foreign key)\b/.test(plain) && !/\bnot valid$/.test(plain)
      ? 'every row is looked at under the lock: add it not valid, and validate it in a file outside a transaction'
      : null,
  (plain, { isOutside }) =>
    /^alter table .* validate constraint /.test(plain) && !isOutside
      ? 'validated in a transaction it keeps the locks of the statements before: use a file outside a transaction'
      : null,
  (plain, { proven }) => {
    const column = /^alter table .* alter (?:column )?(\S+) set not null/.exec(plain)?.[1];
    if (column === undefined || proven.has(`${tableOf(plain)}.${bare(column)}`)) return null;
    return 'every row is looked at under the lock: first add a check (… is not null) not valid, and validate it';
  },
  (plain) => {
    const isHotIndex = /^create (unique )?index (?!concurrently)/.test(plain) && isHot(tableOf(plain));
    return isHotIndex || /^drop index (?!concurrently)/.test(plain)
      ? 'payments wait until it is done: do it concurrently, in a file outside a transaction'
      : null;
  },
  (plain, { isOutside }) =>
    /^(create|drop|reindex|alter table|refresh)\b.* concurrently\b/.test(plain) && !isOutside
      ? 'it cannot run in a transaction: the first line must be "-- run outside a transaction"'
      : null,
  (plain) =>
    /^(update|delete from|truncate|insert into|merge into) /.test(plain) && isHot(tableOf(plain))
      ? 'payments wait for the rows, and the journal does not change: fill in pieces, by a schedule of the service'
      : null,
];

/** What is wrong with a file as a whole. */
function fileFaults(
  file: MigrationFile,
  statements: readonly MigrationStatement[],
  { isOutside, made }: Place,
): MigrationFault[] {
  if (isOutside) return [];
  const locked = statements
    .filter(({ plain, allowed }) => allowed === undefined && locksTable(plain))
    .map(({ plain }) => tableOf(plain))
    .filter((table) => isHot(table) && !made.has(table ?? ''));
  const tables = [...new Set(locked)];
  if (tables.length < 2) return [];
  const why = 'the lock of the first is kept while the second is waited for: one hot table a file';
  return [{ tag: file.tag, statement: tables.join(', '), why }];
}

function locksTable(plain: string): boolean {
  return /^(alter table|create (or replace )?(constraint )?trigger|drop trigger) /.test(plain);
}

/** A check that says a column is never null counts from its validation on. */
function noteProofs(plain: string, notNullChecks: Map<string, string>, proven: Set<string>): void {
  const table = tableOf(plain);
  const check = /add constraint (\S+) check ?\((.*) is not null ?\) not valid$/.exec(plain);
  if (check?.[1] && check[2]) {
    const column = bare(check[2]).split('.').at(-1);
    notNullChecks.set(`${table} ${bare(check[1])}`, `${table}.${column}`);
  }
  const validated = / validate constraint (\S+)/.exec(plain)?.[1];
  const column = validated && notNullChecks.get(`${table} ${bare(validated)}`);
  if (column) proven.add(column);
}

function tablesMade(statements: readonly MigrationStatement[]): ReadonlySet<string> {
  const made = statements.flatMap(({ plain }) =>
    /^create (unlogged )?table /.test(plain) ? [tableOf(plain) ?? ''] : [],
  );
  return new Set(made);
}

const named = /(?:"?[a-z_][a-z0-9_]*"?\.)?"?[a-z_][a-z0-9_]*"?/.source;
const aboutTable = new RegExp(
  [
    `^(?:alter|lock|truncate|create(?: unlogged)?|drop) table (?:if (?:not )?exists )?(?:only )?(${named})`,
    `^create (?:unique )?index .*? on (?:only )?(${named})`,
    `^(?:create|drop).* trigger .*? on (${named})`,
    `^(?:update|delete from|truncate|insert into|merge into) (?:only )?(${named})`,
  ].join('|'),
);

/** The table a statement is about, as `schema.table`. */
function tableOf(plain: string): string | null {
  const found = aboutTable.exec(plain)?.slice(1).find(Boolean);
  return found === undefined ? null : bare(found);
}

function isHot(table: string | null): boolean {
  return hotTables.some((hot) => table === hot || table?.startsWith(`${hot}_`));
}

function bare(name: string): string {
  return name.replaceAll(/["()]/g, '').trim();
}

function excerpt(plain: string): string {
  return plain.length <= excerptLength ? plain : `${plain.slice(0, excerptLength)}…`;
}

import { parse } from 'libpg-query';
import { bucketColumn, shardingClasses } from '#platform/schema/sharding/classes.ts';
import { openTies, type Ties } from './ties.ts';

/** A node of PostgreSQL's own syntax tree. */
type Tree = Readonly<Record<string, unknown>>;

/** What stands in a FROM under a name, by the tie that says which bucket it is of; null is of none. */
type Scope = ReadonlyMap<string, string | null>;

interface Walk {
  readonly ties: Ties;
  readonly problems: string[];
}

/**
 * Why a statement is not at home in one bucket, row by row: tables that go by bucket and are tied to nothing the
 * caller gives, or to different buckets, or that live on the coordinator. Nothing is what should be.
 */
export async function crossedBuckets(text: string): Promise<string[]> {
  const { stmts = [] } = (await parse(text)) as { stmts?: readonly { stmt?: Tree }[] };
  const walk: Walk = { ties: openTies(), problems: [] };
  for (const { stmt } of stmts) readStatement(stmt ?? {}, walk, new Map());
  return [...walk.problems, ...walk.ties.problems()];
}

/** Gives the tie of the bucket that the statement puts out, where it does. */
function readStatement(stmt: Tree, walk: Walk, outer: Scope): string | null {
  const [kind = ''] = Object.keys(stmt);
  const body = stmt[kind] as Tree;
  if (kind === 'SelectStmt') return readSelect(body, walk, outer);
  if (kind === 'InsertStmt') return readInsert(body, walk, outer);
  if (kind === 'UpdateStmt' || kind === 'DeleteStmt') return readChange(body, walk, outer);
  return null;
}

function withCtes(body: Tree, walk: Walk, outer: Scope): Map<string, string | null> {
  const scope = new Map(outer);
  for (const node of listOf((body['withClause'] as Tree | undefined)?.['ctes'])) {
    const cte = node['CommonTableExpr'] as Tree;
    scope.set(String(cte['ctename']), readStatement(cte['ctequery'] as Tree, walk, scope));
  }
  return scope;
}

function readSelect(body: Tree, walk: Walk, outer: Scope): string | null {
  const named = withCtes(body, walk, outer);
  if (body['larg'] !== undefined) {
    const arms = [body['larg'], body['rarg']].map((arm) => readSelect(arm as Tree, walk, named));
    // A union may be tied row by row to the one or to the other: both must be known by themselves.
    const [left = null, right = null] = arms;
    return left !== null && right !== null ? walk.ties.either(left, right) : null;
  }
  const { scope, own } = readFrom(listOf(body['fromClause']), walk, named);
  readCondition(body['whereClause'], walk, { scope, own });
  for (const part of ['targetList', 'havingClause', 'sortClause', 'groupClause'])
    readDeeply(body[part], walk, scope);
  const targets = listOf(body['targetList']).map((node) => node['ResTarget'] as Tree);
  return bucketPutOut(targets, { scope, own });
}

interface Place {
  readonly scope: Scope;
  /** The names of this FROM alone: where a column without one is looked for. */
  readonly own: readonly string[];
}

function bucketPutOut(targets: readonly Tree[], place: Place): string | null {
  const ties = targets.map((target) => {
    const fields = fieldsOf(target['val']);
    if (target['name'] === bucketColumn || fields?.at(-1) === bucketColumn) return tieOf(fields, place);
    return fields?.at(-1) === '*' ? tieOfStar(fields, place) : null;
  });
  return ties.find((tie) => tie !== null) ?? null;
}

function tieOfStar(fields: readonly string[], { scope, own }: Place): string | null {
  const [of] = fields.length > 1 ? fields : own;
  return of === undefined ? null : (scope.get(of) ?? null);
}

function readInsert(body: Tree, walk: Walk, outer: Scope): null {
  const named = withCtes(body, walk, outer);
  const target = readTable(body['relation'] as Tree, walk, named);
  const columns = listOf(body['cols']).map((node) => (node['ResTarget'] as Tree)['name']);
  const place = columns.indexOf(bucketColumn);
  const select = (body['selectStmt'] as Tree)['SelectStmt'] as Tree;
  const source = readSelect(select, walk, named);
  if (target.tie === null) return null;
  const from = place < 0 ? null : insertedBucket(select, place, (name) => walk.ties.last(name) ?? source);
  if (from === null) walk.problems.push(`${target.name} is written without its bucket`);
  else walk.ties.tie(target.tie, from);
  return null;
}

/** What the select puts into that column: a star is as wide as it takes. */
function insertedBucket(
  select: Tree,
  column: number,
  tieOfName: (name: string) => string | null,
): string | null {
  const targets = listOf(select['targetList']).map((node) => node['ResTarget'] as Tree);
  const star = targets.findIndex((target) => fieldsOf(target['val'])?.at(-1) === '*');
  const isInStar = star >= 0 && column >= star;
  const fields = fieldsOf(targets[isInStar ? star : column]?.['val']);
  if (!isInStar && fields?.at(-1) !== bucketColumn) return null;
  const items = listOf(select['fromClause']);
  const names = items.map((item) => aliasOf(item) ?? unnamed);
  const name = fields !== null && fields.length > 1 ? fields[0] : names.length === 1 ? names[0] : undefined;
  return name === undefined ? null : tieOfName(name);
}

function readChange(body: Tree, walk: Walk, outer: Scope): string | null {
  const named = withCtes(body, walk, outer);
  const target = readTable(body['relation'] as Tree, walk, named);
  const from = readFrom(listOf(body['fromClause'] ?? body['usingClause']), walk, named);
  const scope = new Map(from.scope).set(target.alias, target.tie);
  const place = { scope, own: [target.alias, ...from.own] };
  readCondition(body['whereClause'], walk, place);
  readDeeply(body['targetList'], walk, scope);
  const returning = body['returningClause'] as Tree | undefined;
  const returned = listOf(returning?.['exprs']).map((node) => node['ResTarget'] as Tree);
  return bucketPutOut(returned, place);
}

/** Reads a FROM from left to right: what comes later may speak of what came before. */
function readFrom(items: readonly Tree[], walk: Walk, outer: Scope): { scope: Scope; own: string[] } {
  const scope = new Map(outer);
  const own: string[] = [];
  const conditions: unknown[] = [];
  const add = (alias: string, tie: string | null) => {
    scope.set(alias, tie);
    own.push(alias);
  };
  const read = (item: Tree): void => {
    const [kind = ''] = Object.keys(item);
    const body = item[kind] as Tree;
    if (kind === 'RangeVar') {
      const { alias, tie } = readTable(body, walk, scope);
      add(alias, tie);
    } else if (kind === 'RangeFunction') {
      const alias = aliasOf(item) ?? unnamed;
      add(alias, walk.ties.given(alias));
    } else if (kind === 'RangeSubselect') {
      add(aliasOf(item) ?? unnamed, readStatement(body['subquery'] as Tree, walk, scope));
    } else if (kind === 'JoinExpr') {
      read(body['larg'] as Tree);
      read(body['rarg'] as Tree);
      conditions.push(body['quals']);
    } else walk.problems.push(`a FROM of the kind ${kind} is not understood`);
  };
  for (const item of items) read(item);
  for (const condition of conditions) readCondition(condition, walk, { scope, own });
  return { scope, own };
}

const unnamed = '(no name)';

interface ReadTable {
  readonly name: string;
  readonly alias: string;
  readonly tie: string | null;
}

function readTable(body: Tree, walk: Walk, scope: Scope): ReadTable {
  const table = String(body['relname']);
  const alias = aliasOf({ RangeVar: body }) ?? table;
  if (body['schemaname'] === undefined) return { name: table, alias, tie: scope.get(table) ?? null };
  const name = `${body['schemaname']}.${table}`;
  const where = shardingClasses[name];
  if (where === 'bucket') return { name, alias, tie: walk.ties.table(name) };
  if (where === 'reference') return { name, alias, tie: walk.ties.given(alias) };
  walk.problems.push(`${name} is ${where ?? 'in no class'}, and no posting may touch it`);
  return { name, alias, tie: null };
}

/** Ties what is said to be equal. Only what must hold counts: not what stands under an "or". */
function readCondition(condition: unknown, walk: Walk, place: Place): void {
  if (condition === undefined) return;
  const both = (condition as Tree)['BoolExpr'] as Tree | undefined;
  if (both?.['boolop'] === 'AND_EXPR') {
    for (const part of listOf(both['args'])) readCondition(part, walk, place);
    return;
  }
  const equal = (condition as Tree)['A_Expr'] as Tree | undefined;
  if (equal !== undefined && operatorOf(equal) === '=') readEquality(equal, walk, place);
  readDeeply(condition, walk, place.scope);
}

function readEquality(equal: Tree, { ties }: Walk, place: Place): void {
  const [left, right] = [fieldsOf(equal['lexpr']), fieldsOf(equal['rexpr'])];
  const one = left?.at(-1) === bucketColumn ? tieOf(left, place) : null;
  if (one === null) return;
  if (isParameter(equal['rexpr'])) ties.tie(one, ties.given('(a parameter)'));
  const other = right?.at(-1) === bucketColumn ? tieOf(right, place) : null;
  if (other !== null) ties.tie(one, other);
}

function operatorOf(expression: Tree): unknown {
  return (listOf(expression['name'])[0]?.['String'] as Tree | undefined)?.['sval'];
}

function isParameter(node: unknown): boolean {
  const inner = (node as Tree)['TypeCast'] as Tree | undefined;
  return (node as Tree)['ParamRef'] !== undefined || (inner !== undefined && isParameter(inner['arg']));
}

/** Finds the selects that stand in an expression. */
function readDeeply(node: unknown, walk: Walk, scope: Scope): void {
  if (Array.isArray(node)) {
    for (const part of node) readDeeply(part, walk, scope);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (key === 'SelectStmt') readSelect(value as Tree, walk, scope);
      else readDeeply(value, walk, scope);
    }
  }
}

function tieOf(fields: readonly string[] | null, { scope, own }: Place): string | null {
  if (fields === null) return null;
  if (fields.length > 1) return scope.get(fields[0] ?? '') ?? null;
  const [only, ...more] = own;
  return only === undefined || more.length > 0 ? null : (scope.get(only) ?? null);
}

/** A column as it is written: its table's name, its own; "*" for all. */
function fieldsOf(node: unknown): string[] | null {
  const column = (node as Tree | undefined)?.['ColumnRef'] as Tree | undefined;
  if (column === undefined) return null;
  return listOf(column['fields']).map((field) =>
    field['A_Star'] === undefined ? String((field['String'] as Tree)['sval']) : '*',
  );
}

function aliasOf(item: Tree): string | undefined {
  const [kind = ''] = Object.keys(item);
  const alias = (item[kind] as Tree)['alias'] as Tree | undefined;
  return alias === undefined ? undefined : String(alias['aliasname']);
}

function listOf(node: unknown): readonly Tree[] {
  return Array.isArray(node) ? node : [];
}

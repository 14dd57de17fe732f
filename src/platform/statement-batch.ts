import type pg from 'pg';

/** A prepared statement: its name is its identity on a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The answer of one statement: its rows as arrays, and how many rows it touched. */
export interface Answered {
  readonly rows: unknown[][];
  readonly rowCount: number;
}

export type ColumnParser = (text: string) => unknown;

/** What a connection remembers of a statement that it has prepared: how to read its columns. */
export type Prepared = Map<string, readonly ColumnParser[]>;

interface Item {
  readonly statement: Statement;
  readonly values: readonly unknown[];
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: unknown) => void;
}

interface Field {
  readonly dataTypeID: number;
}

/** The part of pg's connection that a submittable speaks to. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  close(message: { type: 'S'; name: string }): void;
  parse(message: { name: string; text: string }): void;
  bind(message: {
    statement: string;
    values: readonly unknown[];
    valueMapper: (value: unknown) => unknown;
  }): void;
  describe(message: { type: 'S'; name: string }): void;
  execute(message: object): void;
  sync(): void;
}

/**
 * Statements that leave in one packet and end in one sync, so that the server answers them in one packet too:
 * waking a process costs more than running a small statement. It is what pg calls a submittable, as its own
 * cursor is. After an error the server skips the rest, so the rest fails with the same error.
 */
export class StatementBatch {
  private readonly items: Item[] = [];
  private current = 0;
  private rows: unknown[][] = [];
  private parsers: readonly ColumnParser[] = [];
  private readonly prepared: Prepared;
  private readonly parserOf: (typeOid: number) => ColumnParser;
  /** pg's client sets it; a batch answers its items itself. */
  callback = () => undefined;

  constructor(prepared: Prepared, parserOf: (typeOid: number) => ColumnParser) {
    this.prepared = prepared;
    this.parserOf = parserOf;
  }

  add(statement: Statement, values: readonly unknown[]): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.items.push({ statement, values, resolve, reject });
    });
  }

  submit(connection: pg.Connection): null {
    const wire = connection as unknown as Wire;
    wire.stream.cork();
    const parsedHere = new Set<string>();
    for (const { statement, values } of this.items) {
      const { name, text } = statement;
      if (!this.prepared.has(name) && !parsedHere.has(name)) {
        // After an error nobody knows whether the server still has it; closing what it has not is no error.
        wire.close({ type: 'S', name });
        wire.parse({ name, text });
        wire.describe({ type: 'S', name });
        parsedHere.add(name);
      }
      wire.bind({ statement: name, values, valueMapper: wireValue });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
    this.startItem();
    return null;
  }

  /** Comes once, after a statement was prepared: from then on its columns are known. */
  handleRowDescription(message: { fields: readonly Field[] }): void {
    this.parsers = message.fields.map((field) => this.parserOf(field.dataTypeID));
    const item = this.items[this.current];
    if (item !== undefined) this.prepared.set(item.statement.name, this.parsers);
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    const { parsers } = this;
    this.rows.push(
      message.fields.map((text, i) => (text === null ? null : (parsers[i] as ColumnParser)(text))),
    );
  }

  handleCommandComplete(message: { text: string }): void {
    const item = this.items[this.current];
    if (item === undefined) throw new Error('the server answered more statements than were sent');
    if (!this.prepared.has(item.statement.name)) this.prepared.set(item.statement.name, []);
    item.resolve({ rows: this.rows, rowCount: countOf(message.text) });
    this.current += 1;
    this.startItem();
  }

  /** The server skips what comes after the error; nothing of it happened. */
  handleError(error: unknown): void {
    for (const item of this.items.slice(this.current)) {
      this.prepared.delete(item.statement.name);
      item.reject(error);
    }
    this.current = this.items.length;
  }

  handleReadyForQuery(): void {
    if (this.current < this.items.length)
      this.handleError(new Error('the server left statements unanswered'));
  }

  handleEmptyQuery(): void {
    this.handleError(new Error('an empty statement'));
  }

  handlePortalSuspended(): void {
    this.handleError(new Error('a statement that stopped half-way'));
  }

  private startItem(): void {
    this.rows = [];
    const item = this.items[this.current];
    this.parsers = item === undefined ? [] : (this.prepared.get(item.statement.name) ?? []);
  }
}

function wireValue(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
}

/** "INSERT 0 5", "UPDATE 5", "SELECT 5", "COMMIT": the last word is the count, if there is one. */
function countOf(tag: string): number {
  const count = Number(tag.slice(tag.lastIndexOf(' ') + 1));
  return Number.isNaN(count) ? 0 : count;
}

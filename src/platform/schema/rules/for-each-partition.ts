/** A statement that is run for each partition of a table, but for those that the index has reached already. */
export interface ForEachPartition {
  /** "ledger.postings". */
  readonly table: string;
  /** The parent's index; partitions that have theirs of it are left out. */
  readonly index: string;
}

const directive = /--\s*for each partition of (\S+) without (\S+)/;
const placeholder = '{partition}';

/** Reads `-- for each partition of ledger.postings without ledger.postings_four`; null where it says nothing of the kind. */
export function forEachPartition(text: string): ForEachPartition | null {
  const [, table, index] = directive.exec(text) ?? [];
  return table && index ? { table, index } : null;
}

/** The statement for one partition, whose name comes without its schema. Throws where none is asked for. */
export function statementFor(text: string, partition: string): string {
  if (!text.includes(placeholder)) throw new Error(`a statement for each partition without ${placeholder}`);
  return text.replaceAll(placeholder, partition);
}

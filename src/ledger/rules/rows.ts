import { numberColumn } from '#platform/columns.ts';

/** An entry as it is kept; its legs are PostingRows of the same id. */
export interface EntryRow {
  readonly ownerId: bigint;
  readonly id: bigint;
  readonly originalId: bigint | null;
  readonly participantId: number;
  readonly terminalId: number;
  readonly bucket: number;
  readonly kind: number;
  readonly sector: number;
  /** Whether its outcome has a detail; null where it does not say: written before schema 3, or read from a file. */
  readonly hasDetail: boolean | null;
}

export interface PostingRow {
  readonly bucket: number;
  readonly entryId: bigint;
  readonly accountId: bigint;
  readonly amountFen: bigint;
  /** The purse's balance after it; null where the account carries none. */
  readonly balanceFen: bigint | null;
}

/** Entries as columns, in the order of the insert; the group's hash is taken over the same text. */
export function entryColumns(rows: readonly EntryRow[]): string[] {
  return [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.ownerId),
    numberColumn(rows, (row) => row.id),
    numberColumn(rows, (row) => row.originalId),
    numberColumn(rows, (row) => row.participantId),
    numberColumn(rows, (row) => row.terminalId),
    numberColumn(rows, (row) => row.kind),
    numberColumn(rows, (row) => row.sector),
  ];
}

/** The last column of the insert. The hash leaves it out, since what it says follows from the outcome. */
export function hasDetailColumn(rows: readonly EntryRow[]): string {
  return numberColumn(rows, ({ hasDetail }) => (hasDetail === null ? null : Number(hasDetail)));
}

/** Postings as columns, in the order of the insert; the group's hash is taken over the same text. */
export function postingColumns(rows: readonly PostingRow[]): string[] {
  return [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.entryId),
    numberColumn(rows, (row) => row.accountId),
    numberColumn(rows, (row) => row.amountFen),
    numberColumn(rows, (row) => row.balanceFen),
  ];
}

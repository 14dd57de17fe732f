import { codeColumn, numberColumn, textColumn } from '#platform/columns.ts';
import type { Said } from './compare.ts';
import type { PackedKey } from './keys.ts';

/** One decided request as it is kept. */
export interface OutcomeRow extends Said {
  readonly id: bigint;
  readonly bucket: number;
  readonly callerKey: PackedKey | null;
  /** Null is approved. */
  readonly refusal: string | null;
}

/** The rows as columns, in the order of the insert; the group's hash is taken over the same text. */
export function outcomeColumns(rows: readonly OutcomeRow[]): string[] {
  return [
    numberColumn(rows, (row) => row.bucket),
    numberColumn(rows, (row) => row.id),
    codeColumn(rows, (row) => row.callerKey),
    codeColumn(rows, (row) => row.businessKey),
    numberColumn(rows, (row) => row.kind),
    numberColumn(rows, (row) => row.sector),
    numberColumn(rows, (row) => row.cardId),
    numberColumn(rows, (row) => row.amountFen),
    numberColumn(rows, (row) => row.originalId),
    textColumn(rows, (row) => row.localTime),
    codeColumn(rows, (row) => row.refusal),
    textColumn(rows, (row) => row.detail),
  ];
}

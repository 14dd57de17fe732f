import type { OutcomeRow } from '#idempotency/rules/outcome-rows.ts';
import type { EntryRow, PostingRow } from '#ledger/rules/rows.ts';

/** Any journal row also says its business day. */
export type Dated<Row> = Row & { readonly businessDate: string };

/** The rows of one group, in the order in which they were written: by id, postings by entry and account. */
export interface GroupRows {
  readonly outcomes: readonly Dated<OutcomeRow>[];
  readonly entries: readonly Dated<EntryRow>[];
  readonly postings: readonly Dated<PostingRow>[];
}

/** What is wrong with a row. */
export interface Finding {
  readonly table: string;
  readonly key: string;
  readonly expected: string;
  readonly found: string;
  /** Set where only a hash tells: some row of the group is not what it was, and nothing in it says which. */
  readonly coarse?: true;
}

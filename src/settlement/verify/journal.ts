import type { OutcomeRow } from '#idempotency/rules/outcome-rows.ts';
import type { EntryRow, PostingRow } from '#ledger/rules/rows.ts';
import type { ChainGroup } from '#settlement/rules/group-check.ts';
import type { Dated } from '#settlement/rules/group-rows.ts';
import type { CursorOptions } from './cursor.ts';

// The order in which a group was written: by id, postings by entry and account. What comes after the id is
// only there so that a forged twin stands beside its original.

export const groupCursor: CursorOptions<ChainGroup> = {
  name: 'verify_groups',
  text: `select lane, sequence, first_id, outcome_count, business_date, hash
    from ledger.groups order by first_id, lane, sequence`,
  row: ([lane, sequence, firstId, outcomeCount, businessDate, hash]) =>
    ({ lane, sequence, firstId, outcomeCount, businessDate, hash }) as ChainGroup,
  id: (group) => group.firstId,
};

export const outcomeCursor: CursorOptions<Dated<OutcomeRow>> = {
  name: 'verify_outcomes',
  text: `select id, bucket, caller_key, business_key, kind, sector, card_id, amount_fen, original_id, local_time,
    refusal, detail, business_date from idempotency.outcomes order by id, bucket`,
  row: (columns) =>
    ({
      id: columns[0],
      bucket: columns[1],
      callerKey: columns[2],
      businessKey: columns[3],
      kind: columns[4],
      sector: columns[5],
      cardId: columns[6],
      amountFen: columns[7],
      originalId: columns[8],
      localTime: columns[9],
      refusal: columns[10],
      detail: columns[11],
      businessDate: columns[12],
    }) as Dated<OutcomeRow>,
  id: (outcome) => outcome.id,
};

export const entryCursor: CursorOptions<Dated<EntryRow>> = {
  name: 'verify_entries',
  text: `select id, bucket, owner_id, original_id, participant_id, terminal_id, kind, sector, business_date,
    has_detail from ledger.entries order by id, bucket, owner_id`,
  row: (columns) =>
    ({
      id: columns[0],
      bucket: columns[1],
      ownerId: columns[2],
      originalId: columns[3],
      participantId: columns[4],
      terminalId: columns[5],
      kind: columns[6],
      sector: columns[7],
      businessDate: columns[8],
      hasDetail: columns[9],
    }) as Dated<EntryRow>,
  id: (entry) => entry.id,
};

export const postingCursor: CursorOptions<Dated<PostingRow>> = {
  name: 'verify_postings',
  text: `select entry_id, account_id, bucket, amount_fen, balance_fen, business_date
    from ledger.postings order by entry_id, account_id, bucket`,
  row: ([entryId, accountId, bucket, amountFen, balanceFen, businessDate]) =>
    ({ entryId, accountId, bucket, amountFen, balanceFen, businessDate }) as Dated<PostingRow>,
  id: (posting) => posting.entryId,
};

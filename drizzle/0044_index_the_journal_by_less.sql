-- run outside a transaction
-- Index the journal by less: the postings of four entries whose ids follow each other share a key (they lie beside each other, so that whoever
-- looks for one of them reads the same page), and an entry is found by its owner alone in its day, of whom there are few. 42 bytes a
-- payment less, measured, of 75. Whatever asks for an entry's postings says "entry_id >> 2" too (ledger/journal-sql.ts).
-- The indexes of before are dropped by 0046.

-- allowed: of the parent alone, which has no rows; new days get theirs from it.
create index if not exists postings_four on only ledger.postings ((entry_id >> 2));
-- allowed: of the parent alone, as above.
create index if not exists entries_owner on only ledger.entries (owner_id);

-- for each partition of ledger.postings without ledger.postings_four
create index concurrently if not exists {partition}_four on ledger.{partition} ((entry_id >> 2));
-- for each partition of ledger.postings without ledger.postings_four
analyze ledger.{partition};
-- for each partition of ledger.postings without ledger.postings_four
alter index ledger.postings_four attach partition ledger.{partition}_four;
-- for each partition of ledger.entries without ledger.entries_owner
create index concurrently if not exists {partition}_owner on ledger.{partition} (owner_id);
-- for each partition of ledger.entries without ledger.entries_owner
alter index ledger.entries_owner attach partition ledger.{partition}_owner;

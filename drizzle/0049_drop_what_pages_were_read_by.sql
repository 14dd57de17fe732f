-- when no session before schema 3 is there
-- Drop what pages of a history were read by before 0048, for each span of days and over all of them.
-- allowed: nobody asks by it since 0048.
do $$ declare one text; begin
  for one in
    select oid::regprocedure::text from pg_proc
    where pronamespace = 'ledger'::regnamespace and proname ~ '^(page|entries)_of_span_[0-9]+$'
  loop
    execute 'drop function ' || one;
  end loop;
end $$;
-- allowed: nobody asks by it since 0048.
drop function ledger.page_of(smallint, bigint, bigint, integer, date, integer);
-- allowed: nobody asks by it since 0048.
drop function ledger.told_entries(smallint[], bigint[], bigint[]);
-- allowed: nobody asks by it since 0048.
drop function ledger.told_beside(smallint, bigint, smallint);
-- allowed: nobody asks by it since 0045.
drop function ledger.last_entries_of(smallint, bigint, bigint, integer, date, integer);
-- allowed: nobody asks by it since 0045.
drop function ledger.told_of(ledger.entries[]);

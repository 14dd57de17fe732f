/**
 * Makes the functions by which histories look through spans of days, for all days that there are: a day's partitions
 * make their span with them, which a restore brings by itself. Books of before there were spans get theirs by migration.
 */
export const addSpans = `do $$ begin
  if to_regprocedure('ledger.add_span(date)') is not null then
    perform ledger.add_span(day) from (
      select business_date as day from ledger.business_days
      union select to_date(right(relname, 8), 'YYYYMMDD') from pg_class
        where relnamespace = 'ledger'::regnamespace and relname ~ '^entries_[0-9]{8}$') days
      order by day;
  end if;
end $$`;

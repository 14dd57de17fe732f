-- Watch the purse rules: like tariffs they are kept in memory with a version that each group compares.

create trigger purse_rules_version after insert or update or delete or truncate on sectors.purse_rules
  for each statement execute function platform.raise_reference_version();

grant usage on schema sectors to one_card_app;
grant select on sectors.purse_rules to one_card_app;

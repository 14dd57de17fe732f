-- Guard the riders: reference data raises the version, categories are only added to, a row stays on its page.

create trigger shops_mcc_rules_version after insert or update or delete or truncate on shops.mcc_rules
  for each statement execute function platform.raise_reference_version();
create trigger transit_stations_version after insert or update or delete or truncate on transit.stations
  for each statement execute function platform.raise_reference_version();
create trigger transit_distance_fares_version after insert or update or delete or truncate on transit.distance_fares
  for each statement execute function platform.raise_reference_version();
create trigger transit_caps_version after insert or update or delete or truncate on transit.caps
  for each statement execute function platform.raise_reference_version();
create trigger transit_pass_products_version after insert or update or delete or truncate on transit.pass_products
  for each statement execute function platform.raise_reference_version();
create trigger transit_concession_terms_version
  after insert or update or delete or truncate on transit.concession_terms
  for each statement execute function platform.raise_reference_version();

create trigger concessions_append_only before update or delete or truncate on transit.concessions
  for each statement execute function ledger.refuse_change();

alter table transit.riders set (fillfactor = 70);

-- Who rode before has the transfer that was open; everything else begins with the next ride.
insert into transit.riders (bucket, card_account_id, tapped_at_ms, entry_id, day, paid, month, rides, passes)
  select bucket, card_account_id, tapped_at_ms, entry_id, '1970-01-01', '', '1970-01', 0, '' from transit.taps;

grant select on shops.mcc_rules, transit.stations, transit.distance_fares, transit.caps, transit.pass_products,
  transit.concession_terms, transit.concessions, transit.riders to one_card_app;
grant insert on transit.concessions, transit.riders to one_card_app;
grant update (tapped_at_ms, entry_id, day, paid, month, rides, passes) on transit.riders to one_card_app;

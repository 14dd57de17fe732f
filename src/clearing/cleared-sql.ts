import { ofEntrySql } from '#ledger/journal-sql.ts';
import { accountCodes, firstPurseId, purses } from '#ledger/rules/accounts.ts';
import { type Kind, kindCodes } from './request.ts';

// For proofs of rooms above, which hold their own rows against what was cleared, whole tables at once.

/**
 * What was cleared of a sector, as a query with a row an entry: its key, the entry, and what it put into the holder's
 * purses (less than nought: took). `account_id` is the purse where it was one, null where there were several.
 */
export function clearedSql(sectorCode: number, kinds: readonly Kind[]): string {
  const codes = kinds.map((kind) => kindCodes[kind]).join(', ');
  return `select o.business_key, o.detail, e.id, e.original_id, e.owner_id, e.participant_id, e.terminal_id,
      e.business_date, e.kind, p.fen, p.account_id
    from ledger.entries e
    join idempotency.outcomes o on o.bucket = e.bucket and o.id = e.id
    cross join lateral (
      select coalesce(sum(amount_fen), 0)::bigint as fen, case when count(*) = 1 then min(account_id) end as account_id
      from ledger.postings t
      where business_date = e.business_date and bucket = e.bucket and ${ofEntrySql('t', 'e.id')}
        and account_id >= ${firstPurseId}) p
    where e.sector = ${sectorCode} and e.kind in (${codes})`;
}

/**
 * What was cleared on days that are archived, as a query: ids and keys of entries whose rows are in a file. The register
 * of outcomes, which stays, knows their days; whatever names one of these is left out of a proof, and counted.
 */
export const archivedSql = `select o.id, o.business_key from idempotency.outcomes o
  join ledger.archived_days a on a.business_date = o.business_date where o.refusal is null`;

/** The account of a card account's purse, of an expression that names the purse. */
export function purseAccountSql(cardAccountId: string, purse: string): string {
  const cases = purses.map((name) => `when '${name}' then ${accountCodes[name]}`).join(' ');
  return `(${cardAccountId} * 16 + case ${purse} ${cases} end)`;
}

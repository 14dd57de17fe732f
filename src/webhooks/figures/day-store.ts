import { kindOfCode } from '#clearing/request.ts';
import { ofEntrySql } from '#ledger/journal-sql.ts';
import { accountId } from '#ledger/rules/accounts.ts';
import { numberColumn } from '#platform/columns.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import { readPosters } from './store.ts';

interface Sums {
  readonly creditFen: bigint;
  readonly debitFen: bigint;
  readonly creditCount: number;
  readonly debitCount: number;
}

/** What a business day comes to for one participant. */
export interface OwnDay extends Sums {
  readonly businessDate: string;
  readonly state: 'open' | 'closed';
  /** Null until the day is sealed. */
  readonly sealHex: string | null;
}

/** What a kind of transaction comes to on a day. */
export interface OwnKind extends Sums {
  readonly businessDate: string;
  readonly kind: string;
  /** All of them, those that moved nothing too. */
  readonly count: number;
}

const accountsOf = (participantId: number) =>
  (['payable', 'receivable'] as const).map((code) => accountId(BigInt(participantId), code));

// Day totals are kept by lane, in the lane's own bucket: a handful of rows a day, whatever was posted.
const daysText: Statement = {
  name: 'webhooks-own-days',
  text: `select d.business_date, d.closed_at is null, encode(s.hash, 'hex'), t.credit, t.debit, t.credits, t.debits
    from ledger.business_days d
    left join settlement.seals s on s.business_date = d.business_date
    cross join lateral (
      select coalesce(sum(credit_fen), 0)::bigint as credit, coalesce(sum(debit_fen), 0)::bigint as debit,
        coalesce(sum(credit_count), 0)::int as credits, coalesce(sum(debit_count), 0)::int as debits
      from ledger.lanes l
      join ledger.day_totals t on t.bucket = l.bucket and t.business_date = d.business_date
        and t.lane = l.lane and t.account_id = any($3::bigint[])) t
    where d.business_date between $1 and $2 order by d.business_date`,
};

/** A participant's days from one to another, both included; a day that the books have not is not in it. */
export async function readOwnDays(
  session: Session,
  participantId: number,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<OwnDay[]> {
  const accounts = numberColumn(accountsOf(participantId), (id) => id);
  const { rows } = await session.run(daysText, [from, to, accounts]);
  return rows.map((row) => ({
    businessDate: row[0] as string,
    state: row[1] === true ? 'open' : 'closed',
    sealHex: row[2] as string | null,
    creditFen: row[3] as bigint,
    debitFen: row[4] as bigint,
    creditCount: row[5] as number,
    debitCount: row[6] as number,
  }));
}

const kindsText: Statement = {
  name: 'webhooks-own-kinds',
  text: `select e.business_date, e.kind, count(*)::int,
      coalesce(sum(m.credit), 0)::bigint, coalesce(sum(m.debit), 0)::bigint,
      coalesce(sum(m.credits), 0)::int, coalesce(sum(m.debits), 0)::int
    from unnest($4::int[]) p(id)
    cross join lateral (
      select * from ledger.entries where business_date between $1 and $2 and participant_id = p.id offset 0) e
    cross join lateral (
      select sum(amount_fen) filter (where amount_fen > 0) as credit,
        -sum(amount_fen) filter (where amount_fen < 0) as debit,
        count(*) filter (where amount_fen > 0) as credits, count(*) filter (where amount_fen < 0) as debits
      from ledger.postings t
      where bucket = e.bucket and ${ofEntrySql('t', 'e.id')} and business_date = e.business_date
        and business_date between $1 and $2 and account_id = any($5::bigint[])) m
    where p.id = $3 or m.credits + m.debits > 0
    group by 1, 2 order by 1, 2`,
};

/** The same days by kind of transaction. It reads every entry of them: a report, not a look-up. */
export async function readOwnKinds(
  session: Session,
  participantId: number,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<OwnKind[]> {
  const by = (await readPosters(session, [participantId])).get(participantId) ?? [];
  const accounts = numberColumn(accountsOf(participantId), (id) => id);
  const posters = numberColumn(by, (id) => id);
  const { rows } = await session.run(kindsText, [from, to, participantId, posters, accounts]);
  return rows.map((row) => ({
    businessDate: row[0] as string,
    kind: kindOfCode(row[1] as number),
    count: row[2] as number,
    creditFen: row[3] as bigint,
    debitFen: row[4] as bigint,
    creditCount: row[5] as number,
    debitCount: row[6] as number,
  }));
}

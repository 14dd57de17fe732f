import { maskedName } from '#cards/rules/id-number.ts';
import { idMax } from '#platform/columns.ts';
import { requirePageLimit } from '#platform/limits/page-limit.ts';
import type { Session, Statement } from '#platform/postgres.ts';
import type { Secrets } from '#platform/secrets.ts';

export const lineStates = ['ready', 'failed', 'paid', 'withdrawn'] as const;
export type LineState = (typeof lineStates)[number];

/** A line as staff and the agency see it: whom it pays only masked. */
export interface ShownLine {
  readonly lineNo: number;
  readonly attempt: number;
  readonly state: LineState;
  readonly cause: string | null;
  readonly amountFen: bigint | null;
  readonly nameMasked: string | null;
  readonly cardTail: string | null;
  readonly paidOn: string | null;
}

export const linePageMax = 1_000;

const page: Statement = {
  name: 'disbursements-line-page',
  text: `select line_no, attempt, state, cause, amount_fen, name_sealed, card_tail, paid_on from disbursements.lines
    where batch_id = $1 and line_no > $2 and ($3::text is null or state = $3) order by line_no limit $4`,
};

/** A page of a batch's lines in their order, after the cursor; only those of a state where it is given. */
export async function readLines(
  session: Session,
  secrets: Pick<Secrets, 'openPersonal'>,
  asked: {
    readonly batchId: bigint;
    readonly state: LineState | null;
    readonly after: number;
    readonly limit: number;
  },
): Promise<ShownLine[]> {
  requirePageLimit(asked.limit, linePageMax);
  const values = [asked.batchId, asked.after, asked.state, asked.limit];
  const { rows } = await session.run(page, values);
  return rows.map((row) => ({
    lineNo: row[0] as number,
    attempt: row[1] as number,
    state: row[2] as LineState,
    cause: row[3] as string | null,
    amountFen: row[4] as bigint | null,
    nameMasked: row[5] === null ? null : maskedName(secrets.openPersonal(row[5] as Buffer)),
    cardTail: row[6] as string | null,
    paidOn: row[7] as string | null,
  }));
}

/** A subsidy as its holder sees it. */
export interface SubsidyPayment {
  readonly batchId: bigint;
  readonly lineNo: number;
  readonly programme: string;
  readonly programmeName: string;
  readonly programmeNameEn: string;
  readonly period: string;
  readonly purse: string;
  readonly state: LineState;
  /** Why it was not paid, for a failed one. */
  readonly cause: string | null;
  readonly amountFen: bigint;
  readonly paidOn: string | null;
  /** The entry in the holder's history. */
  readonly entryId: bigint | null;
}

export const subsidyPageMax = 100;

// What nobody has approved yet is no promise, so it is not shown.
const ofAccount: Statement = {
  name: 'disbursements-of-account',
  text: `select l.batch_id, l.line_no, l.programme, p.name, p.name_en, l.period, b.purse, l.state, l.cause,
      l.amount_fen, l.paid_on, l.entry_id
    from disbursements.lines l
    join disbursements.batches b on b.id = l.batch_id
    join disbursements.programmes p on p.code = l.programme
    where l.card_account_id = $1 and (l.batch_id, l.line_no) < ($2, $3)
      and (l.state = 'paid' or (l.state in ('ready', 'failed') and b.approved_by is not null))
    order by l.batch_id desc, l.line_no desc limit $4`,
};

const lastLine = 2_147_483_647;

/** Where a page of a holder's subsidies goes on. */
export interface SubsidyCursor {
  readonly batchId: bigint;
  readonly lineNo: number;
}

/** What a card account was or is being paid, newest first, by programme and period; a page at a time. */
export async function subsidiesOf(
  session: Session,
  cardAccountId: bigint,
  asked: { readonly before: SubsidyCursor | null; readonly limit: number },
): Promise<SubsidyPayment[]> {
  requirePageLimit(asked.limit, subsidyPageMax);
  const { batchId, lineNo } = asked.before ?? { batchId: idMax, lineNo: lastLine };
  const { rows } = await session.run(ofAccount, [cardAccountId, batchId, lineNo, asked.limit]);
  return rows.map((row) => ({
    batchId: row[0] as bigint,
    lineNo: row[1] as number,
    programme: row[2] as string,
    programmeName: row[3] as string,
    programmeNameEn: row[4] as string,
    period: row[5] as string,
    purse: row[6] as string,
    state: row[7] as LineState,
    cause: row[8] as string | null,
    amountFen: row[9] as bigint,
    paidOn: row[10] as string | null,
    entryId: row[11] as bigint | null,
  }));
}

import type { OutcomeRow } from '#idempotency/rules/outcome-rows.ts';
import type { EntryRow, PostingRow } from '#ledger/rules/rows.ts';
import type { Dated, Finding, GroupRows } from './group-rows.ts';

type Outcome = Dated<OutcomeRow>;
type Entry = Dated<EntryRow>;
type Leg = Dated<PostingRow>;

/**
 * Whether a group's approved outcomes have one entry each and its declined ones none, and whether each entry
 * sums to zero. The rows come in the order of their ids, so one walk over the three meets them together.
 */
export function checkEntries({ outcomes, entries, postings }: GroupRows): Finding | null {
  let nextEntry = 0;
  let nextLeg = 0;
  for (const outcome of outcomes) {
    const entry = entries[nextEntry];
    if (outcome.refusal !== null && entry?.id !== outcome.id) continue;
    const firstLeg = nextLeg;
    while (nextLeg < postings.length && (postings[nextLeg] as Leg).entryId <= outcome.id) nextLeg += 1;
    const finding =
      checkEntry(outcome, entry) ?? checkLegs(entry as Entry, postings.slice(firstLeg, nextLeg));
    if (finding !== null) return finding;
    nextEntry += 1;
  }
  return leftOver(entries[nextEntry], postings[nextLeg]);
}

function checkEntry(outcome: Outcome, entry: Entry | undefined): Finding | null {
  const key = `id ${outcome.id}`;
  if (entry !== undefined && entry.id < outcome.id) return leftOver(entry, undefined);
  if (entry === undefined || entry.id > outcome.id) {
    return {
      table: 'idempotency.outcomes',
      key,
      expected: 'an entry for an approved outcome',
      found: 'no entry',
    };
  }
  if (outcome.refusal !== null) {
    return {
      table: 'ledger.entries',
      key,
      expected: `none: refused as ${outcome.refusal}`,
      found: 'an entry',
    };
  }
  const [expected, found] = [saidBy(outcome), saidBy(entry)];
  if (expected !== found) return { table: 'ledger.entries', key, expected, found };
  const hasDetail = outcome.detail !== null;
  if (entry.hasDetail === null || entry.hasDetail === hasDetail) return null;
  return {
    table: 'ledger.entries',
    key,
    expected: `has_detail ${hasDetail}`,
    found: `has_detail ${entry.hasDetail}`,
  };
}

function saidBy(row: Outcome | Entry): string {
  return `bucket ${row.bucket}, business day ${row.businessDate}, kind ${row.kind}, sector ${row.sector}`;
}

function checkLegs(entry: Entry, legs: readonly Leg[]): Finding | null {
  let sumFen = 0n;
  for (const leg of legs) {
    if (leg.entryId !== entry.id) return leftOver(undefined, leg);
    if (leg.businessDate !== entry.businessDate || leg.bucket !== entry.bucket) {
      const expected = `bucket ${entry.bucket}, business day ${entry.businessDate}`;
      return wrongLeg(leg, expected, `bucket ${leg.bucket}, business day ${leg.businessDate}`);
    }
    sumFen += leg.amountFen;
  }
  if (sumFen === 0n) return null;
  return { table: 'ledger.postings', key: `entry ${entry.id}`, expected: 'sum 0', found: `sum ${sumFen}` };
}

/** The first of a group's rows that nothing in the group asks for. */
function leftOver(entry: Entry | undefined, leg: Leg | undefined): Finding | null {
  if (entry !== undefined)
    return {
      table: 'ledger.entries',
      key: `id ${entry.id}`,
      expected: 'an outcome of its own',
      found: 'none',
    };
  return leg === undefined ? null : wrongLeg(leg, 'an entry', 'none');
}

function wrongLeg(leg: Leg, expected: string, found: string): Finding {
  const key = `entry ${leg.entryId}, account ${leg.accountId}`;
  return { table: 'ledger.postings', key, expected, found };
}

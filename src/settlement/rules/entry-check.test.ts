import { describe, expect, test } from 'vitest';
import { checkEntries } from './entry-check.ts';
import type { GroupRows } from './group-rows.ts';

const businessDate = '2026-11-22';
const place = { bucket: 182, kind: 1, sector: 1, businessDate };
const outcome = (id: bigint, refusal: string | null = null) => ({
  ...place,
  id,
  callerKey: null,
  businessKey: 'k',
  cardId: 1_000_000n,
  amountFen: 100n,
  originalId: null,
  localTime: '2026-11-22 08:00:00',
  detail: null,
  refusal,
});
const entry = (id: bigint) => ({
  ...place,
  id,
  ownerId: 1_000_000n,
  originalId: null,
  participantId: 1,
  terminalId: 1,
  hasDetail: false,
});
const leg = (entryId: bigint, accountId: bigint, amountFen: bigint) => ({
  bucket: 182,
  businessDate,
  entryId,
  accountId,
  amountFen,
  balanceFen: null,
});
const legs = (entryId: bigint) => [leg(entryId, 24n, 100n), leg(entryId, 16_000_002n, -100n)];

/** Two payments with a decline between them, and an authorisation, which posts nothing. */
const right: GroupRows = {
  outcomes: [outcome(1n), outcome(2n, 'card-lost'), outcome(3n), outcome(4n)],
  entries: [entry(1n), entry(3n), entry(4n)],
  postings: [...legs(1n), ...legs(3n)],
};

describe('the entries of a group', () => {
  test('are right: one for each approved outcome, none for a decline, each summing to zero', () => {
    expect(checkEntries(right)).toBeNull();
    expect(checkEntries({ outcomes: [outcome(1n, 'card-lost')], entries: [], postings: [] })).toBeNull();
  });

  test('say whether there is a detail, or nothing of it, as entries from before they said it', () => {
    const detail = 'line=5';
    const outcomes = [{ ...outcome(1n), detail }];
    const saying = (hasDetail: boolean | null) => ({
      outcomes,
      entries: [{ ...entry(1n), hasDetail }],
      postings: legs(1n),
    });
    expect(checkEntries(saying(true))).toBeNull();
    expect(checkEntries(saying(null))).toBeNull();
    expect(checkEntries(saying(false))).toEqual({
      table: 'ledger.entries',
      key: 'id 1',
      expected: 'has_detail true',
      found: 'has_detail false',
    });
    expect(checkEntries({ ...right, entries: [{ ...entry(1n), hasDetail: true }] })).toMatchObject({
      found: 'has_detail true',
    });
  });

  test.each<[string, Partial<GroupRows>, readonly [table: string, key: string]]>([
    ['an approval without an entry', { entries: [entry(1n), entry(4n)] }, ['idempotency.outcomes', 'id 3']],
    [
      'an approval without an entry at the end',
      { entries: right.entries.slice(0, 2) },
      ['idempotency.outcomes', 'id 4'],
    ],
    [
      'a decline with an entry',
      { entries: [entry(1n), entry(2n), entry(3n), entry(4n)] },
      ['ledger.entries', 'id 2'],
    ],
    ['an entry too many', { entries: [entry(1n), ...right.entries] }, ['ledger.entries', 'id 1']],
    ['an entry too many at the end', { entries: [...right.entries, entry(4n)] }, ['ledger.entries', 'id 4']],
    [
      'an entry of another kind',
      { entries: [{ ...entry(1n), kind: 2 }, entry(3n), entry(4n)] },
      ['ledger.entries', 'id 1'],
    ],
    [
      'an entry in another bucket',
      { entries: [{ ...entry(1n), bucket: 1 }, entry(3n), entry(4n)] },
      ['ledger.entries', 'id 1'],
    ],
    [
      'an entry of another day',
      { entries: [entry(1n), { ...entry(3n), businessDate: '2026-11-21' }, entry(4n)] },
      ['ledger.entries', 'id 3'],
    ],
    [
      'a sum that is not zero',
      { postings: [...legs(1n), leg(3n, 24n, 100n), leg(3n, 16_000_002n, -99n)] },
      ['ledger.postings', 'entry 3'],
    ],
    [
      'a posting that is missing',
      { postings: [...legs(1n), leg(3n, 24n, 100n)] },
      ['ledger.postings', 'entry 3'],
    ],
    [
      'a posting of another day',
      {
        postings: [
          ...legs(1n),
          { ...leg(3n, 24n, 100n), businessDate: '2026-11-21' },
          leg(3n, 16_000_002n, -100n),
        ],
      },
      ['ledger.postings', 'entry 3, account 24'],
    ],
    [
      'a posting in another bucket',
      { postings: [leg(1n, 24n, 100n), { ...leg(1n, 16_000_002n, -100n), bucket: 3 }, ...legs(3n)] },
      ['ledger.postings', 'entry 1, account 16000002'],
    ],
    [
      'postings of a decline',
      { postings: [...legs(1n), ...legs(2n), ...legs(3n)] },
      ['ledger.postings', 'entry 2, account 24'],
    ],
    [
      'postings after the last entry',
      { postings: [...right.postings, leg(5n, 24n, 1n)] },
      ['ledger.postings', 'entry 5, account 24'],
    ],
  ])('are wrong with %s', (_, over, [table, key]) => {
    expect(checkEntries({ ...right, ...over })).toMatchObject({ table, key });
  });
});

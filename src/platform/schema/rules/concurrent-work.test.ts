import { describe, expect, test } from 'vitest';
import { concurrentWork } from './concurrent-work.ts';

describe('work beside the traffic', () => {
  test.each([
    [
      'create unique index concurrently "a_b" on "ledger"."entries" using btree ("x")',
      { kind: 'create-index', name: '"a_b"', schema: '"ledger"' },
    ],
    [
      'create index concurrently if not exists a on only ledger.entries (x)',
      { kind: 'create-index', name: 'a', schema: 'ledger' },
    ],
    ['drop index concurrently if exists ledger.a', { kind: 'drop-index', schema: 'ledger', name: 'a' }],
    [
      'alter table ledger.entries detach partition ledger.entries_2026 concurrently',
      { kind: 'detach', partition: 'ledger.entries_2026' },
    ],
    ['refresh materialized view concurrently a.b', { kind: 'other' }],
    ['create index a on ledger.entries (x)', { kind: 'other' }],
  ])('%s', (plain, work) => {
    expect(concurrentWork(plain)).toEqual(work);
  });
});

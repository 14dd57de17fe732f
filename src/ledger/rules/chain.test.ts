import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type GroupColumns, type GroupFacts, genesisHash, groupHash } from './chain.ts';

const facts: GroupFacts = {
  lane: 3,
  sequence: 8n,
  firstId: 77n,
  outcomeCount: 2,
  businessDate: '2026-11-22',
};
const columns: GroupColumns = {
  outcomes: ['{1,1}', '{77,78}'],
  entries: ['{1}', '{77}'],
  postings: ['{1,1}', '{-100,100}'],
};

describe('the hash of a group', () => {
  test('it is SHA-256 over the hash before, the facts and the columns, a line each', () => {
    const text = 'v1 3 8 77 2 2026-11-22\n#\n{1,1}\n{77,78}\n#\n{1}\n{77}\n#\n{1,1}\n{-100,100}';
    const wanted = createHash('sha256').update(genesisHash).update(text).digest('hex');
    expect(groupHash(genesisHash, facts, columns).toString('hex')).toBe(wanted);
  });

  test('a chain starts from 32 bytes of nothing', () => {
    expect(genesisHash).toEqual(Buffer.alloc(32));
  });

  test.for<Partial<GroupFacts>>([
    { lane: 4 },
    { sequence: 9n },
    { firstId: 78n },
    { outcomeCount: 3 },
    { businessDate: '2026-11-23' },
  ])('a group that says %o is another group', (other) => {
    expect(groupHash(genesisHash, { ...facts, ...other }, columns)).not.toEqual(
      groupHash(genesisHash, facts, columns),
    );
  });

  test.for<Partial<GroupColumns>>([
    { outcomes: ['{1,1}', '{77,79}'] },
    { entries: ['{1}', '{78}'] },
    { postings: ['{1,1}', '{-101,101}'] },
    { postings: ['{1,1}'] },
    { outcomes: ['{1,1}'], entries: ['{77,78}', '{1}', '{77}'] },
  ])('a fen, an id or a row changed in %o is seen', (other) => {
    expect(groupHash(genesisHash, facts, { ...columns, ...other })).not.toEqual(
      groupHash(genesisHash, facts, columns),
    );
  });

  test('a group changed long ago changes every hash after it', () => {
    const second = (first: Buffer) => groupHash(first, { ...facts, sequence: 9n }, columns);
    const honest = second(groupHash(genesisHash, facts, columns));
    const forged = second(groupHash(genesisHash, facts, { ...columns, postings: ['{1,1}', '{-1,1}'] }));
    expect(forged).not.toEqual(honest);
  });
});

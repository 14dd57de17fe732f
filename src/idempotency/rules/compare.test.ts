import { describe, expect, test } from 'vitest';
import { differingField, type Said } from './compare.ts';

const said: Said = {
  businessKey: '01000000-0000-0000-0000-000000000000',
  kind: 1,
  sector: 1,
  cardId: 1_000_000n,
  amountFen: 100n,
  originalId: null,
  localTime: '2026-11-22 08:00:00',
  detail: null,
};
const changed: Said = {
  businessKey: '02000000-0000-0000-0000-000000000000',
  kind: 2,
  sector: 2,
  cardId: 1_000_001n,
  amountFen: null,
  originalId: 7n,
  localTime: '2026-11-22 08:00:01',
  detail: 'final=1',
};

describe('a key that comes again', () => {
  test('the same request differs in nothing: it is a true repeat', () => {
    expect(differingField({ ...said }, said)).toBeNull();
  });

  test.for(Object.keys(said) as (keyof Said)[])('another %s is another request', (field) => {
    expect(differingField({ ...said, [field]: changed[field] }, said)).toBe(field);
    expect(differingField(said, { ...said, [field]: changed[field] })).toBe(field);
  });

  test('the first difference is named in a fixed order, and the trace number last', () => {
    expect(differingField(changed, said)).toBe('kind');
    expect(differingField({ ...said, amountFen: 101n, businessKey: changed.businessKey }, said)).toBe(
      'amountFen',
    );
  });

  test('no amount is another thing than nought', () => {
    expect(differingField({ ...said, amountFen: 0n }, { ...said, amountFen: null })).toBe('amountFen');
  });
});

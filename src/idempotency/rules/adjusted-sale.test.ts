import { expect, test } from 'vitest';
import { adjustedTraceSql } from './adjusted-sale.ts';

test('PostgreSQL reads the field where it stands alone, first, in between and last, and nothing that only looks like it', () => {
  const [, pattern = ''] = /regexp_match\(d, '(.*)'\)/.exec(adjustedTraceSql('d')) ?? [];
  const read = (detail: string) => new RegExp(pattern).exec(detail)?.[1] ?? null;
  expect(['adjusts=42', 'adjusts=7;line=5', 'a=1;adjusts=0;b=2', 'a=1;adjusts=999999'].map(read)).toEqual([
    '42',
    '7',
    '0',
    '999999',
  ]);
  for (const other of ['', 'final=1', 'readjusts=42', 'adjusts=x', 'note=adjusts=42', 'adjusts=1234567'])
    expect(read(other), other).toBeNull();
});

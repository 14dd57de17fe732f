import { expect, test } from 'vitest';
import { contentText } from './content.ts';

const content = {
  batchId: 12n,
  round: 1,
  programme: 'elder-2026',
  period: '2026-11',
  participantId: 600_001,
  terminalId: 6_000_011,
  purse: 'elder-care',
  lineCount: 2,
  totalFen: 18_000n,
  linesDigestHex: 'ab'.repeat(32),
};

test.each(Object.keys(content) as (keyof typeof content)[])('another %s is another content', (field) => {
  const value = content[field];
  const other = typeof value === 'string' ? `${value}x` : typeof value === 'bigint' ? value + 1n : value + 1;
  expect(contentText({ ...content, [field]: other })).not.toBe(contentText(content));
});

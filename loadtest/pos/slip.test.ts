import { expect, test } from 'vitest';
import type { Entry } from '#testing/pos/terminal-state.ts';
import { slipLines } from './slip.ts';

const place = {
  merchant: '海口骑楼小吃 Haikou Arcade Snacks',
  terminalId: 1_000_012,
  participantId: 100_001,
};
const entry: Entry = {
  ...{ kind: 'payment', trace: '000043', batch: '000007', amount: '000000001250', fields: {} },
  ...{ cardNumber: '6228480402564890', at: '2026-11-25 08:30:00', code: '00' },
  ...{ rrn: '0000000000A1', approval: '0000A1', reversal: null },
};

test('a slip says who, what, how much and what came of it, and of the card only its ends', () => {
  const text = slipLines(place, {
    entry,
    answer: { code: '00', fields: { 12: '083001' } },
    isReversed: false,
  }).join('\n');
  for (const part of [
    '签购单',
    '海口骑楼小吃',
    '01000012',
    '000000000100001',
    '622848******4890',
    '消费 SALE',
    '¥12.50',
  ])
    expect(text).toContain(part);
  for (const part of ['000043', '0000000000A1', '2026-11-25 08:30:01', '00 交易成功 approved'])
    expect(text).toContain(part);
  expect(text).not.toContain('6228480402564890');
});

test('what was declined, or not answered, is no receipt', () => {
  const declined = slipLines(place, { entry, answer: { code: '51', fields: {} }, isReversed: false }).join(
    '\n',
  );
  expect(declined).toContain('NOT A RECEIPT');
  expect(declined).toContain('51 余额不足 insufficient funds');
  const silent = slipLines(place, { entry: { ...entry, code: null }, answer: null, isReversed: true }).join(
    '\n',
  );
  expect(silent).toContain('已冲正');
});

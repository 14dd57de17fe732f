import { describe, expect, test } from 'vitest';
import { StartError } from '#platform/start-error.ts';
import type { Entry, PosKind } from '#testing/pos/terminal-state.ts';
import { leftOf, originalOf } from './originals.ts';

const entry = (trace: string, fen: number, over: Partial<Entry> = {}): Entry => ({
  ...{ kind: 'payment' as const, trace, batch: '000001', cardNumber: '9460000000000000', fields: {} },
  ...{ at: '2026-11-25 08:30:00', code: '00', rrn: `R${trace}`, approval: null, reversal: null },
  amount: String(fen).padStart(12, '0'),
  ...over,
});
const of = (kind: PosKind, trace: string) => ({ kind, fields: { 61: `000001${trace}1125` } });

const first = entry('000001', 500);
const second = entry('000002', 1_000);
const sales = [first, second];
const partBack = [...sales, entry('000003', 300, of('refund', '000002'))];
const allBack = [...partBack, entry('000004', 700, of('refund', '000002'))];

describe('the original that is proposed', () => {
  test('for a void is the last sale that nothing was given back of', () => {
    expect(originalOf(sales, 'void', 'last')).toBe(second);
    expect(originalOf(partBack, 'void', 'last')).toBe(first);
    const voided = [...sales, entry('000003', 1_000, of('void', '000002'))];
    expect(originalOf(voided, 'void', 'last')).toBe(first);
  });

  test('for a refund is the last sale of which something is left, and all that is left', () => {
    expect(originalOf(partBack, 'refund', 'last')).toBe(second);
    expect(leftOf(partBack, second)).toBe(700n);
    expect(originalOf(allBack, 'refund', 'last')).toBe(first);
    expect(() => leftOf(allBack, second)).toThrow(StartError);
  });

  test('is not kept from being so by a refund that was declined or reversed', () => {
    const declined = entry('000003', 300, { ...of('refund', '000002'), code: '13' });
    const reversed = entry('000004', 300, { ...of('refund', '000002'), reversal: '00' });
    expect(leftOf([...sales, declined, reversed], second)).toBe(1_000n);
    expect(originalOf([...sales, declined, reversed], 'void', 'last')).toBe(second);
  });

  test('for a completion is a hold that was not taken; for a cancellation that, or the completion', () => {
    const hold = entry('000005', 900, { kind: 'authorise' });
    const taken = entry('000006', 800, of('capture', '000005'));
    expect(originalOf([hold], 'complete', 'last')).toBe(hold);
    expect(() => originalOf([hold, taken], 'complete', 'last')).toThrow(StartError);
    expect(originalOf([hold, taken], 'cancel', 'last')).toBe(taken);
    const cancelled = entry('000007', 800, of('cancel-capture', '000006'));
    expect(() => originalOf([hold, taken, cancelled], 'cancel', 'last')).toThrow(StartError);
  });

  test('is the one of a reference or trace where that is said, known here or not', () => {
    expect(originalOf(allBack, 'void', 'R000002')).toBe(second);
    expect(originalOf(allBack, 'refund', '000001')).toBe(first);
    expect(originalOf(allBack, 'refund', '0a1b')).toEqual({ rrn: '0A1B', approval: null });
  });
});

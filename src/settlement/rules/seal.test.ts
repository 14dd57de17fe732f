import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { genesisSeal, type SealedDay, sealHash, sealText } from './seal.ts';

const head = (lane: number, fill: number) => ({ lane, sequence: 12n, hash: Buffer.alloc(32, fill) });
const net = (participantId: number) => ({
  participantId,
  creditFen: 1250n,
  debitFen: 0n,
  creditCount: 3,
  debitCount: 0,
});
const day: SealedDay = {
  businessDate: '2026-11-22',
  heads: [head(0, 0xaa), head(10, 0xbb)],
  nets: [net(7), net(900_001)],
};

describe('a seal', () => {
  test('is SHA-256 over a text that anyone can write from the figures', () => {
    const text = [
      'one-card day seal v1',
      `previous ${'00'.repeat(32)}`,
      'day 2026-11-22',
      `lane 0 12 ${'aa'.repeat(32)}`,
      `lane 10 12 ${'bb'.repeat(32)}`,
      'net 7 1250 0 3 0',
      'net 900001 1250 0 3 0',
      '',
    ].join('\n');
    expect(sealText(genesisSeal, day)).toBe(text);
    expect(sealHash(genesisSeal, day).toString('hex')).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test('does not depend on the order in which lanes and participants were read', () => {
    const turned = { ...day, heads: [...day.heads].reverse(), nets: [...day.nets].reverse() };
    expect(sealText(genesisSeal, turned)).toBe(sealText(genesisSeal, day));
  });

  test.each<[string, Buffer, SealedDay]>([
    ['the seal before', Buffer.alloc(32, 1), day],
    ['the date', genesisSeal, { ...day, businessDate: '2026-11-23' }],
    ['a lane head', genesisSeal, { ...day, heads: [head(0, 0xaa), head(10, 0xbc)] }],
    ['a lane less', genesisSeal, { ...day, heads: [head(0, 0xaa)] }],
    ['an amount', genesisSeal, { ...day, nets: [{ ...net(7), creditFen: 1251n }, net(900_001)] }],
    ['a count', genesisSeal, { ...day, nets: [{ ...net(7), debitCount: 1 }, net(900_001)] }],
  ])('is another one when %s is another', (_, previous, changed) => {
    expect(sealHash(previous, changed)).not.toEqual(sealHash(genesisSeal, day));
  });
});

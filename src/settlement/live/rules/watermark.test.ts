import { describe, expect, test } from 'vitest';
import { readWatermark, type Watermark, watermarkJson } from './watermark.ts';

const place = {
  lane: 3,
  sequence: 9_007_199_254_740_993n,
  firstId: 254_078_507_578_032_128n,
  outcomeCount: 512,
  businessDate: '2026-11-22',
  hash: Buffer.alloc(32, 7),
};
const mark: Watermark = {
  days: ['2026-11-22', '2026-11-23'],
  closedThrough: '2026-11-22',
  closedFen: new Map([
    [1, -9_007_199_254_740_993n],
    [16, 5n],
  ]),
  lanes: new Map([
    [3, { countedSequence: 12n, chained: place, walked: null }],
    [4, { countedSequence: 0n, chained: null, walked: null }],
  ]),
  holdsAfter: { bucket: 7, accountId: 16_000_034n, entryId: 254_078_507_578_032_128n },
  suspect: true,
};

describe('a watermark', () => {
  test('is read as it was kept, numbers beyond those of JSON too', () => {
    expect(readWatermark(JSON.parse(watermarkJson(mark)))).toEqual(mark);
    const bare = { ...mark, closedThrough: null, closedFen: new Map(), lanes: new Map(), holdsAfter: null };
    expect(readWatermark(JSON.parse(watermarkJson(bare)))).toEqual(bare);
  });

  test.each([
    ['nothing', null],
    ['a text', 'watermark'],
    ['another version', { ...JSON.parse(watermarkJson(mark)), version: 2 }],
    ['no lanes', { ...JSON.parse(watermarkJson(mark)), lanes: undefined }],
    ['a day that is none', { ...JSON.parse(watermarkJson(mark)), days: ['yesterday'] }],
    ['a sum that is no number', { ...JSON.parse(watermarkJson(mark)), closedFen: [[1, 'much']] }],
  ])('is none of ours where it is %s: all is counted anew', (_, kept) => {
    expect(readWatermark(kept)).toBeNull();
  });
});

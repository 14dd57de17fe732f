import { expect, inject, test } from 'vitest';
import { dialects } from '#iso8583/dialects.ts';
import { withFields } from '#iso8583/layout/with-fields.ts';
import { everyOtherWay } from '#testing/iso8583/every-other-way.ts';
import { fuzzFrames } from './iso8583-frames.ts';

/** A frame is read in microseconds; what takes this long hangs. The machine itself may stop for a while. */
const hangsMs = 2_000;
const layouts = [
  everyOtherWay,
  ...Object.values(dialects),
  withFields(dialects['cup-bcd'], {
    22: { pad: 'right' },
    43: { enc: 'gbk' },
    55: { tlv: true },
    63: { enc: 'utf8' },
  }),
];

test('whatever comes is read as it stands or refused: nothing crashes, hangs or is written as other bytes', () => {
  const frames = inject('fuzzFrames');
  const report = fuzzFrames(layouts, { frames, seed: inject('fuzzSeed') });
  const refused = Object.values(report.refused).reduce((sum, count) => sum + count, 0);
  expect(report.accepted + refused).toBe(frames);
  // Frames that are all refused, or for one reason, would try nothing.
  expect(report.accepted).toBeGreaterThan(frames / 20);
  expect(Object.keys(report.refused).sort()).toEqual([
    'no-layout',
    'too-short',
    'trailing-bytes',
    'wrong-bitmap',
    'wrong-content',
    'wrong-length',
    'wrong-mti',
    'wrong-padding',
  ]);
  expect(report.slowestMs).toBeLessThan(hangsMs);
  console.log(`${frames} frames: ${JSON.stringify(report)}`);
}, 600_000);

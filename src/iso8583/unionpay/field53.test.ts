import { describe, expect, test } from 'vitest';
import { readSecurityControl, type SecurityControl, writeSecurityControl } from './field53.ts';

describe('the security control of a message', () => {
  test.each<[string, SecurityControl]>([
    ['2600000000000000', { pin: 'with-card-number', key: 'double-length', isTrackEncrypted: false }],
    ['2610000000000000', { pin: 'with-card-number', key: 'double-length', isTrackEncrypted: true }],
    ['1000000000000000', { pin: 'without-card-number', key: 'single-length', isTrackEncrypted: false }],
    ['0610000000000000', { pin: 'none', key: 'double-length', isTrackEncrypted: true }],
  ])('%s says how PIN and tracks are enciphered', (value, control) => {
    expect(readSecurityControl(value)).toEqual(control);
    expect(writeSecurityControl(control)).toBe(value);
  });

  test.each([
    ['', 'wrong-content', null],
    ['26', 'wrong-length', null],
    ['26000000000000000', 'wrong-length', null],
    ['260000000000000A', 'wrong-content', null],
    ['3600000000000000', 'wrong-content', '53.1'],
    ['2500000000000000', 'wrong-content', '53.2'],
    ['2620000000000000', 'wrong-content', '53.3'],
    ['2600000000000001', 'wrong-content', '53.4'],
  ])('%s says nothing that is known', (value, error, subField) => {
    expect(readSecurityControl(value)).toEqual({ error, field: 53, subField });
  });
});

import { describe, expect, test } from 'vitest';
import { pathWith, staffReturnPath } from './staff-paths.ts';

describe('the way back after a sign-in', () => {
  test.each([
    '/staff',
    '/staff/audit?act=card-locked&after=17',
    '/staff/participants?name=%E6%A4%B0',
    '/staff/day/2026-11-22',
  ])('leads to a page of ours: %s', (path) => {
    expect(staffReturnPath(path)).toBe(path);
  });

  test.each([
    ...[
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/staffx',
      '/holder',
      '/staff/../holder',
    ],
    ...[
      '/staff//evil',
      '/staff/sign-in',
      '/staff/sign-out',
      '/staff/view?language=en',
      '/staff/assets/staff.css',
    ],
    ...[
      '/staff/audit/export?act=card-locked',
      '/staff/cards/12/review',
      `/staff/${'a'.repeat(500)}`,
      '/staff?x=<b>',
    ],
  ])('leads nowhere else: %s', (path) => {
    expect(staffReturnPath(path)).toBe('/staff');
  });

  test('is the first page where nothing was asked for', () => {
    expect(staffReturnPath(undefined)).toBe('/staff');
  });
});

test('a query holds what has a value, encoded', () => {
  expect(pathWith('/staff/audit', { act: null, subject: 'card 17', actor: '' })).toBe(
    '/staff/audit?subject=card+17',
  );
  expect(pathWith('/staff/audit', {})).toBe('/staff/audit');
});

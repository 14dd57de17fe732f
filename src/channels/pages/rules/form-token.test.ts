import { describe, expect, test } from 'vitest';
import { formToken, isFormToken } from './form-token.ts';

const secrets = { visit: 'a'.repeat(43), session: 'b'.repeat(43) };

describe("a form's token", () => {
  test('is taken with the cookies it was made for', () => {
    expect(isFormToken(formToken(secrets), secrets)).toBe(true);
  });

  test('does not show the secrets behind it', () => {
    expect(formToken(secrets)).not.toContain('aaaa');
    expect(formToken(secrets)).toMatch(/^[\w-]{43}$/);
  });

  test.each([
    ['another visit', { ...secrets, visit: 'c'.repeat(43) }],
    ['another session', { ...secrets, session: 'c'.repeat(43) }],
    ['no session any more', { ...secrets, session: '' }],
    ['no cookie at all', { visit: '', session: '' }],
  ])('is refused with %s', (_, others) => {
    expect(isFormToken(formToken(secrets), others)).toBe(false);
  });

  test.each([undefined, '', 'x', formToken(secrets).slice(1)])('%s is none', (given) => {
    expect(isFormToken(given, secrets)).toBe(false);
  });

  test('made without a cookie is refused even where it would be right', () => {
    const none = { visit: '', session: '' };
    expect(isFormToken(formToken(none), none)).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentSeal, isContentSeal } from './content-seal.ts';

const secrets = { visit: 'v'.repeat(43), session: 's'.repeat(43) };

describe('the seal of a confirmation', () => {
  test('fits what was shown, and nothing else', () => {
    const content = fc.array(fc.string(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(content, content, (shown, sent) => {
        const seal = contentSeal(secrets, shown);
        expect(isContentSeal(seal, secrets, shown)).toBe(true);
        expect(isContentSeal(seal, secrets, sent)).toBe(JSON.stringify(sent) === JSON.stringify(shown));
      }),
    );
  });

  test('keeps the pieces apart: what moves from one field to the next is another content', () => {
    expect(contentSeal(secrets, ['lock', 'card'])).not.toBe(contentSeal(secrets, ['lockcard', '']));
  });

  test('is of one session: another one, or none, has no seal', () => {
    const seal = contentSeal(secrets, ['lock']);
    expect(isContentSeal(seal, { ...secrets, session: 'other' }, ['lock'])).toBe(false);
    const nobody = { ...secrets, session: '' };
    expect(isContentSeal(contentSeal(nobody, ['lock']), nobody, ['lock'])).toBe(false);
    expect(isContentSeal(undefined, secrets, ['lock'])).toBe(false);
  });
});

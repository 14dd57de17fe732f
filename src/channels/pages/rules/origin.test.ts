import { describe, expect, test } from 'vitest';
import { isOwnSender } from './origin.ts';

const host = '127.0.0.1:8080';
const own = 'http://127.0.0.1:8080';
const site = 'same-origin';

describe('a form', () => {
  test.each([
    [{ origin: own, site, host }, undefined],
    [{ origin: own, site: undefined, host }, undefined],
    [{ origin: 'null', site, host }, undefined],
    [{ origin: undefined, site, host }, undefined],
    [{ origin: 'https://card.example', site, host }, 'https://card.example/'],
  ])('%o at %s is from our own pages', (sender, publicUrl) => {
    expect(isOwnSender(sender, publicUrl)).toBe(true);
  });

  test.each([
    [{ origin: 'https://evil.example', site: undefined, host }, undefined],
    [{ origin: own, site: 'cross-site', host }, undefined],
    [{ origin: own, site: 'same-site', host }, undefined],
    [{ origin: own, site: 'none', host }, undefined],
    [{ origin: undefined, site: undefined, host }, undefined],
    [{ origin: 'null', site: undefined, host }, undefined],
    [{ origin: 'nonsense', site, host }, undefined],
    [{ origin: own, site, host }, 'https://card.example'],
    [{ origin: 'http://card.example', site, host }, 'https://card.example'],
  ])('%o at %s is not', (sender, publicUrl) => {
    expect(isOwnSender(sender, publicUrl)).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { returnPath, shownPath } from './return-path.ts';

describe('after signing in', () => {
  test.each(['/holder', '/holder/history', '/holder/history?before=123', '/holder/loss/confirm?kind=formal'])(
    'a person goes back to %s',
    (path) => expect(returnPath(path)).toBe(path),
  );

  test.each([
    undefined,
    '',
    '/',
    '/v1/payments',
    '/holderx',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/holder',
    '/holder/../v1',
    '/holder//evil.example',
    '/holder/history?x=<script>',
    '/holder/history?before=1#there',
    '/holder\n/history',
    '/holder/sign-in?back=/holder',
    '/holder/sign-out',
    '/holder/view?language=en',
    `/holder/${'a'.repeat(300)}`,
  ])('%s is no way back: the first page it is', (path) => expect(returnPath(path)).toBe('/holder'));
});

describe('the address that links of a page lead back to', () => {
  test.each([
    ['', '/holder/loss/confirm'],
    ['kind=formal', '/holder/loss/confirm?kind=formal'],
    ['card=9460000000000000&kind=formal&9460000000000000=1', '/holder/loss/confirm?kind=formal'],
    ['9460000000000000', '/holder/loss/confirm'],
    ['before=9460000000000000', '/holder/loss/confirm'],
  ])('keeps of "%s" what our own links ask with', (query, path) => {
    expect(shownPath('/holder/loss/confirm', new URLSearchParams(query))).toBe(path);
  });
});

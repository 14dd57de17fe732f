import { describe, expect, test } from 'vitest';
import { returnPath } from './return-path.ts';

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

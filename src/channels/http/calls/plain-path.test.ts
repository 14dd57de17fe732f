import { expect, test } from 'vitest';
import { isPlainPath } from './plain-path.ts';

test.for([
  '/metrics',
  '/',
  '/v1/card-accounts/1000000/balances?after=%2e%2e/../x#y',
  '/v1/participants/mine/transactions/1000000-2515',
  '/holder/assets/mark.abc_-12.svg',
  '/staff/%E4%B8%AD',
  '/a..b/...',
  '/x%20y%2Fz%3Fq',
  'http://card.example/metrics',
  'https://card.example',
  '*',
])('%s is plain', (path) => {
  expect(isPlainPath(path)).toBe(true);
});

test.for([
  '/%6detrics',
  '/%6Detrics',
  '/metric%73',
  '/%4detrics',
  '/v%31/books',
  '/x/../metrics',
  '/x/%2e%2e/metrics',
  '/x/.%2E/metrics',
  '/./metrics',
  '/metrics/.',
  '/metrics/..?x',
  '/metrics#a',
  'http://card.example/x/../metrics',
  ...[...'azAZoOpP059-._~'].map((letter) => `/%${letter.charCodeAt(0).toString(16)}`),
])('%s is not', (path) => {
  expect(isPlainPath(path)).toBe(false);
});

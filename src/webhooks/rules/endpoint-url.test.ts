import { describe, expect, test } from 'vitest';
import { addressIn, endpointUrl, isLocalName } from './endpoint-url.ts';

const strict = { privateNetworks: false };
const open = { privateNetworks: true };

describe('where private networks are not called', () => {
  test.for([
    ['https://partner.example/hooks?shop=7', 'https://partner.example/hooks?shop=7'],
    ['https://partner.example', 'https://partner.example/'],
    ['https://8.8.8.8:8443/x', 'https://8.8.8.8:8443/x'],
    ['https://[2606:4700::1111]/x', 'https://[2606:4700::1111]/x'],
    ['https://bücher.example/x', 'https://xn--bcher-kva.example/x'],
  ])('%s is called', ([text, kept]) => {
    expect(endpointUrl(text as string, strict)).toBe(kept);
  });

  test.for([
    'http://partner.example/x',
    'ftp://partner.example/x',
    'file:///etc/passwd',
    'partner.example',
    'https://user:secret@partner.example/',
    'https://user@partner.example/',
    'https://partner.example/#part',
    'https://partner.example/#',
    'https://localhost/',
    'https://a.localhost./',
    'https://127.0.0.1/',
    // The same address as people hide it: the URL standard writes all of them alike.
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    `https://partner.example/${'x'.repeat(500)}`,
    'https://partner.example/a@b',
  ])('%s is not', (text) => {
    expect(endpointUrl(text, strict)).toBeNull();
  });
});

test('where private networks are called, plain http and this machine may be too, and nothing else', () => {
  expect(endpointUrl('http://127.0.0.1:9/x', open)).toBe('http://127.0.0.1:9/x');
  expect(endpointUrl('https://localhost/x', open)).toBe('https://localhost/x');
  expect(endpointUrl('ftp://127.0.0.1/x', open)).toBeNull();
  expect(endpointUrl('http://user:x@127.0.0.1/', open)).toBeNull();
});

test('an address is told from a name', () => {
  expect(addressIn(new URL('https://[::1]:8/'))).toBe('::1');
  expect(addressIn(new URL('https://127.1/'))).toBe('127.0.0.1');
  expect(addressIn(new URL('https://1.example/'))).toBeNull();
  expect(isLocalName('localhost.example')).toBe(false);
});

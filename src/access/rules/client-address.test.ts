import { expect, test } from 'vitest';
import { clientAddress, type SeenConnection } from './client-address.ts';

const seen = (peer: string, forwardedFor = '') => ({ peer, forwardedFor });

test.for<readonly [string, SeenConnection, string | undefined, string]>([
  ['without a proxy no header is believed', seen('192.0.2.1', '198.51.100.7'), undefined, '192.0.2.1'],
  ['nor from anybody but the proxy', seen('192.0.2.1', '198.51.100.7'), '10.0.0.1', '192.0.2.1'],
  ['the proxy says who it speaks for', seen('10.0.0.1', '198.51.100.7'), '10.0.0.1', '198.51.100.7'],
  ['also as a part of IPv6', seen('::ffff:10.0.0.1', '198.51.100.7'), '10.0.0.1', '198.51.100.7'],
  [
    'what a client wrote before it is not looked at',
    seen('::1', '1.1.1.1, 2001:db8::5'),
    '::1',
    '2001:db8::5',
  ],
  ['a text that is no address is the proxy itself', seen('::1', '198.51.100.7, unknown'), '::1', '::1'],
  ['a proxy that says nothing is the client', seen('::1'), '::1', '::1'],
])('%s', ([, connection, proxy, expected]) => expect(clientAddress(connection, proxy)).toBe(expected));

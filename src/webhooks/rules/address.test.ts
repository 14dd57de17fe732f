import { expect, test } from 'vitest';
import { isPublicAddress } from './address.ts';

test.for([
  ['an ordinary address', '93.184.215.14'],
  ['a name server that everybody knows', '8.8.8.8'],
  ['the last before the private block', '9.255.255.255'],
  ['the first after a carrier’s block', '100.128.0.0'],
  ['an ordinary address of IPv6', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  ['a public address, mapped into IPv6', '::ffff:8.8.8.8'],
  ['a public address behind NAT64', '64:ff9b::808:808'],
])('%s is public: %s', ([, address]) => {
  expect(isPublicAddress(address as string)).toBe(true);
});

test.for([
  ['this network', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['a carrier’s', '100.64.0.1'],
  ['a carrier’s, where a cloud keeps its metadata', '100.100.100.200'],
  ['link-local, where clouds keep their metadata', '169.254.169.254'],
  ['of protocols', '192.0.0.192'],
  ['for documents', '192.0.2.1'],
  ['for documents', '198.51.100.1'],
  ['for documents', '203.0.113.1'],
  ['a relay of 6to4', '192.88.99.1'],
  ['for benchmarks', '198.18.0.1'],
  ['for benchmarks', '198.19.255.255'],
  ['multicast', '224.0.0.1'],
  ['multicast', '239.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['loopback, mapped', '::ffff:127.0.0.1'],
  ['loopback, mapped, in hexadecimal', '::ffff:7f00:1'],
  ['metadata, mapped', '::ffff:169.254.169.254'],
  ['loopback as an old compatible address', '::127.0.0.1'],
  ['loopback behind NAT64', '64:ff9b::7f00:1'],
  ['private behind NAT64', '64:ff9b::a00:1'],
  ['NAT64 of a network’s own', '64:ff9b:1::808:808'],
  ['a tunnel of 6to4 into a private network', '2002:a00:1::1'],
  ['a tunnel of Teredo', '2001:0:808:808::1'],
  ['unique local', 'fc00::1'],
  ['unique local, where a cloud keeps its metadata', 'fd00:ec2::254'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['for documents', '2001:db8::1'],
  ['for documents', '3fff::1'],
  ['discarded', '100::1'],
  ['no unicast block', '4000::1'],
  ['a name', 'localhost'],
  ['nothing', ''],
])('%s is not public: %s', ([, address]) => {
  expect(isPublicAddress(address as string)).toBe(false);
});

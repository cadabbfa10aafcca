import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, refusedRanges } from '../../../server/domain-proof/public-address.ts';

describe('addresses that domain proofs may connect to', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.215.14',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
  ])('are public ones such as %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each(['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2400:cb00::1'])(
    'are public ones such as %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ['private', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
    [
      'link-local, and metadata services',
      '169.254.169.254',
      '169.254.0.1',
      'fe80::1',
      'febf::1',
      'fd00:ec2::254',
    ],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
    ['unique-local', 'fc00::1', 'fd12:3456:789a::1', 'fdff:ffff::1'],
    ['site-local', 'fec0::1'],
    ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
    ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
    ['benchmarks', '198.18.0.1', '198.19.255.255', '2001:2::1'],
    ['reserved and broadcast', '240.0.0.1', '255.255.255.255', '192.0.0.8'],
    [
      'IPv4 in IPv6',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      '::ffff:7f00:1',
      '0:0:0:0:0:ffff:a00:1',
      '::127.0.0.1',
    ],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b:1::a00:1'],
    ['6to4 and Teredo', '2002:7f00:1::', '2001:0:4136:e378::1'],
    ['discard', '100::1'],
  ])('are not %s', (_what, ...addresses) => {
    for (const address of addresses) expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });

  it('are no names, numbers, zones or other spellings', () => {
    for (const text of [
      'localhost',
      '2130706433',
      '0x7f000001',
      '127.1',
      '0177.0.0.1',
      'fe80::1%eth0',
      '[::1]',
      '',
      ' 8.8.8.8',
    ]) {
      expect([text, isPublicAddress(text)]).toEqual([text, false]);
    }
  });

  it('leave out both ends of every refused range', () => {
    for (const [network, prefix, what] of refusedRanges) {
      const last = lastOf(network, prefix);
      expect([what, network, isPublicAddress(network)]).toEqual([what, network, false]);
      expect([what, last, isPublicAddress(last)]).toEqual([what, last, false]);
      const list = new BlockList();
      list.addSubnet(network, prefix, isIP(network) === 4 ? 'ipv4' : 'ipv6');
      expect(list.check(last, isIP(last) === 4 ? 'ipv4' : 'ipv6')).toBe(true);
    }
  });
});

/** The last address of a subnet. */
function lastOf(network: string, prefix: number): string {
  if (isIP(network) === 4) {
    const value =
      network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + 2 ** (32 - prefix) - 1;
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  }
  const [head = '', tail = ''] = network.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const value =
    groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) |
    ((1n << BigInt(128 - prefix)) - 1n);
  return Array.from({ length: 8 }, (_, i) => ((value >> BigInt(16 * (7 - i))) & 0xffffn).toString(16)).join(
    ':',
  );
}

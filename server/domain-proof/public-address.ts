// Which addresses the service may connect to when somebody names a domain: those of the public internet and no others.
//
// Forgery of requests by the server (SSRF) goes for what only the server reaches: itself, its own network, the metadata
// service of its cloud. Refused are the special-purpose registries of IANA (RFC 6890 and what updates it), multicast,
// reserved space, and every way of writing an IPv4 address inside an IPv6 one, whatever it holds.

import { BlockList, isIP } from 'node:net';

/** What is refused, with what it is; the list that tests go through. */
export const refusedRanges: readonly (readonly [network: string, prefix: number, what: string])[] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'shared by carriers (CGNAT)'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved for protocols'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.31.196.0', 24, 'AS112'],
  ['192.52.193.0', 24, 'AMT'],
  ['192.88.99.0', 24, '6to4 relays'],
  ['192.168.0.0', 16, 'private'],
  ['192.175.48.0', 24, 'AS112'],
  ['198.18.0.0', 15, 'benchmarks'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
  // IPv6: only 2000::/3 is global unicast; the rest, loopback and unspecified, unique-local, link-local and multicast
  // among it, falls to the two lines around it.
  ['::', 3, 'not global unicast: unspecified, loopback, IPv4-mapped, NAT64, discard'],
  ['2001::', 23, 'reserved for protocols: Teredo, ORCHID, benchmarks'],
  ['2001:db8::', 32, 'documentation'],
  ['2002::', 16, '6to4'],
  ['2620:4f:8000::', 48, 'AS112'],
  ['3fff::', 20, 'documentation'],
  ['4000::', 2, 'not global unicast'],
  ['8000::', 1, 'not global unicast: unique-local, link-local, site-local, multicast'],
];

// One list for each family: Node takes an IPv4 address for its mapped IPv6 form, which `::/3` would then hold.
const refused = { 4: new BlockList(), 6: new BlockList() };
for (const [network, prefix] of refusedRanges) {
  if (isIP(network) === 4) refused[4].addSubnet(network, prefix, 'ipv4');
  else refused[6].addSubnet(network, prefix, 'ipv6');
}

/** Whether an address may be connected to; false for what is no address at all. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  // A zone (fe80::1%eth0) is for links only.
  if (address.includes('%')) return false;
  if (family === 4) return !refused[4].check(address, 'ipv4');
  return family === 6 && !refused[6].check(address, 'ipv6');
}

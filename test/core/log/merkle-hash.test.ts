import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../core/bytes.ts';
import { leafHash, nodeHash } from '../../../core/log/merkle-hash.ts';
import { expectCode } from '../../support/matchers.ts';

// Test data of transparency-dev/merkle, testonly/constants.go.
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const leafHashes = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7',
  '07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7',
  'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  '4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658',
  'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
  '46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1',
];

describe('the hashes of the tree', () => {
  it.each(leaves.map((leaf, i) => [leaf, leafHashes[i]]))(
    'hash the leaf %j as everybody does',
    (leaf, hash) => {
      expect(toHex(leafHash(fromHex(leaf)))).toBe(hash);
    },
  );

  it('hash nodes as everybody does: the root of eight leaves', () => {
    let level = leaves.map((leaf) => leafHash(fromHex(leaf)));
    while (level.length > 1) {
      level = level.flatMap((left, i) => (i % 2 === 0 ? [nodeHash(left, level[i + 1]!)] : []));
    }
    expect(toHex(level[0]!)).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('refuse a node whose children are not hashes', async () => {
    await expectCode('ledger-corrupt', () => nodeHash(new Uint8Array(31), new Uint8Array(33)));
  });

  it('keep leaves and nodes apart: no record has the hash of a node', () => {
    const left = leafHash(fromHex('00'));
    const right = leafHash(fromHex('10'));
    const asRecord = new Uint8Array([...left, ...right]);
    expect(toHex(leafHash(asRecord))).not.toBe(toHex(nodeHash(left, right)));
  });
});

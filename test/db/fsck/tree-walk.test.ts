import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../core/bytes.ts';
import { growTree, edgeTiles, type TileBytes } from '../../../core/log/grow.ts';
import { emptyRoot, leafHash } from '../../../core/log/merkle-hash.ts';
import { tilesBetween } from '../../../core/log/tile.ts';
import { TreeWalk } from '../../../db/fsck/tree-walk.ts';
import { rootByDefinition, someLeaves } from '../../support/memory-log.ts';

const name = ({ level, index }: { level: number; index: number }): string => `${level}/${index}`;

describe('walking over leaves', () => {
  it('gives the root of every size on the way', () => {
    const leaves = someLeaves(300);
    const walk = new TreeWalk();
    expect(walk.root()).toEqual(emptyRoot);
    for (const [position, leaf] of leaves.entries()) {
      walk.append(leaf);
      expect(walk.size).toBe(position + 1);
      if (position % 7 === 0 || position > 250) {
        expect(walk.root()).toEqual(rootByDefinition(leaves.slice(0, position + 1)));
      }
    }
  });

  it('gives every tile of every level once, as growing the tree does, beyond 65,536 entries', () => {
    const size = 66_000;
    const walk = new TreeWalk();
    const tiles = new Map<string, TileBytes>();
    let head = { size: 0, root: emptyRoot };
    let edge: readonly TileBytes[] = [];
    const grown = new Map<string, TileBytes>();
    for (let at = 0; at < size; at += 6_000) {
      const leaves = Array.from({ length: 6_000 }, (_, offset) => leafHash(utf8(String(at + offset))));
      for (const leaf of leaves) {
        for (const tile of walk.append(leaf)) {
          expect(tiles.has(name(tile))).toBe(false);
          tiles.set(name(tile), tile);
        }
      }
      const growth = growTree(head, edge, leaves);
      for (const tile of growth.tiles) grown.set(name(tile), tile);
      head = growth.head;
      edge = edgeTiles(head.size).map((tile) => grown.get(name(tile))!);
    }
    for (const tile of walk.partialTiles()) tiles.set(name(tile), tile);
    expect([...tiles.keys()].sort()).toEqual([...tilesBetween(0, size)].map(name).sort());
    for (const [path, { hashes }] of grown) expect(toHex(tiles.get(path)!.hashes)).toBe(toHex(hashes));
    expect(walk.root()).toEqual(head.root);
  });
});

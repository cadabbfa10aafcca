// Tessera's public test log, written again by our code from its public test key and its 15 words: every checkpoint, tile and
// bundle of the module's testdata, byte for byte. Read from Go's module cache, and copied nowhere.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { formatCheckpoint } from '../../core/log/checkpoint.ts';
import { formatBundle, parseBundle } from '../../core/log/entry-bundle.ts';
import { growTree, type TileBytes, type TreeHead } from '../../core/log/grow.ts';
import { emptyRoot, leafHash } from '../../core/log/merkle-hash.ts';
import { parsePrivateKey, parseVerifierKey, type PrivateKey } from '../../core/log/note-key.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { formatNote } from '../../core/log/note.ts';
import { openCheckpoint } from '../../core/log/open-checkpoint.ts';
import { bundlePath, tilePath } from '../../core/log/tile.ts';
import { VerifiedTree } from '../../core/log/tile-reader.ts';
import { tessera } from '../core/log/support/known-answers.ts';
import { buildTimeout, describeWithGo, moduleFolder } from '../support/go.ts';

const words = tessera.entries;
const sizes = Array.from({ length: words.length + 1 }, (_, size) => size);

describeWithGo("Tessera's test log", () => {
  let log = '';
  let key: PrivateKey;
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(join(log, path)));

  beforeAll(async () => {
    log = join(await moduleFolder('github.com/transparency-dev/tessera'), 'testdata/log');
    key = await parsePrivateKey(tessera.privateKey);
  }, buildTimeout);

  it('is there: 16 checkpoints, 15 tiles and 15 bundles', () => {
    expect(readdirSync(log).filter((name) => name.startsWith('checkpoint.'))).toHaveLength(16);
    expect(readdirSync(join(log, 'tile/0/000.p'))).toHaveLength(15);
    expect(readdirSync(join(log, 'tile/entries/000.p'))).toHaveLength(15);
  });

  it.each(sizes)('at size %i is written again, byte for byte', async (size) => {
    let head: TreeHead = { size: 0, root: emptyRoot };
    let tiles: readonly TileBytes[] = [];
    for (const word of words.slice(0, size)) ({ head, tiles } = growTree(head, tiles, [leafHash(word)]));
    const text = formatCheckpoint({ origin: tessera.origin, ...head });
    const note = formatNote({ text, signatures: [await signNote(key, text, 0)] });
    expect(note).toBe(readFileSync(join(log, `checkpoint.${size}`), 'utf8'));
    for (const { level, index, hashes } of tiles) {
      expect(hashes).toEqual(read(tilePath({ level, index, width: size })));
    }
    if (size > 0) {
      const bundle = read(bundlePath({ index: 0, width: size }));
      expect(formatBundle(words.slice(0, size))).toEqual(bundle);
      expect(parseBundle(bundle, size)).toEqual(words.slice(0, size));
    }
  });

  it('is read and verified as a log that somebody hands us', async () => {
    const keys = [parseVerifierKey(tessera.verifierKey)];
    for (const size of sizes.slice(1)) {
      const checkpoint = await openCheckpoint(readFileSync(join(log, `checkpoint.${size}`), 'utf8'), keys);
      const tree = new VerifiedTree(checkpoint, { tile: (tile) => Promise.resolve(read(tilePath(tile))) });
      for (let i = 0; i < size; i++) expect(await tree.leafHash(i)).toEqual(leafHash(words[i]!));
    }
  });
});

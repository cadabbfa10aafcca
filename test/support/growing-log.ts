// A log that grows and can fork, for tests of witnesses: signed checkpoints at any size, and proofs between them.

import { utf8 } from '../../core/bytes.ts';
import { formatCheckpoint } from '../../core/log/checkpoint.ts';
import { leafHash } from '../../core/log/merkle-hash.ts';
import {
  formatVerifierKey,
  makePrivateKey,
  type PrivateKey,
  type VerifierKey,
} from '../../core/log/note-key.ts';
import { signNote } from '../../core/log/note-signature.ts';
import { formatNote } from '../../core/log/note.ts';
import { computeRoot, proveConsistency } from '../../core/log/tree.ts';
import { readerOf, treeLevels } from './memory-log.ts';

export const growingOrigin = 'log.example.org/growing';

export class GrowingLog {
  readonly key: VerifierKey;
  readonly vkey: string;
  readonly #signer: PrivateKey;
  readonly #read: ReturnType<typeof readerOf>;

  private constructor(signer: PrivateKey, leaves: readonly Uint8Array[]) {
    this.#signer = signer;
    this.#read = readerOf(treeLevels(leaves));
    this.key = signer.key;
    this.vkey = formatVerifierKey(signer.key);
  }

  /** Up to `count` entries; from index `forkAt` on they are others than those of every other log. */
  static async make(count: number, forkAt = count, origin = growingOrigin): Promise<GrowingLog> {
    const leaves = Array.from({ length: count }, (_, i) =>
      leafHash(utf8(i < forkAt ? `entry ${i}` : `entry ${i} of a fork at ${forkAt}`)),
    );
    return new GrowingLog(await makePrivateKey(origin, 'ed25519', new Uint8Array(32).fill(77)), leaves);
  }

  root(size: number): Uint8Array {
    return computeRoot(size, this.#read);
  }

  /** A signed checkpoint. */
  async note(size: number): Promise<string> {
    const text = formatCheckpoint({ origin: this.key.name, size, root: this.root(size) });
    return formatNote({ text, signatures: [await signNote(this.#signer, text, 0)] });
  }

  prove(from: number, to: number): Uint8Array[] {
    return proveConsistency(from, to, this.#read);
  }
}

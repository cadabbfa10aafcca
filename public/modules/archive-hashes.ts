// Every digest of an archive, from its bytes alone: what a lockfile names and what a reviewer of the unpacked tree names.
//
// The same code as trust-check's. An archive that this page cannot unpack still has the digests of the file.

import { archiveDigests } from '../../core/digest/archive-digests.ts';
import { digestEntries, type DigestSet } from '../../core/digest/digest-set.ts';
import { fileDigests } from '../../core/digest/file-digest.ts';
import { portableHashers, type HasherFactory } from '../../core/digest/hasher.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';

export interface ArchiveHashes {
  readonly digests: DigestSet;
  /** Why there are no digests of what is inside; undefined when there are. */
  readonly note: string | undefined;
}

export interface HashOptions {
  /** Whether it is a Go module's zip, which has a hash of its own. */
  readonly go?: boolean;
  /** Told every few megabytes, with all that was hashed so far. */
  readonly onBytes?: (bytes: number) => void;
}

const reportEvery = 4 * 1024 * 1024;

/** The digests of an archive. Throws nothing that the archive could be to blame for: then there is a note. */
export async function hashArchive(bytes: Uint8Array, options: HashOptions = {}): Promise<ArchiveHashes> {
  const { go = false, onBytes } = options;
  const hashers = onBytes === undefined ? portableHashers : counting(onBytes);
  try {
    return { digests: await unpacked(bytes, go, hashers), note: undefined };
  } catch (error) {
    const digests = await fileDigests([bytes], ['sha512', 'sha256', 'sha1'], hashers);
    const why = error instanceof TrustError ? error.message : 'This page cannot unpack it.';
    return { digests, note: `Only the file itself was hashed. ${why}` };
  }
}

/** As the fields of the form take them, one a line; weak ones are left out, since they decide nothing. */
export function digestLines(digests: DigestSet): string {
  return digestEntries(digests)
    .filter(([key]) => key !== 'sha1' && key !== 'md5')
    .map(([key, hex]) => `${key}: ${hex}`)
    .join('\n');
}

async function unpacked(bytes: Uint8Array, go: boolean, hashers: HasherFactory): Promise<DigestSet> {
  try {
    return (await archiveDigests(bytes, { go, hashers, layout: { kind: 'one-folder' } })).digests;
  } catch (error) {
    // Content beside a folder at the top, or none: then the archive is taken as it is.
    if (!isTrustError(error, 'archive-unsafe')) throw error;
    return (await archiveDigests(bytes, { go, hashers, layout: { kind: 'flat' } })).digests;
  }
}

function counting(onBytes: (bytes: number) => void): HasherFactory {
  let total = 0;
  let told = 0;
  return (algorithm) => {
    const hasher = portableHashers(algorithm);
    return {
      update(bytes) {
        hasher.update(bytes);
        total += bytes.length;
        if (total - told >= reportEvery) {
          told = total;
          onBytes(total);
        }
      },
      digest: () => hasher.digest(),
    };
  };
}

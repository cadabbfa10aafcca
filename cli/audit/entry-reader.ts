// Where the documents of entries and the certificates of their authors come from.

import type { DocumentLine } from '../../core/api/ledger.ts';
import type { Identity } from '../../core/identity.ts';
import type { LedgerSource } from '../../core/log/ledger-source.ts';
import type { VerifiedTree } from '../../core/log/tile-reader.ts';
import { bundlesBetween, tileWidthAt, type BundleId } from '../../core/log/tile.ts';
import { hashText } from '../../core/statement/canonical.ts';
import type { CertificateEntries } from './certificate-entries.ts';
import { isSilence } from './judge-answer.ts';
import type { EntryReader } from './open-entry.ts';
import { readEntry, type VerifiedEntry } from './read-entries.ts';

export interface ReaderScene {
  readonly source: LedgerSource;
  readonly certificates: CertificateEntries;
  /** The newest certificate of an identity, armoured, as the ledger has it. Throws like the source. */
  readonly certificate: (identity: Identity) => Promise<string | undefined>;
  /** Whether documents that can't be had are waited for: then the source's error is thrown. */
  readonly patient: boolean;
}

/**
 * Documents of one bundle, fetched when the first is asked for, and certificates: from the log itself where they were read
 * past, from the ledger's answers where they stand before the monitor's first entry.
 */
export function entryReader(
  bundle: BundleId,
  tree: VerifiedTree,
  entries: readonly VerifiedEntry[],
  { source, certificates, certificate, patient }: ReaderScene,
): EntryReader {
  let lines: Promise<readonly DocumentLine[]> | undefined;
  const orNothing = async <T>(read: Promise<T | undefined>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (error) {
      if (!patient && isSilence(error)) return undefined;
      throw error;
    }
  };
  const document = async (index: number): Promise<DocumentLine | undefined> =>
    (await (lines ??= source.documents(bundle))).find((line) => line.index === index);
  const own = certificatesIn(entries);
  const logged = async (identity: Identity): Promise<string | undefined> => {
    const here = own.get(identity);
    if (here !== undefined) return (await document(here))?.document;
    const index = certificates.find(identity);
    return index === undefined ? undefined : documentAt(tree, source, index);
  };
  return {
    document: (index) => orNothing(document(index)),
    certificate: async (identity) =>
      (await orNothing(logged(identity))) ?? (await orNothing(certificate(identity))),
  };
}

/** Index of the newest certificate of each identity among entries. */
function certificatesIn(entries: readonly VerifiedEntry[]): ReadonlyMap<Identity, number> {
  const newest = new Map<Identity, number>();
  for (const { index, leaf } of entries) {
    if (leaf?.kind === 'certificate') newest.set(leaf.author, index);
  }
  return newest;
}

/** The document of an entry that was read past; undefined when another is handed out in its place. */
async function documentAt(
  tree: VerifiedTree,
  source: LedgerSource,
  index: number,
): Promise<string | undefined> {
  const leaf = (await readEntry(tree, source, index))?.leaf;
  const [bundle] = bundlesBetween(index, Math.min(tree.checkpoint.size, index + 1));
  if (leaf === undefined || bundle === undefined) return undefined;
  const width = tileWidthAt(0, bundle.index, tree.checkpoint.size);
  const lines = await source.documents({ index: bundle.index, width });
  const text = lines.find((line) => line.index === index)?.document;
  return text !== undefined && hashText(text) === leaf.documentHash ? text : undefined;
}

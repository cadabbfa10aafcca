// fsck: a whole ledger derived again from its entries and documents, and compared with every byte that it hands out.
//
// It goes through to the end whatever it finds, by the mirror's own pipeline (cli/mirror/judge-bundles.ts). Statements that
// can't be judged because something before them is damaged are counted, not accused.

import { fromUtf8 } from '../../core/bytes.ts';
import { TrustError } from '../../core/errors.ts';
import { parseDocumentLine, splitLines } from '../../core/log/document-lines.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { hashBytes } from '../../core/log/merkle-hash.ts';
import {
  bundlePath,
  documentsPath,
  hashAt,
  tileWidth,
  tileWidthAt,
  type BundleId,
} from '../../core/log/tile.ts';
import type { WitnessPolicy } from '../../core/log/witness-policy.ts';
import { CertificateBook } from '../mirror/certificate-book.ts';
import { judgeBundles, type JudgedBundle } from '../mirror/judge-bundles.ts';
import { postingBytes, postingIndex, PostingList, postingTypes, prefixBytes } from '../mirror/posting.ts';
import { sortPostings } from '../mirror/sort-postings.ts';
import { timeMessage } from '../mirror/verify-bundle.ts';
import type { VerifyPool } from '../mirror/verify-pool.ts';
import { checkCheckpoint } from './check-checkpoint.ts';
import { FindingList, type FsckFinding } from './finding.ts';
import { checkOtherFiles } from './other-files.ts';
import { TileAudit } from './tile-audit.ts';

export interface FsckRun {
  readonly source: RawLedgerSource;
  /** The folder, when it is one: then files that the checkpoint does not need are looked at too. */
  readonly folder: string | undefined;
  readonly isMirror: boolean;
  readonly policy: WitnessPolicy;
  readonly pool: VerifyPool;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

export interface FsckReport {
  readonly origin: string | undefined;
  /** Entries of the checkpoint; undefined when it can't be read, and then nothing else was looked at. */
  readonly size: number | undefined;
  readonly findings: readonly FsckFinding[];
  /** All that were found: only the first ones are listed. */
  readonly count: number;
  /** Statements that could not be judged, because a certificate before them, or what stands for it, is damaged. */
  readonly unjudged: number;
  /** Signatures on the checkpoint by keys that are not known here, and that therefore were not checked. */
  readonly unknownSignatures: number;
}

/** What a missing certificate leads to, further down. */
const consequences: readonly string[] = ['key-unknown', 'author-mismatch'];

/** Checks a ledger. Throws network when it can't be reached. */
export async function runFsck(run: FsckRun): Promise<FsckReport> {
  const { source, policy, folder, isMirror } = run;
  const findings = new FindingList();
  const note = await source.checkpoint().catch((error: unknown) => {
    if (!(error instanceof TrustError) || error.code === 'network') throw error;
    findings.add('checkpoint', undefined, error.code, error.message);
    return undefined;
  });
  const checked = note === undefined ? undefined : await checkCheckpoint(note, policy, findings);
  let unjudged = 0;
  const size = checked?.checkpoint.size;
  if (checked !== undefined && (checked.isSigned || (await hasLastBundle(source, checked.checkpoint.size)))) {
    unjudged = await checkEntries(run, checked.checkpoint, findings);
    if (folder !== undefined) await checkOtherFiles(folder, checked.checkpoint.size, isMirror, findings);
  }
  return {
    ...{ origin: checked?.checkpoint.origin, size, unjudged },
    ...{ findings: findings.kept, count: findings.count },
    unknownSignatures: checked?.unknown ?? 0,
  };
}

/** Whether a checkpoint that nobody signed can still be of this ledger. */
async function hasLastBundle(source: RawLedgerSource, size: number): Promise<boolean> {
  if (size === 0) return true;
  const index = Math.floor((size - 1) / tileWidth);
  const bundle = { index, width: tileWidthAt(0, index, size) };
  return source.bundle(bundle).then(
    () => true,
    () => false,
  );
}

async function checkEntries(
  { source, pool, signal, progress }: FsckRun,
  checkpoint: NonNullable<Awaited<ReturnType<typeof checkCheckpoint>>>['checkpoint'],
  findings: FindingList,
): Promise<number> {
  const { size } = checkpoint;
  const audit = new TileAudit(checkpoint, source, findings);
  const missing = new Set<string>();
  const ids = new PostingList();
  const suspects: { readonly bundle: BundleId; readonly outcome: JudgedBundle['outcome'] }[] = [];
  let unjudged = 0;
  let lastTime = 0;
  const book = new CertificateBook({
    pool,
    known: () => undefined,
    document: async (index) => {
      const bundle = {
        index: Math.floor(index / tileWidth),
        width: tileWidthAt(0, Math.floor(index / tileWidth), size),
      };
      const lines = splitLines(await source.documentBytes(bundle));
      return parseDocumentLine(fromUtf8(lines[index % tileWidth] ?? new Uint8Array())).document;
    },
  });
  const judged = judgeBundles({
    ...{ source, pool, book, from: 0, size },
    missing: (error, bundle, part) => {
      if (!(error instanceof TrustError) || error.code === 'network') throw error;
      const file = part === 'bundle' ? bundlePath(bundle) : documentsPath(bundle);
      missing.add(file);
      const first = bundle.index * tileWidth;
      findings.add(file, { first, last: first + bundle.width - 1 }, error.code, error.message);
      return new Uint8Array();
    },
  });
  progress(0, size);
  for await (const { bundle, first, outcome } of judged) {
    signal.throwIfAborted();
    await audit.bundle(
      Array.from({ length: bundle.width }, (_, position) =>
        (position + 1) * hashBytes <= outcome.hashes.length ? hashAt(outcome.hashes, position) : undefined,
      ),
    );
    if (outcome.findings.length > 0) suspects.push({ bundle, outcome });
    if (outcome.times !== undefined && outcome.times.first < lastTime)
      findings.addEntry(bundlePath(bundle), first, 'evidence-invalid', timeMessage);
    lastTime = Math.max(lastTime, outcome.times?.last ?? 0);
    unjudged += outcome.unjudged;
    addIds(ids, outcome.postings);
    progress(first + bundle.width, size);
  }
  await audit.finish();
  for (const { bundle, outcome } of suspects) {
    for (const { index, part, code, message } of outcome.findings) {
      const file = part === 'bundle' ? bundlePath(bundle) : documentsPath(bundle);
      const isKnown = audit.damagedEntries.has(index) || missing.has(file) || missing.has(bundlePath(bundle));
      if (isKnown) continue;
      if (consequences.includes(code) && findings.count > 0) unjudged++;
      else findings.addEntry(file, index, code, message);
    }
  }
  reportRepeated(ids, size, findings);
  return unjudged;
}

/** Keeps the postings of ids. */
function addIds(ids: PostingList, postings: Uint8Array): void {
  for (let at = 0; at < postings.length; at += postingBytes) {
    if (postings[at] === postingTypes.id)
      ids.add(postings.subarray(at, at + prefixBytes), postingIndex(postings, at));
  }
}

function reportRepeated(ids: PostingList, size: number, findings: FindingList): void {
  const sorted = sortPostings(ids.bytes);
  for (let at = postingBytes; at < sorted.length; at += postingBytes) {
    const before = at - postingBytes;
    if (sorted.compare(sorted, before, before + prefixBytes, at, at + prefixBytes) !== 0) continue;
    const index = postingIndex(sorted, at);
    const bundle = Math.floor(index / tileWidth);
    const file = bundlePath({ index: bundle, width: tileWidthAt(0, bundle, size) });
    const message = `It has the same statement as entry ${postingIndex(sorted, before)}.`;
    findings.addEntry(file, index, 'evidence-invalid', message);
  }
}

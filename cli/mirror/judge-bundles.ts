// The pipeline of mirror and fsck: bundles of a ledger fetched ahead, judged on threads, and handed out in order.
//
//   fetch (several ahead) → certificates join the book, bundle by bundle → judge (threads) → in order to the caller
//
// Nothing here compares with the tree: the caller does, with the leaf hashes that come out.

import { fromUtf8 } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import { parseIdentity, type Identity } from '../../core/identity.ts';
import { parseDocumentLine, splitLines } from '../../core/log/document-lines.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { bundlesBetween, tileWidth, type BundleId } from '../../core/log/tile.ts';
import type { CertificateBook } from './certificate-book.ts';
import { peekField, splitBundle } from './split-bundle.ts';
import type { BundleOutcome, EntryFinding, PlacedCertificate } from './bundle-job.ts';
import type { VerifyPool } from './verify-pool.ts';

export interface JudgedBundle {
  readonly bundle: BundleId;
  /** Index of its first entry. */
  readonly first: number;
  readonly entries: Uint8Array;
  readonly documents: Uint8Array;
  readonly outcome: BundleOutcome;
}

export interface JudgeOptions {
  readonly source: RawLedgerSource;
  readonly pool: VerifyPool;
  readonly book: CertificateBook;
  /** Entries before this one were judged before. */
  readonly from: number;
  readonly size: number;
  /** What to do when a file can't be had: an empty one goes on, a throw ends it. */
  readonly missing: (error: unknown, bundle: BundleId, part: 'bundle' | 'documents') => Uint8Array;
}

interface Fetched {
  readonly bundle: BundleId;
  readonly first: number;
  readonly entries: Uint8Array;
  readonly documents: Uint8Array;
}

/** Judges every bundle from one entry on. Rejects with what `missing` throws, after which nothing more is started. */
export async function* judgeBundles(options: JudgeOptions): AsyncGenerator<JudgedBundle> {
  const { pool, from, size } = options;
  const ahead = 2 * pool.threads + 2;
  const fetching: Promise<Fetched>[] = [];
  const judging: Promise<JudgedBundle>[] = [];
  const bundles = bundlesBetween(from, size);
  let joined: Promise<unknown> = Promise.resolve();

  const begin = (): void => {
    while (fetching.length < ahead) {
      const next = bundles.next();
      if (next.done === true) return;
      fetching.push(quiet(fetchBundle(options, next.value)));
    }
  };
  try {
    for (;;) {
      begin();
      while (judging.length < ahead) {
        const fetched = fetching.shift();
        if (fetched === undefined) break;
        // Certificates join in the order of the ledger; judging runs side by side.
        const joining = quiet(Promise.all([fetched, joined]).then(([got]) => join(options, got)));
        joined = joining;
        judging.push(quiet(joining.then((ready) => judge(options, ready))));
        begin();
      }
      const next = judging.shift();
      if (next === undefined) return;
      yield await next;
    }
  } finally {
    // Whoever stops early leaves nothing running behind.
    await Promise.allSettled([...fetching, ...judging]);
  }
}

async function fetchBundle({ source, missing }: JudgeOptions, bundle: BundleId): Promise<Fetched> {
  const [entries, documents] = await Promise.all([
    source.bundle(bundle).catch((error: unknown) => missing(error, bundle, 'bundle')),
    source.documentBytes(bundle).catch((error: unknown) => missing(error, bundle, 'documents')),
  ]);
  return { bundle, first: bundle.index * tileWidth, entries, documents };
}

interface Joined extends Fetched {
  readonly certificates: readonly PlacedCertificate[];
  readonly unknowable: readonly Identity[];
  readonly findings: readonly EntryFinding[];
}

/** Lets the certificates of a bundle join, and gathers those that its statements need. */
async function join({ book, from }: JudgeOptions, fetched: Fetched): Promise<Joined> {
  const { first, bundle } = fetched;
  const { entries } = splitBundle(fetched.entries, bundle.width);
  const authors = entries.map((entry) => authorOf(entry));
  const certificates: PlacedCertificate[] = [];
  const findings: EntryFinding[] = [];
  const gathered = new Set<Identity>();
  const gather = async (author: Identity): Promise<void> => {
    if (gathered.has(author)) return;
    gathered.add(author);
    const newest = await book.newest(author);
    if (newest !== undefined) certificates.push(newest);
  };
  const start = Math.max(0, from - first);
  const wanted = new Set(authors.slice(start).filter((author) => author?.startsWith('openpgp:') === true));
  for (const author of wanted) if (author !== undefined) await gather(author);

  // Those of one author one behind the other, others side by side.
  const chains = new Map<Identity, Promise<void>>();
  let lines: Uint8Array[] | undefined;
  for (let position = start; position < entries.length; position++) {
    const author = authors[position];
    const entry = entries[position];
    if (author === undefined || entry === undefined || peekField(entry, 'kind') !== 'certificate') continue;
    lines ??= splitLines(fetched.documents);
    const document = documentOf(lines[position]);
    const index = first + position;
    if (document === undefined) {
      // The thread will say what is wrong with the line.
      book.damage(author);
      continue;
    }
    const chain = (chains.get(author) ?? Promise.resolve()).then(async () => {
      const outcome = await book.join(author, index, document);
      if ('code' in outcome) findings.push({ index, part: 'documents', ...outcome });
      else certificates.push({ index, certificate: outcome.certificate });
    });
    chains.set(author, chain);
  }
  await Promise.all(chains.values());
  certificates.sort((a, b) => a.index - b.index);
  const unknowable = [...wanted].filter((author) => author !== undefined && book.isDamaged(author));
  return { ...fetched, certificates, findings, unknowable: unknowable as Identity[] };
}

async function judge({ pool, from }: JudgeOptions, joined: Joined): Promise<JudgedBundle> {
  const { bundle, first, entries, documents, certificates, unknowable } = joined;
  const outcome = await pool.bundle({
    ...{ first, entries, documents, certificates, unknowable },
    width: bundle.width,
    from: Math.max(0, from - first),
  });
  const known = new Set(outcome.findings.map(({ index }) => index));
  const findings = [
    ...outcome.findings,
    // A document that is not the entry's is no certificate of the author's either: that is one finding.
    ...joined.findings.filter(({ index }) => !known.has(index)),
  ].sort((a, b) => a.index - b.index);
  return { bundle, first, entries, documents, outcome: { ...outcome, findings } };
}

/** Authors by what leaf records call them: few, over and over. */
const maxAuthors = 10_000;
const authorsByText = new Map<string, Identity | undefined>();

function authorOf(entry: Uint8Array): Identity | undefined {
  const text = peekField(entry, 'author');
  if (text === undefined) return undefined;
  if (!authorsByText.has(text)) {
    if (authorsByText.size >= maxAuthors) authorsByText.clear();
    authorsByText.set(text, readAuthor(text));
  }
  return authorsByText.get(text);
}

function readAuthor(text: string): Identity | undefined {
  try {
    const identity = parseIdentity(text);
    return identity === text ? identity : undefined;
  } catch (error) {
    if (isTrustError(error, 'identity-invalid')) return undefined;
    throw error;
  }
}

function documentOf(line: Uint8Array | undefined): string | undefined {
  if (line === undefined) return undefined;
  try {
    return parseDocumentLine(fromUtf8(line)).document;
  } catch {
    return undefined;
  }
}

/** A promise that is awaited later: until then its failure is nobody's surprise. */
function quiet<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

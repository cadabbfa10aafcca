// Judging one entry: does its document verify as of its time, and does its leaf record follow from it, byte for byte?
//
// What holds is seen the short way: the leaf record is made from the verified document and compared with the one that is
// there, which needs no parsing of it. Only what does not hold goes the long way, which says what is wrong and where.

import { hash } from 'node:crypto';
import type { DocumentLine } from '../../core/api/ledger.ts';
import { fromUtf8 } from '../../core/bytes.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { parseDocumentLine } from '../../core/log/document-lines.ts';
import { leafOfCertificate, leafOfStatement } from '../../core/log/leaf-of.ts';
import { formatLeaf, parseLeaf, type LeafRecord } from '../../core/log/leaf.ts';
import type { Certificate, VerifiedStatement } from '../../core/statement/verified.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import { addCertificatePostings, addStatementPostings } from './entry-postings.ts';
import { PostingList } from './posting.ts';
import { peekField } from './split-bundle.ts';
import type { BundleJob, EntryFinding } from './bundle-job.ts';

export class EntryJudge {
  readonly #job: BundleJob;
  readonly #findings: EntryFinding[];
  readonly #unknowable: ReadonlySet<Identity>;
  /** By position, so that they come in the order of entries. */
  readonly #postings = new Map<number, Uint8Array[]>();
  unjudged = 0;

  /** Findings go to the end of the list. */
  constructor(job: BundleJob, findings: EntryFinding[]) {
    this.#job = job;
    this.#findings = findings;
    this.#unknowable = new Set(job.unknowable);
  }

  /** Judges one entry; its time in milliseconds since 1970, where its leaf record can be read. */
  async entry(
    position: number,
    entry: Uint8Array,
    line: Uint8Array | undefined,
  ): Promise<number | undefined> {
    const index = this.#job.first + position;
    const isJudged = position < this.#job.from;
    const time = isJudged ? undefined : await this.#statement(position, index, entry, line);
    if (time !== undefined) return time;
    let leaf: LeafRecord | undefined;
    let part: EntryFinding['part'] = 'bundle';
    try {
      const text = readText(entry);
      leaf = parseLeaf(text);
      part = 'documents';
      const { document } = readLine(line, index, leaf);
      if (!isJudged) await this.#explain(position, index, leaf, text, document);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      this.#findings.push({ index, part, code: error.code, message: error.message });
    }
    return leaf?.recordedAt.getTime();
  }

  /** All postings, in the order of entries. */
  postings(): Buffer {
    const all = new PostingList();
    for (const position of [...this.#postings.keys()].sort((a, b) => a - b)) {
      const index = this.#job.first + position;
      for (const prefix of this.#postings.get(position) ?? []) all.add(prefix, index);
    }
    return Buffer.from(all.bytes);
  }

  /** The short way: the time of an entry whose statement holds in every way, undefined for all others. */
  async #statement(
    position: number,
    index: number,
    entry: Uint8Array,
    bytes: Uint8Array | undefined,
  ): Promise<number | undefined> {
    const kind = peekField(entry, 'kind');
    const author = peekField(entry, 'author');
    const recordedAt = new Date(peekField(entry, 'time') ?? NaN);
    const isKnowable = author !== undefined && !this.#unknowable.has(author as Identity);
    if (kind === 'certificate' || !isKnowable || bytes === undefined || Number.isNaN(recordedAt.getTime()))
      return undefined;
    try {
      const line = parseDocumentLine(fromUtf8(bytes));
      const verified = await this.#verify(line.document, index, recordedAt);
      const leaf = leafOfStatement(verified, recordedAt, hashKey);
      if (line.index !== index || line.hash !== verified.documentHash) return undefined;
      if (line.document !== verified.document || formatLeaf(leaf) !== fromUtf8(entry)) return undefined;
      addStatementPostings(this.#adder(position), leaf, verified.statement);
      return recordedAt.getTime();
    } catch (error) {
      if (isTrustError(error) || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** The long way, for certificates and for what does not hold. */
  async #explain(
    position: number,
    index: number,
    leaf: LeafRecord,
    text: string,
    document: string,
  ): Promise<void> {
    if (leaf.kind === 'certificate') {
      const own = this.#job.certificates.find((placed) => placed.index === index)?.certificate;
      // What is wrong with it was found when it joined.
      if (own === undefined) return;
      if (own.armored !== document) throw wrong('The certificate is not the one of this entry.');
      compareLeaf(text, leafOfCertificate(own, leaf.recordedAt));
      addCertificatePostings(this.#adder(position), leaf, own.revocation !== undefined);
    } else if (this.#unknowable.has(leaf.author)) this.unjudged++;
    else {
      const verified = await this.#verify(document, index, leaf.recordedAt);
      compareLeaf(text, leafOfStatement(verified, leaf.recordedAt));
      throw wrong('The document is not written in the one way.');
    }
  }

  #verify(document: string, index: number, at: Date): Promise<VerifiedStatement> {
    return verifyDocument(document, {
      at,
      certificates: (author) => Promise.resolve(this.#certificateOf(author, index)),
    });
  }

  /** The newest form of a certificate that stands before an entry. */
  #certificateOf(author: Identity, index: number): Certificate | undefined {
    return this.#job.certificates.findLast(
      (placed) => placed.certificate.identity === author && placed.index < index,
    )?.certificate;
  }

  #adder(position: number): (prefix: Uint8Array) => void {
    const list: Uint8Array[] = [];
    this.#postings.set(position, list);
    return (prefix) => {
      list.push(prefix);
    };
  }
}

function hashKey(key: string): Uint8Array {
  return hash('sha256', key, 'buffer');
}

function readText(entry: Uint8Array): string {
  try {
    return fromUtf8(entry);
  } catch (cause) {
    throw new TrustError('ledger-corrupt', 'The leaf record is not UTF-8.', { cause });
  }
}

function readLine(bytes: Uint8Array | undefined, index: number, leaf: LeafRecord): DocumentLine {
  if (bytes === undefined) throw wrong('Its document is missing.');
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch (cause) {
    throw wrong('The line of its document is not UTF-8.', cause);
  }
  const line = parseDocumentLine(text);
  if (line.index !== index) throw wrong(`The line of its document says that it is of entry ${line.index}.`);
  if (hash('sha256', line.document, 'hex') !== line.hash)
    throw wrong('The document has not the hash that stands beside it.');
  if (line.hash !== leaf.documentHash) throw wrong('The document is not the one that the leaf record names.');
  return line;
}

function compareLeaf(text: string, leaf: LeafRecord): void {
  if (formatLeaf(leaf) !== text)
    throw wrong('The leaf record is not the one that follows from its document.');
}

function wrong(message: string, cause?: unknown): TrustError {
  return new TrustError('evidence-invalid', message, { ...(cause !== undefined && { cause }) });
}

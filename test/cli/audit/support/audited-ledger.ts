// A log with real keys, hashes and signatures behind a real HTTP server, made of nothing but core, that can be made to
// misbehave: every path can be answered otherwise, other entries can be put into the tree, and checkpoints of any size
// and any tree can be signed.

import { randomBytes } from 'node:crypto';
import type { Discovery } from '../../../../core/api/ledger.ts';
import { toHex, utf8 } from '../../../../core/bytes.ts';
import type { Identity } from '../../../../core/identity.ts';
import { formatCheckpoint } from '../../../../core/log/checkpoint.ts';
import { formatBundle } from '../../../../core/log/entry-bundle.ts';
import { formatLeaf, leafSubjects, type LeafRecord } from '../../../../core/log/leaf.ts';
import { leafHash, nodeHash } from '../../../../core/log/merkle-hash.ts';
import { formatNote } from '../../../../core/log/note.ts';
import { formatVerifierKey, makePrivateKey, type PrivateKey } from '../../../../core/log/note-key.ts';
import { signNote } from '../../../../core/log/note-signature.ts';
import { parseTilePath, tileWidth, tileWidthAt } from '../../../../core/log/tile.ts';
import { computeRoot, type Node } from '../../../../core/log/tree.ts';
import { hashText } from '../../../../core/statement/canonical.ts';
import { parseCertificate } from '../../../../core/statement/openpgp/certificate.ts';
import { certificateSubjectKeys, subjectKeys } from '../../../../core/statement/subject-keys.ts';
import { verifyDocument } from '../../../../core/statement/verify.ts';
import { listen } from '../../support/memory-ledger.ts';
import { sign, testNow, type Reviewer } from '../../support/world.ts';

export interface AddedEntry {
  readonly index: number;
  readonly id: string;
  readonly leaf: LeafRecord;
}

export class AuditedLedger {
  readonly origin: string;
  readonly records: Uint8Array[] = [];
  readonly documents: string[] = [];
  readonly certificates = new Map<Identity, { armored: string; index: number }>();
  /** Time of new entries; a second later after each. */
  now = new Date(testNow.getTime() - 3_600_000);
  /** What a path (without its leading slash) is answered with instead; undefined for 404, a number for another status. */
  readonly instead = new Map<string, string | Uint8Array | number | undefined>();
  /** Whether the API has certificates; a static copy has not. */
  hasApi = true;
  frozen: string | undefined;
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  /** The signed note that is published. */
  published = '';
  readonly #key: PrivateKey;
  readonly #hashes = new Map<string, Uint8Array>();

  private constructor(origin: string, key: PrivateKey) {
    this.origin = origin;
    this.#key = key;
  }

  /** An empty log with its checkpoint published. */
  static async make(origin = 'audit.example/log'): Promise<AuditedLedger> {
    const ledger = new AuditedLedger(origin, await logKey(origin));
    await ledger.publish();
    return ledger;
  }

  get key(): PrivateKey {
    return this.#key;
  }

  get vkey(): string {
    return formatVerifierKey(this.#key.key);
  }

  get size(): number {
    return this.records.length;
  }

  /** The same log so far, which can go on otherwise under the same key. */
  fork(): AuditedLedger {
    const other = new AuditedLedger(this.origin, this.#key);
    other.records.push(...this.records);
    other.documents.push(...this.documents);
    for (const [identity, entry] of this.certificates) other.certificates.set(identity, entry);
    other.now = this.now;
    other.published = this.published;
    return other;
  }

  async addCertificate(reviewer: Pick<Reviewer, 'armored'>): Promise<AddedEntry> {
    const { identity, id, armored } = await parseCertificate(reviewer.armored);
    this.certificates.set(identity, { armored, index: this.size });
    return this.#add('certificate', identity, id, armored, certificateSubjectKeys(identity));
  }

  /** A statement by a reviewer, whose certificate is added first where it is missing. */
  async say(reviewer: Reviewer, fields: Record<string, unknown>): Promise<AddedEntry> {
    if (!this.certificates.has(reviewer.identity)) await this.addCertificate(reviewer);
    return this.addDocument(await sign(reviewer, fields));
  }

  async addDocument(document: string): Promise<AddedEntry> {
    const {
      statement,
      author,
      id,
      document: stored,
    } = await verifyDocument(document, {
      certificates: async (identity) => {
        const known = this.certificates.get(identity);
        return known && parseCertificate(known.armored);
      },
      at: this.now,
    });
    return this.#add(statement.kind, author, id, stored, subjectKeys(statement));
  }

  /** Any bytes as an entry. */
  addRecord(record: string | Uint8Array, document = ''): number {
    this.records.push(typeof record === 'string' ? utf8(record) : record);
    this.documents.push(document);
    return this.size - 1;
  }

  /** Many small entries that name an author who has not signed them; their documents are no statements. */
  addFiller(count: number, author: Identity): void {
    for (let i = 0; i < count; i++) {
      const document = `filler ${this.size}`;
      const id = hashText(document);
      const leaf = { kind: 'source', recordedAt: this.#tick(), author, id, documentHash: id } as const;
      const subjects = leafSubjects([`purl:pkg:npm/filler-${i}`]);
      this.addRecord(formatLeaf({ ...leaf, subjects }), document);
    }
  }

  root(size = this.size): Uint8Array {
    return computeRoot(size, (node) => this.#node(node));
  }

  /** A signed checkpoint of the first entries, with these witnesses' cosignatures at their times. */
  async checkpoint(
    size = this.size,
    witnesses: readonly (readonly [PrivateKey, Date])[] = [],
  ): Promise<string> {
    const text = formatCheckpoint({ origin: this.origin, size, root: this.root(size) });
    const signatures = await Promise.all([
      signNote(this.#key, text, 0),
      ...witnesses.map(([key, time]) => signNote(key, text, Math.floor(time.getTime() / 1000))),
    ]);
    return formatNote({ text, signatures });
  }

  async publish(witnesses: readonly (readonly [PrivateKey, Date])[] = []): Promise<void> {
    this.published = await this.checkpoint(this.size, witnesses);
  }

  discovery(): Discovery {
    return {
      schema: 1,
      origin: this.origin,
      keys: [this.vkey],
      policy: `log ${this.vkey}\nquorum none\n`,
      refreshSeconds: 600,
      ...(this.frozen !== undefined && { frozen: this.frozen }),
    };
  }

  /** What is served for a path without its leading slash; a number is a status. */
  answer(path: string): string | Uint8Array | number {
    if (this.instead.has(path)) return this.instead.get(path) ?? 404;
    if (path === 'checkpoint') return this.published;
    if (path === '.well-known/trust-ledger') return JSON.stringify(this.discovery());
    if (path.startsWith('api/v1/certificates/') && this.hasApi) {
      const identity = decodeURIComponent(path.slice('api/v1/certificates/'.length)) as Identity;
      const known = this.certificates.get(identity);
      return known === undefined ? 404 : storedCertificate(identity, known);
    }
    const parsed = parseTilePath(path);
    if (parsed?.kind === 'tile') return this.#tile(parsed.tile);
    if (parsed === undefined) return 404;
    const { index, width } = parsed.bundle;
    if (width > tileWidthAt(0, index, this.size)) return 404;
    const positions = Array.from({ length: width }, (_, i) => index * tileWidth + i);
    if (parsed.kind === 'bundle') return formatBundle(positions.map((at) => this.records[at]!));
    return positions
      .map((at) => ({ index: at, hash: hashText(this.documents[at]!), document: this.documents[at]! }))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  }

  /** Serves it on a free port. */
  async serve(): Promise<{ url: string; close: () => Promise<void> }> {
    return listen((request, response) => {
      const path = (request.url ?? '/').slice(1);
      this.requests.push(path);
      const answer = this.answer(path);
      if (typeof answer === 'number') response.writeHead(answer).end();
      else response.writeHead(200).end(answer);
    });
  }

  #tick(): Date {
    this.now = new Date(this.now.getTime() + 1000);
    return this.now;
  }

  #add(
    kind: LeafRecord['kind'],
    author: Identity,
    id: string,
    document: string,
    keys: readonly string[],
  ): AddedEntry {
    const leaf: LeafRecord = {
      kind,
      recordedAt: this.#tick(),
      author,
      id,
      documentHash: hashText(document),
      subjects: leafSubjects(keys),
    };
    return { index: this.addRecord(formatLeaf(leaf), document), id, leaf };
  }

  #tile({ level, index, width }: { level: number; index: number; width: number }): Uint8Array | number {
    if (width > tileWidthAt(level, index, this.size)) return 404;
    const nodes = Array.from({ length: width }, (_, i) =>
      this.#node({ level: 8 * level, index: index * tileWidth + i }),
    );
    return new Uint8Array(Buffer.concat(nodes));
  }

  #node({ level, index }: Node): Uint8Array {
    if (level === 0) return this.#hash(`0/${index}`, () => leafHash(this.records[index]!));
    return this.#hash(`${level}/${index}`, () =>
      nodeHash(
        this.#node({ level: level - 1, index: 2 * index }),
        this.#node({ level: level - 1, index: 2 * index + 1 }),
      ),
    );
  }

  #hash(name: string, make: () => Uint8Array): Uint8Array {
    const known = this.#hashes.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#hashes.set(name, made);
    return made;
  }
}

/** A log's key under a name. */
export function logKey(name: string): Promise<PrivateKey> {
  return makePrivateKey(name, 'ed25519', new Uint8Array(randomBytes(32)));
}

/** A witness's key under a name. */
export function witnessKey(name: string): Promise<PrivateKey> {
  return makePrivateKey(name, 'cosignature', new Uint8Array(randomBytes(32)));
}

function storedCertificate(
  identity: Identity,
  { armored, index }: { armored: string; index: number },
): string {
  return JSON.stringify({
    identity,
    id: toHex(new Uint8Array(32)),
    armored,
    userIds: [],
    algorithm: 'ed25519',
    created: '2026-01-01T00:00:00Z',
    indices: [index],
    recordedAt: '2026-11-22T19:00:00Z',
  });
}

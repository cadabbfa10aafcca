// A log with real keys in memory: its entries, and every file that a ledger serves of it, at any size up to now.

import { utf8 } from '../../../core/bytes.ts';
import { discoverySchema, documentLineSchema } from '../../../core/api/ledger.ts';
import { formatCheckpoint } from '../../../core/log/checkpoint.ts';
import { formatBundle } from '../../../core/log/entry-bundle.ts';
import { signKeyNotice } from '../../../core/log/key-notice.ts';
import { leafHash } from '../../../core/log/merkle-hash.ts';
import { formatVerifierKey, makePrivateKey, type PrivateKey } from '../../../core/log/note-key.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { formatNote } from '../../../core/log/note.ts';
import { parseTilePath, tileHeight, tileWidth, tileWidthAt, type BundleId } from '../../../core/log/tile.ts';
import { formatTlogProof } from '../../../core/log/tlog-proof.ts';
import { computeRoot, proveInclusion } from '../../../core/log/tree.ts';
import { readerOf, treeLevels } from '../../support/memory-log.ts';

export const logOrigin = 'ledger.example.org';

export interface LogEntry {
  /** The leaf record. */
  readonly leaf: Uint8Array;
  readonly document: string;
  readonly documentHash: string;
}

/** An Ed25519 key of a log, the same for the same number. */
export function logKey(number = 1, origin = logOrigin): Promise<PrivateKey> {
  return makePrivateKey(origin, 'ed25519', new Uint8Array(32).fill(number));
}

/** A witness, the same for the same number. */
export function witnessKey(number: number): Promise<PrivateKey> {
  return makePrivateKey(`witness${number}.example.org`, 'cosignature', new Uint8Array(32).fill(100 + number));
}

export class SignedLog {
  readonly entries: LogEntry[] = [];
  /** Keys that sign checkpoints and stand in discovery, the current one first. */
  signers: Promise<PrivateKey>[] = [logKey()];
  witnesses: Promise<PrivateKey>[] = [];
  /** Seconds since 1970 that witnesses state. */
  witnessTime = Date.UTC(2026, 10, 22, 20) / 1000;
  /** Whether discovery carries a notice of the keys. */
  notice = true;
  /** How many entries are published; all, when undefined. */
  published: number | undefined;
  #levels: { readonly size: number; readonly levels: ReturnType<typeof treeLevels> } | undefined;

  get size(): number {
    return this.published ?? this.entries.length;
  }

  get levels(): ReturnType<typeof treeLevels> {
    if (this.#levels?.size !== this.entries.length) {
      const levels = treeLevels(this.entries.map(({ leaf }) => leafHash(leaf)));
      this.#levels = { size: this.entries.length, levels };
    }
    return this.#levels.levels;
  }

  /** Puts another entry in the place of one: rewrites history. */
  replace(index: number, entry: LogEntry): void {
    this.entries[index] = entry;
    this.#levels = undefined;
  }

  root(size = this.size): Uint8Array {
    return computeRoot(size, readerOf(this.levels));
  }

  async checkpoint(size = this.size): Promise<string> {
    const text = formatCheckpoint({ origin: logOrigin, size, root: this.root(size) });
    const keys = await Promise.all([...this.signers, ...this.witnesses]);
    const signatures = await Promise.all(keys.map((key) => signNote(key, text, this.witnessTime)));
    return formatNote({ text, signatures });
  }

  async discovery(): Promise<unknown> {
    const signers = await Promise.all(this.signers);
    const keys = signers.map(({ key }) => key);
    return discoverySchema.parse({
      schema: 1,
      origin: logOrigin,
      keys: keys.map(formatVerifierKey),
      ...(this.notice && { keyNotice: await signKeyNotice(logOrigin, keys, signers) }),
      policy: `log ${keys.map(formatVerifierKey).join('\nlog ')}\nquorum none\n`,
      refreshSeconds: 600,
    });
  }

  async proof(index: number, extra?: Uint8Array): Promise<string> {
    const hashes = proveInclusion(index, this.size, readerOf(this.levels));
    return formatTlogProof({ index, hashes, checkpoint: await this.checkpoint(), extra });
  }

  /** What a path without its leading slash answers; undefined for 404. Only what the published size implies is there. */
  async file(path: string): Promise<{ type: string; body: Uint8Array } | undefined> {
    if (path === 'checkpoint') return { type: 'text/plain', body: utf8(await this.checkpoint()) };
    if (path === '.well-known/trust-ledger') {
      return { type: 'application/json', body: utf8(JSON.stringify(await this.discovery())) };
    }
    const named = parseTilePath(path);
    if (named === undefined) return undefined;
    if (named.kind === 'tile') {
      const { level, index, width } = named.tile;
      if (width > tileWidthAt(level, index, this.size)) return undefined;
      const hashes = this.levels[level * tileHeight]?.slice(index * tileWidth, index * tileWidth + width);
      return { type: 'application/octet-stream', body: new Uint8Array(Buffer.concat(hashes ?? [])) };
    }
    const entries = this.#bundle(named.bundle);
    if (entries === undefined) return undefined;
    if (named.kind === 'bundle') {
      return { type: 'application/octet-stream', body: formatBundle(entries.map(({ leaf }) => leaf)) };
    }
    const lines = entries.map(({ document, documentHash }, position) =>
      documentLineSchema.parse({
        index: named.bundle.index * tileWidth + position,
        hash: documentHash,
        document,
      }),
    );
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return { type: 'application/x-ndjson', body: utf8(text) };
  }

  #bundle({ index, width }: BundleId): LogEntry[] | undefined {
    if (width > tileWidthAt(0, index, this.size)) return undefined;
    return this.entries.slice(index * tileWidth, index * tileWidth + width);
  }
}

// Where the certificates stand that the monitor has read past: index of the newest entry by identity.
//
// Each certificate entry holds everything that the ledger knew of the key, so the newest one is enough, and taken from the
// log it is the one that everybody sees. On disk: lines of `<identity> <index>`, appended; the last one of an identity
// counts, and lines that a crash left twice or half written change nothing.

import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseIdentity, type Identity } from '../../core/identity.ts';
import { readState } from '../ledger/state-folder.ts';

/** Largest file: some two million certificates. */
const maxBytes = 256 * 1024 * 1024;

export class CertificateEntries {
  readonly #path: string;
  readonly #newest = new Map<Identity, number>();
  #unsaved: string[] = [];

  private constructor(path: string) {
    this.#path = path;
  }

  /** What is known of the entries before `nextIndex`. Throws config-invalid when the file can't be read. */
  static async open(path: string, nextIndex: number): Promise<CertificateEntries> {
    const entries = new CertificateEntries(path);
    for (const line of ((await readState(path, maxBytes)) ?? '').split('\n')) {
      const [, identity = '', index = ''] = /^(\S+) (0|[1-9]\d{0,15}) \.$/.exec(line) ?? [];
      if (identity === '' || Number(index) >= nextIndex) continue;
      entries.#newest.set(parseIdentity(identity), Number(index));
    }
    return entries;
  }

  /** Index of the newest certificate of an identity; undefined when none was read. */
  find(identity: Identity): number | undefined {
    return this.#newest.get(identity);
  }

  /** Takes a certificate's entry, in the order of the ledger. */
  add(identity: Identity, index: number): void {
    this.#newest.set(identity, index);
    this.#unsaved.push(`${identity} ${index} .\n`);
  }

  /** Appends what was added; it is on disk when this returns. */
  async save(): Promise<void> {
    if (this.#unsaved.length === 0) return;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await using file = await open(this.#path, 'a', 0o600);
    // A line that a crash cut off is ended first, so that it spoils no other.
    await file.appendFile(`\n${this.#unsaved.join('')}`);
    await file.datasync();
    this.#unsaved = [];
  }
}

// What a person watches, and which leaf records are about it.
//
// A leaf record names its author and the hashes of its subject keys, so nearly every entry is judged without its document.
// Only a record that does not list all of its subjects (over 800: trust statements and reviewer sets of many people) has to
// be opened by who watches identities. Statements that matched are watched themselves, so that a retraction is noticed.

import { sha256 } from '@noble/hashes/sha2.js';
import { excerpt, toHex, utf8 } from '../../core/bytes.ts';
import { checkDigest, digestKeys } from '../../core/digest/digest-set.ts';
import { canonicalPurl } from '../../core/digest/purl.ts';
import { isTrustError, TrustError } from '../../core/errors.ts';
import { parseRoot, splitRoot } from '../../core/identity.ts';
import type { LeafRecord } from '../../core/log/leaf.ts';

/** Most things that are watched at once, given by hand or file. */
export const maxWatches = 100_000;
/** Most matched statements whose retraction is waited for; the oldest are dropped. */
export const maxFollowed = 20_000;

const help =
  'Watch an identity (openpgp:… or crev:…), a reviewer set (identity#name), a purl without version for all versions, ' +
  'a purl with one, digest:<key>:<hex>, or statement:<id>.';

/** The lines of a watch file; empty lines and lines that begin with # are comments. */
export function watchLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The things that are watched. */
export class WatchList {
  /** Watches by author, by hash of subject key, and by statement id, as they were given. */
  readonly #authors = new Map<string, string>();
  readonly #subjects = new Map<string, string>();
  readonly #statements = new Map<string, string>();
  readonly #followed: Map<string, string>;
  readonly size: number;

  /** Throws usage for a text that names nothing that can be watched. `followed` are ids of statements that matched. */
  constructor(texts: readonly string[], followed: readonly string[] = []) {
    if (texts.length > maxWatches) {
      throw new TrustError('usage', `At most ${maxWatches} things are watched; these are ${texts.length}.`);
    }
    for (const text of texts) this.#add(text);
    this.#followed = new Map(followed.map((id) => [hashOf(`statement:${id}`), id]));
    this.size = texts.length;
  }

  /** The watches that a leaf record matches, as they were given; none when it matches nothing. */
  match(leaf: LeafRecord): string[] {
    const matches = new Set<string>();
    const add = (watch: string | undefined): void => {
      if (watch !== undefined) matches.add(watch);
    };
    add(this.#authors.get(leaf.author));
    add(this.#statements.get(leaf.id));
    for (const subject of leaf.subjects.listed) {
      add(this.#subjects.get(subject));
      const followed = this.#followed.get(subject);
      if (followed !== undefined) add(`statement:${followed}`);
    }
    return [...matches];
  }

  /** The watches that subject keys match, for a record that does not list them. */
  matchKeys(keys: readonly string[]): string[] {
    return [...new Set(keys.flatMap((key) => this.#subjects.get(hashOf(key)) ?? []))];
  }

  /** Whether the document has to be opened to know: not all subjects are listed, and somebody's identity is watched. */
  needsDocument(leaf: LeafRecord): boolean {
    return leaf.subjects.all !== undefined && this.#authors.size > 0;
  }

  /** Waits for the retraction of a statement that matched. */
  follow(id: string): void {
    this.#followed.set(hashOf(`statement:${id}`), id);
    for (const oldest of this.#followed.keys()) {
      if (this.#followed.size <= maxFollowed) break;
      this.#followed.delete(oldest);
    }
  }

  /** Ids of the statements whose retraction is waited for, oldest first: for the state. */
  get followed(): readonly string[] {
    return [...this.#followed.values()];
  }

  #add(text: string): void {
    if (text.startsWith('statement:')) {
      const id = text.slice('statement:'.length).toLowerCase();
      if (!/^[0-9a-f]{64}$/.test(id)) throw wrong(text, 'a statement id is 64 hex digits');
      this.#statements.set(id, text);
      this.#subjects.set(hashOf(`statement:${id}`), text);
    } else if (text.startsWith('digest:')) {
      this.#subjects.set(hashOf(digestKeyOf(text)), text);
    } else if (text.startsWith('pkg:')) {
      // Leaf records carry both purls, the package's and the exact one, so this one key is right for either.
      this.#subjects.set(hashOf(`purl:${attempt(text, () => canonicalPurl(text))}`), text);
    } else {
      const root = attempt(text, () => parseRoot(text));
      const { owner, setName } = splitRoot(root);
      this.#subjects.set(hashOf(`${setName === undefined ? 'identity' : 'set'}:${root}`), text);
      if (setName === undefined) this.#authors.set(owner, text);
    }
  }
}

function digestKeyOf(text: string): string {
  const [, name = '', hex = ''] = /^digest:([A-Za-z0-9]+):([0-9a-fA-F]+)$/.exec(text) ?? [];
  const [key, value] = attempt(text, () => checkDigest(name, hex));
  if (digestKeys[key].weak) throw wrong(text, `${key} is too weak to say which bytes are meant`);
  return `digest:${key}:${value}`;
}

function attempt<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw isTrustError(cause) ? wrong(text, cause.message, cause) : cause;
  }
}

function hashOf(key: string): string {
  return toHex(sha256(utf8(key)));
}

function wrong(text: string, why: string, cause?: unknown): TrustError {
  const message = `Nothing that can be watched: ${excerpt(text)}: ${why}`;
  return new TrustError('usage', message, { help, ...(cause !== undefined && { cause }) });
}

// Go: go.sum with the go.mod beside it (Go Modules Reference, "go.sum files"; `golang.org/x/mod/sumdb/dirhash`).
//
// Only lines without `/go.mod` are of code. go.sum lists more than a build takes, so it is cut down to what go.mod requires,
// which is complete from `go 1.17` on. Refused: lines that are not `module version hash`, and h1 hashes that are none.

import { excerpt, fromBase64, toHex } from '../bytes.ts';
import { isTrustError } from '../errors.ts';
import { checkLength, invalid, limits, tooLarge } from './limits.ts';

/** What go.sum says about one version of a module. */
export interface GoSumEntry {
  readonly path: string;
  readonly version: string;
  /** Hashes of the code, lower-case hex, with the line of each. Normally one. */
  readonly code: { readonly dirHash: string; readonly line: number }[];
  /** Hash of its go.mod alone, lower-case hex. */
  goModHash: string | undefined;
  /** Whether there is a hash of the code in an algorithm that is not known here. */
  otherAlgorithm: boolean;
}

export interface GoSum {
  /** By `path version`. */
  readonly entries: ReadonlyMap<string, GoSumEntry>;
  /** Lines of code, and lines of go.mod files. */
  readonly codeLines: number;
  readonly goModLines: number;
}

/** The lines of a go.sum. @throws {TrustError} lockfile-invalid with the line, lockfile-too-large. */
export function parseGoSum(text: string): GoSum {
  const entries = new Map<string, GoSumEntry>();
  let [codeLines, goModLines, line] = [0, 0, 0];
  for (const raw of text.split('\n')) {
    line++;
    const words = raw.trim() === '' ? [] : raw.trim().split(/\s+/);
    const [path, statedVersion, hash] = words;
    if (path === undefined) continue;
    if (statedVersion === undefined || hash === undefined || words.length !== 3) {
      throw invalid(line, 'not "module version hash"', { help: 'Run go mod tidy to write go.sum anew.' });
    }
    if (line > 2 * limits.entries) throw tooLarge('lines', 2 * limits.entries);
    const ofGoMod = statedVersion.endsWith('/go.mod');
    const version = ofGoMod ? statedVersion.slice(0, -'/go.mod'.length) : statedVersion;
    const entry = entryFor(entries, checkLength(path, 'name', line), checkLength(version, 'name', line));
    const value = readHash(hash, line);
    if (ofGoMod) {
      goModLines++;
      entry.goModHash ??= value;
    } else {
      codeLines++;
      if (value === undefined) entry.otherAlgorithm = true;
      else if (!entry.code.some((known) => known.dirHash === value)) {
        if (entry.code.length >= limits.alternatives)
          throw tooLarge('hashes of one module', limits.alternatives);
        entry.code.push({ dirHash: value, line });
      }
    }
  }
  return { entries, codeLines, goModLines };
}

function entryFor(entries: Map<string, GoSumEntry>, path: string, version: string): GoSumEntry {
  const key = `${path} ${version}`;
  const known = entries.get(key);
  if (known !== undefined) return known;
  const entry: GoSumEntry = { path, version, code: [], goModHash: undefined, otherAlgorithm: false };
  entries.set(key, entry);
  return entry;
}

/** Hex of an `h1:` hash; undefined for an algorithm that only a newer Go knows. */
function readHash(text: string, line: number): string | undefined {
  if (!text.startsWith('h1:')) {
    if (/^h[0-9]+:\S/.test(text)) return undefined;
    throw invalid(line, `not a hash: ${excerpt(text)}`);
  }
  try {
    const bytes = fromBase64(text.slice(3));
    if (bytes.length === 32) return toHex(bytes);
  } catch (cause) {
    if (isTrustError(cause)) throw invalid(line, `not an h1 hash: ${excerpt(text)}`, { cause });
    throw cause;
  }
  throw invalid(line, `an h1 hash is of 32 bytes: ${excerpt(text)}`);
}

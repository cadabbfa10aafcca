// Collects what a lockfile lists into a closure: entries with the same purl, bytes and standing are one input with
// several places, edges are between inputs, and one name with two different digests is reported.
//
// Owns the merging rule of the reference (closure formats, section 1.6) and the limits on numbers. Every entry that is
// added stays visible as a place, so places add up to entries.

import { excerpt } from '../bytes.ts';
import type { Artefact, Closure, Input } from '../closure/input.ts';
import { digestEntries, formatDigests, type DigestSet } from '../digest/digest-set.ts';
import { limits, tooLarge } from './limits.ts';

type Place = Input['places'][number];

/** One entry of a lockfile. */
export interface Entry {
  /** Canonical. */
  readonly purl: string;
  readonly artefacts: readonly Artefact[];
  readonly place: Place;
  readonly groups?: readonly string[] | undefined;
  readonly local?: boolean | undefined;
  readonly unverifiable?: Input['unverifiable'] | undefined;
  /** Purl of what its bytes come in: the same name in two bundles is two inputs. */
  readonly within?: string | undefined;
}

interface Collected {
  readonly entry: Entry;
  readonly places: Place[];
  groups: readonly string[];
  readonly dependencies: Set<number>;
}

export class ClosureBuilder {
  readonly #inputs: Collected[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #remarks: string[] = [];
  #entries = 0;
  #edges = 0;

  /**
   * Adds an entry, or its place and groups to the input that it equals.
   * @returns Position of the input in the closure.
   * @throws {TrustError} lockfile-too-large.
   */
  add(entry: Entry): number {
    if (++this.#entries > limits.entries) throw tooLarge('entries', limits.entries);
    const key = keyOf(entry);
    const known = this.#byKey.get(key);
    const input = known === undefined ? undefined : this.#inputs[known];
    if (known !== undefined && input !== undefined) {
      input.groups = sharedGroups(input.groups, entry.groups ?? []);
      this.#addPlace(input, entry.place);
      return known;
    }
    const position = this.#inputs.length;
    if (position >= limits.inputs) throw tooLarge('inputs', limits.inputs);
    this.#byKey.set(key, position);
    this.#inputs.push({ entry, places: [entry.place], groups: entry.groups ?? [], dependencies: new Set() });
    return position;
  }

  /** Notes another place for an input, for entries that only point at it. @throws {TrustError} lockfile-too-large. */
  addPlace(position: number, place: Place): void {
    if (++this.#entries > limits.entries) throw tooLarge('entries', limits.entries);
    const input = this.#inputs[position];
    if (input !== undefined) this.#addPlace(input, place);
  }

  /** An edge: one input depends on another. @throws {TrustError} lockfile-too-large. */
  addDependency(from: number, to: number): void {
    if (++this.#edges > limits.edges) throw tooLarge('dependencies', limits.edges);
    const input = this.#inputs[from];
    if (input === undefined || from === to) return;
    input.dependencies.add(to);
    if (input.dependencies.size > limits.dependenciesOfOne) {
      throw tooLarge('dependencies of one package', limits.dependenciesOfOne);
    }
  }

  /** A line for the report about the file as a whole. */
  remark(text: string): void {
    this.#remarks.push(text);
  }

  /** The closure; the builder is of no use afterwards. */
  build(format: string): Closure {
    return {
      format,
      inputs: this.#inputs.map(({ entry, places, groups, dependencies }) => ({
        purl: entry.purl,
        artefacts: [...entry.artefacts],
        places,
        groups: [...groups],
        dependencies: [...dependencies].sort((a, b) => a - b),
        ...(entry.local === true && { local: true }),
        ...(entry.unverifiable !== undefined && { unverifiable: entry.unverifiable }),
      })),
      remarks: [...this.#remarks, ...this.#contradictions()],
    };
  }

  #addPlace(input: Collected, place: Place): void {
    input.places.push(place);
    if (input.places.length > limits.placesOfOne) throw tooLarge('places of one package', limits.placesOfOne);
  }

  /** One line for each purl that the file gives two different digests; at most twenty lines. */
  #contradictions(): string[] {
    const first = new Map<string, Entry>();
    const lines: string[] = [];
    const reported = new Set<string>();
    for (const { entry } of this.#inputs) {
      const other = first.get(entry.purl);
      if (other === undefined) first.set(entry.purl, entry);
      else if (!reported.has(entry.purl) && contradicts(other, entry)) {
        reported.add(entry.purl);
        lines.push(
          `${excerpt(entry.purl, 200)} has two different digests in this file, ${at(other)} and ${at(entry)}: they are two inputs.`,
        );
      }
    }
    if (lines.length <= 20) return lines;
    return [
      ...lines.slice(0, 20),
      `${lines.length - 20} more packages have two different digests in this file.`,
    ];
  }
}

function keyOf(entry: Entry): string {
  const digests = entry.artefacts.map(({ name, digests }) => [name ?? '', formatDigests(digests)]);
  return JSON.stringify([
    entry.purl,
    digests,
    entry.local === true,
    entry.unverifiable?.reason ?? '',
    entry.within ?? '',
  ]);
}

/** What production needs anywhere is production, so a group counts only when every place has it. */
function sharedGroups(a: readonly string[], b: readonly string[]): readonly string[] {
  return a.filter((group) => b.includes(group));
}

/**
 * Whether the artefacts of two entries differ and none is in both. One differing digest makes artefacts differ, a weak one
 * too, and whatever else they share (two module versions may have the same go.mod).
 */
function contradicts(a: Entry, b: Entry): boolean {
  const relations = a.artefacts.flatMap((one) =>
    b.artefacts.map((other) => relate(one.digests, other.digests)),
  );
  return relations.includes('different') && !relations.includes('same');
}

function relate(a: DigestSet, b: DigestSet): 'same' | 'different' | 'incomparable' {
  let relation: 'same' | 'incomparable' = 'incomparable';
  for (const [key, value] of digestEntries(a)) {
    if (b[key] === value) relation = 'same';
    else if (b[key]?.length === value.length) return 'different';
  }
  return relation;
}

function at({ place, artefacts }: Entry): string {
  const where = place.line === undefined ? (place.path ?? 'elsewhere') : `line ${place.line}`;
  const [digest] = artefacts.flatMap((artefact) => digestEntries(artefact.digests));
  return digest === undefined ? where : `${excerpt(where, 100)} (${digest[0]} ${digest[1].slice(0, 16)}…)`;
}

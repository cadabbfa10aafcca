// What depends on what in a deno.lock: names, ids and specifiers, written in another way in each version.

import type { ClosureBuilder } from './closure-builder.ts';
import { JsonObject } from './json-value.ts';

export type DenoKind = 'npm' | 'jsr';

export class DenoGraph {
  /** `npm:a@1.0.0` */
  readonly #byId = new Map<string, number>();
  /** `npm:a`, where only one version is there; deno leaves the version out then. */
  readonly #byName = new Map<string, number | 'several'>();
  readonly #specifiers: ReadonlyMap<string, string>;
  readonly #asked: { readonly from: number; readonly references: readonly string[] }[] = [];

  /** @throws {TrustError} lockfile-invalid for specifiers that are no texts. */
  constructor(specifiers: JsonObject | undefined) {
    this.#specifiers = new Map(
      [...(specifiers?.members.keys() ?? [])].map((key) => [key, specifiers?.text(key) ?? '']),
    );
  }

  /** Records a package and what it depends on. @throws {TrustError} lockfile-invalid. */
  add(kind: DenoKind, id: string, item: JsonObject, position: number): void {
    this.#byId.set(`${kind}:${id}`, position);
    const name = `${kind}:${id.slice(0, id.indexOf('@', 1))}`;
    const known = this.#byName.get(name);
    this.#byName.set(name, known === undefined || known === position ? position : 'several');
    const references = ['dependencies', 'optionalDependencies'].flatMap((key) => {
      const listed = item.members.get(key);
      // Versions 2 and 3 of npm: an object of names as they are asked for, and ids.
      return listed instanceof JsonObject
        ? [...listed.members.keys()].map((alias) => listed.text(alias) ?? '')
        : item.texts(key);
    });
    this.#asked.push({
      from: position,
      references: references.map((text) => (/^(?:npm|jsr):/.test(text) ? text : `${kind}:${text}`)),
    });
  }

  /** Records what the project asks for: specifiers. */
  addProject(position: number, specifiers: readonly string[]): void {
    this.#asked.push({ from: position, references: specifiers });
  }

  /** Adds the edges, when all packages are there. @throws {TrustError} lockfile-too-large. */
  connect(builder: ClosureBuilder): void {
    for (const { from, references } of this.#asked) {
      for (const reference of references) {
        const to = this.#find(reference);
        if (to !== undefined) builder.addDependency(from, to);
      }
    }
  }

  #find(reference: string): number | undefined {
    const kind = reference.slice(0, reference.indexOf(':') + 1);
    const bare = reference.slice(kind.length);
    const at = bare.indexOf('@', 1);
    const name = at === -1 ? bare : bare.slice(0, at);
    const resolved = this.#specifiers.get(reference) ?? this.#specifiers.get(bare);
    const candidates = [
      reference,
      // `alias@npm:real@1.0.0`
      ...(bare.includes('@npm:') ? [`npm:${bare.slice(bare.indexOf('@npm:') + 5)}`] : []),
      ...(resolved === undefined ? [] : [resolved, `${kind}${resolved}`, `${kind}${name}@${resolved}`]),
    ];
    for (const candidate of candidates) {
      const position = this.#byId.get(candidate);
      if (position !== undefined) return position;
    }
    const only = this.#byName.get(`${kind}${name}`);
    return only === 'several' ? undefined : only;
  }
}

// CycloneDX in JSON, versions 1.2 to 1.7 (ECMA-424).
//
// Components may nest; the component in `metadata` is the project, the tools beside it are no inputs. Refused: unknown
// versions, hashes that are none. What is not read (hashes of external references, formulation) is counted in remarks.

import { excerpt } from '../bytes.ts';
import { canonicalPurl } from '../digest/purl.ts';
import { isTrustError, TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { componentDigests } from './cyclonedx-hashes.ts';
import { entryPurl, maxPurlLength } from './entry-purl.ts';
import { jsonObject, requireJsonObject, type Format } from './format.ts';
import type { JsonObject } from './json-value.ts';
import { invalid } from './limits.ts';

const versions: ReadonlySet<string> = new Set(['1.2', '1.3', '1.4', '1.5', '1.6', '1.7']);

export const cyclonedxJson: Format = {
  id: 'cyclonedx',
  label: 'CycloneDX JSON',
  names: ['bom.json', 'sbom.json'],
  otherNames: /\.cdx\.json$/,

  recognise(document) {
    const json = jsonObject(document);
    return json?.members.get('bomFormat') === 'CycloneDX';
  },

  parse(document) {
    const json = requireJsonObject(document);
    const version = json.text('specVersion');
    if (version === undefined) throw invalid(json.line, 'no specVersion, so this is no CycloneDX list');
    if (!versions.has(version)) {
      throw new TrustError(
        'lockfile-version-unknown',
        `CycloneDX specVersion ${excerpt(version)} is not known; ${[...versions].join(', ')} are`,
        { help: 'Use a newer trust-check, or let the tool that writes the list write a known version.' },
      );
    }
    return new BomReader().read(json, version);
  },
};

/** What is counted over all components. */
interface Tally {
  components: number;
  declared: number;
  externalHashes: number;
  readonly badPurls: string[];
}

class BomReader {
  readonly #builder = new ClosureBuilder();
  readonly #byRef = new Map<string, number>();
  readonly #tally: Tally = { components: 0, declared: 0, externalHashes: 0, badPurls: [] };

  read(json: JsonObject, version: string) {
    const subject = json.object('metadata')?.object('component');
    if (subject !== undefined) this.#component(subject, 'metadata.component', true);
    this.#components(json, '', false);
    const unknownRefs = this.#dependencies(json);
    this.#remarks(json, unknownRefs);
    return this.#builder.build(`CycloneDX ${version}`);
  }

  #components(parent: JsonObject, path: string, local: boolean): void {
    parent.objects('components').forEach((component, index) => {
      this.#component(component, `${path}${path === '' ? '' : '.'}components[${index}]`, local);
    });
  }

  #component(component: JsonObject, path: string, local: boolean): void {
    const purl = this.#purl(component);
    const { digests, unverifiable } = componentDigests(component);
    if (!local) this.#tally.components++;
    if (!local && digests !== undefined) this.#tally.declared++;
    if (hasExternalHashes(component)) this.#tally.externalHashes++;
    const scope = component.text('scope');
    const position = this.#builder.add({
      purl,
      artefacts: digests === undefined || local ? [] : [{ digests, declared: true }],
      place: { line: component.line, path },
      groups: [
        ...(scope === undefined || scope === 'required' ? [] : [excerpt(scope, 64)]),
        ...(component.flag('isExternal') ? ['external'] : []),
      ],
      ...(local ? { local } : { unverifiable }),
    });
    const ref = component.text('bom-ref');
    if (ref !== undefined) this.#byRef.set(ref, position);
    this.#components(component, path, local);
  }

  /** The component's own purl, or a generic one of its names when it has none or one that breaks the rules. */
  #purl(component: JsonObject): string {
    const stated = component.text('purl');
    if (stated !== undefined && stated !== '') {
      try {
        const purl = canonicalPurl(stated);
        if (purl.length <= maxPurlLength) return purl;
      } catch (error) {
        if (!isTrustError(error)) throw error;
      }
      this.#tally.badPurls.push(stated);
    }
    const [group, name, version] = ['group', 'name', 'version'].map((key) => component.text(key) ?? '');
    return entryPurl(
      {
        type: 'generic',
        ...(group !== undefined && group !== '' && { namespace: group }),
        name: name ?? '',
        ...(version !== undefined && version !== '' && { version }),
        qualifiers: {},
      },
      component.line,
    );
  }

  /** Adds the edges. @returns How many references name no component. */
  #dependencies(json: JsonObject): number {
    let unknown = 0;
    for (const dependency of json.objects('dependencies')) {
      const from = this.#byRef.get(dependency.text('ref') ?? '');
      for (const ref of dependency.texts('dependsOn')) {
        const to = this.#byRef.get(ref);
        if (from === undefined || to === undefined) unknown++;
        else this.#builder.addDependency(from, to);
      }
    }
    return unknown;
  }

  #remarks(json: JsonObject, unknownRefs: number): void {
    const { components, declared, externalHashes, badPurls } = this.#tally;
    const builder = this.#builder;
    if (declared > 0) {
      builder.remark(
        `Components with hashes of whatever the producer of this list hashed, taken for digests of the archives: ${declared} of ${components}.`,
      );
    }
    if (badPurls[0] !== undefined) {
      builder.remark(
        `Components whose package URL breaks the rules, named pkg:generic here: ${badPurls.length}, such as "${excerpt(badPurls[0])}".`,
      );
    }
    if (externalHashes > 0) {
      builder.remark(`Components with hashes on external references, which are not read: ${externalHashes}.`);
    }
    if (unknownRefs > 0)
      builder.remark(`Dependencies between components of which one is not in this list: ${unknownRefs}.`);
    if (json.members.has('formulation')) builder.remark('The formulation (how it was built) is not read.');
    const aggregates = new Set(
      json.objects('compositions').map((item) => item.text('aggregate') ?? 'not stated'),
    );
    if (aggregates.size > 0) {
      builder.remark(
        `The list says about its own completeness: ${excerpt([...aggregates].join(', '), 300)}.`,
      );
    }
  }
}

function hasExternalHashes(component: JsonObject): boolean {
  return component.objects('externalReferences').some((reference) => reference.objects('hashes').length > 0);
}

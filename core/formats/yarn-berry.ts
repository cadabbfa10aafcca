// yarn.lock of yarn 2 and newer (berry's `Project.ts` and `structUtils.ts`).
//
// `checksum` is the sha512 of the zip that yarn repacks a package into, never of the published tarball, and depends on
// yarn's cache key: kept as yarnZip, and not enough to find a review of the tarball. Platform packages mostly have none.

import { excerpt } from '../bytes.ts';
import type { Closure } from '../closure/input.ts';
import { TrustError } from '../errors.ts';
import { ClosureBuilder } from './closure-builder.ts';
import { JsonObject } from './json-value.ts';
import { checkLength, invalid, limits, tooLarge } from './limits.ts';
import { parseYarnResolution } from './yarn-resolution.ts';
import { yarnInput } from './yarn-berry-input.ts';
import { readYamlDocuments } from './yaml-document.ts';

/** One entry under its header. */
interface Located {
  readonly descriptors: readonly string[];
  readonly json: JsonObject;
}

/** The closure of a yarn 2 lockfile. @throws {TrustError} lockfile-invalid, -version-unknown, -too-large. */
export function parseYarnBerry(text: string): Closure {
  const [root, ...more] = readYamlDocuments(text);
  if (!(root instanceof JsonObject) || more.length > 0)
    throw invalid(1, 'expected one document with entries');
  const metadata = root.object('__metadata');
  const version = metadata?.text('version') ?? '';
  if (!/^(?:[4-9]|10)$/.test(version)) {
    throw new TrustError(
      'lockfile-version-unknown',
      `__metadata version "${excerpt(version)}" is not known; 4 to 10 are`,
      {
        help: 'Use a newer trust-check.',
      },
    );
  }
  const located = [...root.members]
    .filter(([header]) => header !== '__metadata')
    .map(([header, json]): Located => {
      if (!(json instanceof JsonObject)) throw invalid(1, `the entry "${excerpt(header)}" must be an object`);
      return { descriptors: header.split(',').map((descriptor) => descriptor.trim()), json };
    });
  if (located.length > limits.entries) throw tooLarge('entries', limits.entries);
  const builder = new ClosureBuilder();
  const byDescriptor = new Map<string, Set<number>>();
  let holes = 0;
  const positions = located.map(({ descriptors, json }) => {
    const resolution = json.text('resolution');
    if (resolution === undefined) throw invalid(json.line, 'an entry without resolution');
    const source = parseYarnResolution(checkLength(resolution, 'path', json.line), json.line);
    const input = yarnInput(source, {
      version: json.text('version'),
      checksum: json.text('checksum'),
      cacheKey: metadata?.text('cacheKey'),
      conditions: json.text('conditions'),
      line: json.line,
    });
    if (json.members.has('conditions') && input.unverifiable?.reason === 'unpinned') holes++;
    const place = { line: json.line, path: resolution };
    const position = builder.add({ ...input, place });
    for (const descriptor of descriptors) {
      register(byDescriptor, descriptor, position);
      const patched = patchedDescriptor(descriptor);
      if (patched !== undefined) register(byDescriptor, patched, position);
    }
    return position;
  });
  located.forEach(({ json }, index) => {
    const dependencies = json.object('dependencies');
    for (const name of dependencies?.members.keys() ?? []) {
      const range = dependencies?.text(name) ?? '';
      for (const descriptor of [`${name}@${range}`, `${name}@npm:${range}`]) {
        for (const to of byDescriptor.get(descriptor) ?? []) builder.addDependency(positions[index] ?? 0, to);
      }
    }
  });
  if (holes > 0) {
    builder.remark(
      `Packages for one platform that have no checksum, so that yarn takes whatever the registry gives: ${holes}.`,
    );
  }
  return builder.build(`yarn.lock metadata ${version}`);
}

function register(byDescriptor: Map<string, Set<number>>, descriptor: string, position: number): void {
  const known = byDescriptor.get(descriptor);
  if (known === undefined) byDescriptor.set(descriptor, new Set([position]));
  else known.add(position);
}

/** What asks for `a@npm:^1` gets yarn's own patch of it, where there is one: `a@patch:a@npm%3A^1#…`. */
function patchedDescriptor(descriptor: string): string | undefined {
  const start = descriptor.indexOf('@patch:');
  const end = descriptor.indexOf('#', start);
  if (start === -1 || end === -1) return undefined;
  try {
    return decodeURIComponent(descriptor.slice(start + '@patch:'.length, end));
  } catch {
    return undefined;
  }
}

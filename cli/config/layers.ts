// Settings in layers: flags over environment over the nearest trust-check.yaml over the person's own file. Each value
// remembers which layer it came from.

/** One layer: values by path (`server`, `roots`, `require.trust`), each as the layer wrote it. */
export interface Layer {
  readonly values: ReadonlyMap<string, unknown>;
  /** Where a value stands: `--trust`, `TRUST_CHECK_TRUST`, `trust-check.yaml`. */
  origin(path: string): string;
}

export interface Setting {
  readonly value: unknown;
  readonly origin: string;
}

/** Parts of the policy whose members are settings of their own; every other key is one setting as a whole. */
const groups = ['trust-costs', 'require', 'rules'];

/** The settings of a policy file's content, by path. */
export function flatten(content: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(content)) {
    if (groups.includes(key) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [inner, leaf] of Object.entries(value)) values.set(`${key}.${inner}`, leaf);
    } else values.set(key, value);
  }
  return values;
}

/** The inverse of `flatten`. */
export function unflatten(settings: ReadonlyMap<string, Setting>): Record<string, unknown> {
  const content: Record<string, unknown> = {};
  const inner = new Map<string, Record<string, unknown>>();
  for (const [path, { value }] of settings) {
    const [group = '', leaf] = path.split('.');
    if (leaf === undefined) content[path] = value;
    else {
      const members = inner.get(group) ?? {};
      members[leaf] = value;
      inner.set(group, members);
    }
  }
  return { ...content, ...Object.fromEntries(inner) };
}

/** For every path the value of the first layer that has it. */
export function mergeLayers(layers: readonly Layer[]): ReadonlyMap<string, Setting> {
  const merged = new Map<string, Setting>();
  for (const layer of layers) {
    for (const [path, value] of layer.values) {
      if (!merged.has(path)) merged.set(path, { value, origin: layer.origin(path) });
    }
  }
  return merged;
}

// Keys and versions of pnpm's lockfiles, of all its generations (pnpm's `dependency-path`).
//
//   v5  /name/1.0.0_peers    v6  /name@1.0.0(peer@2)    v9  name@1.0.0(peer@2)(patch_hash=…)
//
// Without the leading slash, in v5 and v6, a host or a kind stands in front: then the entry has its own name and version.

/** What a key says about the package; undefined where only the entry can say it. */
export interface PnpmKey {
  readonly name: string | undefined;
  /** A version, or what stands for one: `https://…`, `file:…`, `runtime:…`. */
  readonly version: string | undefined;
}

/** Reads a key of `packages` or `snapshots`; generation is 5, 6 or 9. */
export function parsePnpmKey(key: string, generation: number): PnpmKey {
  const bare = withoutPeers(key);
  if (generation === 5) {
    const [, name, version] = /^\/((?:@[^/]+\/)?[^/]+)\/([^/]+)$/.exec(bare) ?? [];
    return { name, version: version?.replace(/_.*$/s, '') };
  }
  const id = generation === 9 ? bare : bare.startsWith('/') ? bare.slice(1) : undefined;
  const at = id?.indexOf('@', 1) ?? -1;
  if (id === undefined || at < 1) return { name: undefined, version: undefined };
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}

/**
 * A key without its suffix of peers. Parentheses are matched from the right: a folder's name, which stands in front of
 * them, may have some of its own.
 */
export function withoutPeers(key: string): string {
  let end = key.length;
  while (end > 0 && key.charAt(end - 1) === ')') {
    let depth = 0;
    let at = end - 1;
    for (; at >= 0; at--) {
      const character = key.charAt(at);
      if (character === ')') depth++;
      else if (character === '(' && --depth === 0) break;
    }
    if (at <= 0) return key.slice(0, end);
    end = at;
  }
  return key.slice(0, end);
}

/** Keys under which a dependency with this name and version may be listed, the likeliest first. */
export function pnpmCandidates(name: string, version: string): readonly string[] {
  return [`${name}@${version}`, `/${name}@${version}`, `/${name}/${version}`, version];
}

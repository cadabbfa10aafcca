// What somebody typed into the search, by its form alone: everything that it may be, since one text can be several things. 64 hex
// digits are a SHA-256, a statement's id and a fingerprint.

import { fromBase64, toHex } from '../../core/bytes.ts';
import { digestKeys } from '../../core/digest/digest-set.ts';
import { fromNix32, nix32Length } from '../../core/digest/nix32.ts';
import { parseNixHash } from '../../core/digest/nix-hash.ts';
import { canonicalPurl } from '../../core/digest/purl.ts';
import { encodeComponent } from '../../core/digest/purl-text.ts';
import { makeIdentity, parseRoot, splitRoot, type Identity } from '../../core/identity.ts';

/** Longest text that is searched for. */
export const maxQueryLength = 512;

export interface SearchQuery {
  readonly purl: string | undefined;
  /** Values that may be digests, lower-case hex. */
  readonly digests: readonly string[];
  readonly identities: readonly Identity[];
  /** OpenPGP key id, 16 upper-case hex digits. */
  readonly keyId: string | undefined;
  readonly statement: string | undefined;
  readonly index: number | undefined;
  /** Lower case. */
  readonly address: string | undefined;
  /** Beginning of an address of the web, lower case. */
  readonly url: string | undefined;
  /** Beginning of a package's name, and what its purl has to begin with. */
  readonly name: { readonly beginning: string; readonly within: string } | undefined;
}

const byteLengths = new Set(Object.values(digestKeys).flatMap(({ bytes }): number[] => [...bytes]));

/** Everything that a text may be. It is one line of at most `maxQueryLength` characters; white space around it is dropped. */
export function readQuery(text: string): SearchQuery {
  const typed = text.trim();
  // gpg prints fingerprints in groups, and with 0x.
  const compact = typed.replaceAll(/[\s:]+/g, '').replace(/^0x/i, '');
  const hex = /^[0-9a-f]+$/i.test(compact) ? compact.toLowerCase() : undefined;
  const isPurl = /^pkg:/i.test(typed);
  return {
    purl: isPurl ? attempt(() => canonicalPurl(typed)) : undefined,
    digests: digestsIn(typed, hex),
    identities: identitiesIn(typed, hex),
    keyId:
      hex !== undefined && hex.length >= 16 && hex.length < 40 ? hex.slice(-16).toUpperCase() : undefined,
    statement: hex?.length === 64 ? hex : undefined,
    index: /^#?(?:0|[1-9]\d{0,14})$/.test(typed) ? Number(typed.replace('#', '')) : undefined,
    address:
      /^[^\s<>@]+@[^\s<>@]+$/.test(typed) && !isPurl && typed.length <= 254 ? typed.toLowerCase() : undefined,
    url: /^https?:\/\/\S+/i.test(typed) ? typed.toLowerCase() : undefined,
    name: nameIn(typed),
  };
}

function digestsIn(typed: string, hex: string | undefined): string[] {
  const found = new Set<string>();
  if (hex !== undefined && byteLengths.has(hex.length / 2)) found.add(hex);
  const named = /^([A-Za-z0-9]+):([0-9a-fA-F]+)$/.exec(typed);
  if (named?.[2] !== undefined && byteLengths.has(named[2].length / 2)) found.add(named[2].toLowerCase());
  // `h1:` is how Go writes its module hashes.
  for (const bare of [typed, typed.replace(/^h1:/, '')]) {
    const bytes = attempt(() => fromBase64(bare));
    if (bytes !== undefined && byteLengths.has(bytes.length)) found.add(toHex(bytes));
  }
  const nix = attempt(() => parseNixHash(typed));
  if (nix !== undefined) found.add(nix.hex);
  for (const length of [20, 32, 64]) {
    if (typed.length !== nix32Length(length)) continue;
    const bytes = attempt(() => fromNix32(typed, length));
    if (bytes !== undefined) found.add(toHex(bytes));
  }
  return [...found];
}

function identitiesIn(typed: string, hex: string | undefined): Identity[] {
  const named = attempt(() => splitRoot(parseRoot(typed)).owner);
  const bare = [
    hex === undefined ? undefined : attempt(() => makeIdentity('openpgp', hex)),
    attempt(() => makeIdentity('crev', typed)),
  ];
  return [named, ...bare].filter((one) => one !== undefined);
}

/** A name, with or without what stands before it: `left-pad`, `@scope/name`, `npm/left-pad`, `pkg:npm/left`, `left-pad@1.3.0`. */
function nameIn(typed: string): SearchQuery['name'] {
  if (typed === '' || /^https?:/i.test(typed) || /[\s?#<>]/.test(typed)) return undefined;
  const isPurl = /^pkg:/i.test(typed);
  const path = decoded(typed.replace(/^pkg:\/*/i, ''));
  // A version is what follows an @ that does not open a part.
  const unversioned = path.replace(/(?<=[^/])@[^/]*$/, '');
  const parts = unversioned.split('/');
  const name = parts.pop() ?? '';
  const encoded = attempt(() => encodeComponent(name).toLowerCase());
  if (encoded === undefined || (encoded === '' && !(isPurl && parts.length > 0))) return undefined;
  const [type = '', ...namespace] = isPurl ? parts : ['', ...parts];
  const inside = attempt(() => namespace.map(encodeComponent).join('/'));
  const isTyped = isPurl && type !== '';
  return {
    beginning: encoded,
    within: isTyped
      ? `pkg:${type.toLowerCase()}/${inside === undefined || inside === '' ? '' : `${inside}/`}`
      : (inside ?? ''),
  };
}

function decoded(text: string): string {
  return attempt(() => decodeURIComponent(text)) ?? text;
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

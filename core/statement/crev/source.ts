// How crev names a package (source, name, version) and how we do (purl).
//
// crates.io is the only source in the wild. Another source keeps its address as purl's `repository_url`, on a generic
// purl, so that two sources never give the same purl and nothing is guessed about what kind of registry it is.

import { excerpt } from '../../bytes.ts';
import { formatPurl, parsePurl } from '../../digest/purl.ts';
import { TrustError } from '../../errors.ts';

const cratesSource = 'https://crates.io';

export interface CrevPackageName {
  readonly source: string;
  readonly name: string;
  readonly version?: string;
}

/** The canonical purl of a package as crev names it; throws purl-invalid. */
export function purlOfSource({ source, name, version }: CrevPackageName): string {
  return formatPurl({
    ...(source === cratesSource
      ? { type: 'cargo', qualifiers: {} }
      : { type: 'generic', qualifiers: { repository_url: source } }),
    name,
    ...(version !== undefined && { version }),
  });
}

/** How crev names the package of a purl; throws statement-invalid for a purl that no crev source stands for. */
export function sourceOfPurl(text: string): CrevPackageName {
  const purl = parsePurl(text);
  const { type, namespace, name, version, qualifiers, subpath } = purl;
  const repository = qualifiers['repository_url'];
  const isCrate = type === 'cargo' && Object.keys(qualifiers).length === 0;
  const isGeneric = type === 'generic' && repository !== undefined && Object.keys(qualifiers).length === 1;
  if ((isCrate || isGeneric) && namespace === undefined && subpath === undefined) {
    return {
      source: isCrate ? cratesSource : (repository ?? ''),
      name,
      ...(version !== undefined && { version }),
    };
  }
  throw new TrustError('statement-invalid', `crev has no name for this package: ${excerpt(text)}`, {
    help: 'A crev proof is about a crate. Sign a review of anything else with an OpenPGP key.',
  });
}

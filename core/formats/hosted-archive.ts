// Addresses under which the big git hosts serve the archive of a commit: the commit is pinned by the address itself.
//
// Only the hosts' own names count. Anybody can put forty hex digits into the path of another address.

const hosts: readonly RegExp[] = [
  /^https:\/\/codeload\.(github)\.com\/([^/?#]+\/[^/?#]+)\/(?:legacy\.)?(?:tar\.gz|zip)\/([0-9a-f]{40})$/,
  /^https:\/\/(github)\.com\/([^/?#]+\/[^/?#]+)\/(?:archive\/|tarball\/)([0-9a-f]{40})(?:\.tar\.gz)?$/,
  /^https:\/\/(gitlab)\.com\/api\/v4\/projects\/([^/?#]+)\/repository\/archive\.tar\.gz\?ref=([0-9a-f]{40})$/,
  /^https:\/\/(gitlab)\.com\/([^?#]+?)\/(?:-\/)?(?:repository\/)?archive\.tar\.gz\?ref=([0-9a-f]{40})$/,
  /^https:\/\/(bitbucket)\.org\/([^/?#]+\/[^/?#]+)\/get\/([0-9a-f]{40})\.tar\.gz$/,
];

/** The repository and commit of such an address; undefined for any other. */
export function hostedCommit(address: string): { readonly url: string; readonly commit: string } | undefined {
  if (address.length > 1024) return undefined;
  for (const pattern of hosts) {
    const [, host, path, commit] = pattern.exec(address.replace(/#.*$/s, '')) ?? [];
    if (host === undefined || path === undefined || commit === undefined) continue;
    const domain = host === 'bitbucket' ? 'bitbucket.org' : `${host}.com`;
    return { url: `https://${domain}/${path.replace(/%2F/gi, '/')}`, commit };
  }
  return undefined;
}

// What a review is of: a purl with the digests of the very bytes that were read.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  checkDigest,
  compareDigests,
  formatDigests,
  hasStrongDigest,
  type DigestSet,
} from '../../core/digest/digest-set.ts';
import { formatPurl, parsePurl, type Purl } from '../../core/digest/purl.ts';
import { TrustError } from '../../core/errors.ts';
import type { Subject } from '../../core/statement/statement.ts';
import type { Context } from '../command-spec.ts';
import type { SourceProvider } from '../source/provider.ts';
import { sourceProvider } from '../source/providers.ts';
import { pathDigests, type PathReading } from './path-digests.ts';

export interface SubjectRequest {
  readonly purl: string;
  /** Archive or unpacked folder. */
  readonly source: string | undefined;
  /** `key:hex`, as --digest gives them. */
  readonly digests: readonly string[];
  /** Have the ecosystem's client fetch the archive; with a folder, to compare it. */
  readonly fetch: boolean;
}

const fetchTimeoutMs = 600_000;

/**
 * Gathers digests from the source, from the fetched archive and from flags. They must agree with each other: throws
 * source-mismatch where they do not, usage when nothing says which bytes are meant.
 */
export async function gatherSubject(context: Context, request: SubjectRequest): Promise<Subject> {
  const purl = parsePurl(request.purl);
  if (purl.version === undefined) {
    throw new TrustError('usage', `Which version? ${formatPurl(purl)} names none.`, {
      help: `A review is of one version: ${formatPurl({ ...purl, version: '1.2.3' })}`,
    });
  }
  const parts: { readonly from: string; readonly digests: DigestSet }[] = [];
  if (request.source !== undefined) {
    const path = resolve(context.io.cwd, request.source);
    parts.push({ from: request.source, digests: (await pathDigests(path, readingOf(purl))).digests });
  }
  const nothingElse = request.source === undefined && request.digests.length === 0;
  if (request.fetch || nothingElse)
    parts.push({ from: 'the fetched archive', digests: await fetched(context, purl) });
  if (request.digests.length > 0) parts.push({ from: '--digest', digests: digestsOf(request.digests) });

  const digests = parts.reduce<DigestSet>((all, part) => unite(all, part.digests, part.from), {});
  if (!hasStrongDigest(digests)) {
    throw new TrustError('usage', 'SHA-1 and MD5 alone never say which bytes are meant.', {
      help: 'Name the archive or the unpacked source behind the purl, or a sha256 or sha512 with --digest.',
    });
  }
  return { purl: formatPurl(purl), digests };
}

/** The union of two sets that are said to be of the same source; throws source-mismatch when they cannot be. */
function unite(known: DigestSet, more: DigestSet, from: string): DigestSet {
  const comparison = compareDigests(known, more);
  if (comparison.relation === 'different') {
    const [key = 'sha512'] = comparison.on;
    throw new TrustError(
      'source-mismatch',
      `These are not the same bytes: ${from} has ${key} ${more[key] ?? ''}, the others ${known[key] ?? ''}.`,
      { help: 'Find out which one you read before you sign anything about it.' },
    );
  }
  const disjoint = Object.keys(known).length > 0 && comparison.relation === 'incomparable';
  if (disjoint && from !== '--digest') {
    throw new TrustError(
      'source-mismatch',
      `Nothing shows that ${formatDigests(more)} and ${formatDigests(known)} are one.`,
    );
  }
  return { ...known, ...more };
}

function digestsOf(texts: readonly string[]): DigestSet {
  const set: Partial<Record<string, string>> = {};
  for (const text of texts) {
    const colon = text.indexOf(':');
    const [key, hex] = checkDigest(text.slice(0, Math.max(colon, 0)), text.slice(colon + 1));
    set[key] = hex;
  }
  return set;
}

/** How sources of this ecosystem are laid out; guessed where we have no provider. */
function readingOf(purl: Purl): PathReading {
  const provider = sourceProvider(purl.type);
  const wanted = provider?.wanted(purl, {});
  if (provider === undefined || wanted === undefined) return {};
  return {
    crevIgnore: provider.crevIgnore,
    layout: provider.layout(wanted),
    ...(provider.ecosystem === 'golang' && { goModule: `${wanted.name}@${wanted.version}` }),
  };
}

async function fetched(context: Context, purl: Purl): Promise<DigestSet> {
  const provider = sourceProvider(purl.type);
  const wanted = provider?.wanted(purl, {});
  if (provider === undefined || wanted === undefined) {
    throw new TrustError('usage', `Sources of pkg:${purl.type} cannot be fetched here.`, {
      help: 'Name the archive or the unpacked source behind the purl.',
    });
  }
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'trust-check-'));
  const progress = context.terminal.progress(`Fetching ${wanted.name} ${wanted.version}`);
  try {
    return await fetchAndHash(context, provider, wanted, purl, temporaryFolder);
  } finally {
    progress.stop();
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

async function fetchAndHash(
  context: Context,
  provider: SourceProvider,
  wanted: NonNullable<ReturnType<SourceProvider['wanted']>>,
  purl: Purl,
  temporaryFolder: string,
): Promise<DigestSet> {
  const [answer] = await provider.fetch([wanted], {
    projectFolder: context.io.cwd,
    temporaryFolder,
    timeoutMs: fetchTimeoutMs,
  });
  if (answer === undefined || 'problem' in answer || answer.paths.length === 0) {
    const problem = answer !== undefined && 'problem' in answer ? answer.problem : undefined;
    throw (
      problem ?? new TrustError('source-unavailable', `${wanted.name} ${wanted.version} was not fetched.`)
    );
  }
  // Several registries may have given several archives of this name: then nobody can say which one was read.
  const all = await Promise.all(answer.paths.map((path) => pathDigests(path, readingOf(purl))));
  return all
    .map(({ digests }) => digests)
    .reduce((known, more) => unite(known, more, 'another fetched archive'));
}

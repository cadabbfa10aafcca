// Writing crev proofs: a package review or a trust statement in upstream's exact layout, signed by an Ed25519 seed.
//
// Only what crev can say is written. A statement with more in it (other digests than crev's, coverage, disclosure) is
// refused and not cut down: the author must know what is signed.

import { fromHex, toBase64Url, utf8 } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { checkHostileValue } from '../hostile-text.ts';
import type { IdRef, PackageReview, Subject, TrustStatement } from '../statement.ts';
import { signerOfSeed } from './ed25519.ts';
import { maxCrevBodyBytes, writeEnvelope } from './envelope.ts';
import { readCrevContent } from './read-content.ts';
import { writeSerdeYaml, type SerdeRecord } from './serde-yaml.ts';
import { sourceOfPurl } from './source.ts';

/** The statements that crev knows too. */
export type CrevContent = PackageReview | TrustStatement;

/**
 * The body of a proof as cargo-crev writes it, ending in LF. Throws statement-invalid when crev has no field for something
 * in it, and text-too-large above 32,000 bytes.
 */
export function formatCrevBody(content: CrevContent): string {
  const { comment, ...fields } = content;
  const record = fields.kind === 'trust' ? trustRecord(fields) : reviewRecord(fields);
  const body = writeSerdeYaml(record) + commentLines(comment);
  if (utf8(body).length > maxCrevBodyBytes) {
    throw new TrustError('text-too-large', `A crev proof is at most ${maxCrevBodyBytes} bytes.`);
  }
  return body;
}

/**
 * A whole proof, signed by a 32-byte seed. Throws what `formatCrevBody` throws, author-mismatch when `from` is not the
 * seed's identity, and statement-invalid when reading the body back would not give the same statement.
 */
export async function signCrevProof(content: CrevContent, seed: Uint8Array): Promise<string> {
  const signer = await signerOfSeed(seed);
  if (`${content.from['id-type']}:${content.from.id}` !== signer.identity) {
    throw new TrustError(
      'author-mismatch',
      `The statement is from ${content.from.id}, the key is ${signer.identity}.`,
    );
  }
  const body = formatCrevBody(content);
  const again = readCrevContent(body, undefined);
  if (again.comment !== commentText(content.comment) || formatCrevBody(again) !== body) {
    throw unsayable('a comment that begins with a space or an empty line');
  }
  const signatureText = toBase64Url(await signer.sign(utf8(body)));
  return writeEnvelope({ legacyType: undefined, body, signatureText });
}

function commonRecord(content: Omit<CrevContent, 'comment'>): SerdeRecord {
  return {
    kind: content.kind,
    // What every proof says, whatever the version of our own statements.
    version: -1,
    date: content.date,
    from: idRecord(content.from),
    ...(content.original && {
      original: { proof: content.original.proof, comment: content.original.comment },
    }),
  };
}

function reviewRecord(review: Omit<PackageReview, 'comment'>): SerdeRecord {
  refuse('coverage', review.coverage);
  refuse('disclosure', review.disclosure);
  refuse('flags.pregenerated-files', review.flags?.['pregenerated-files']);
  const { issues, advisories, alternatives, override } = review;
  const agent = review['llm-agent'];
  return {
    ...commonRecord(review),
    package: subjectRecord(review.package),
    ...(review['package-diff-base'] && { 'package-diff-base': subjectRecord(review['package-diff-base']) }),
    ...(review.review && {
      review: {
        thoroughness: review.review.thoroughness,
        understanding: review.review.understanding,
        rating: review.review.rating,
      },
    }),
    ...(hasItems(issues) && {
      issues: issues.map(({ id, severity, range, comment = '' }) => ({ id, severity, range, comment })),
    }),
    ...(hasItems(advisories) && {
      advisories: advisories.map(({ ids, severity, range, critical, comment = '' }) => {
        refuse('advisories.critical', critical);
        return { ids, severity, range, comment };
      }),
    }),
    ...(review.flags?.unmaintained === true && { flags: { unmaintained: true } }),
    ...(hasItems(alternatives) && {
      alternatives: alternatives.map(({ purl }) => {
        const { source, name, version } = sourceOfPurl(purl);
        refuse('alternatives.purl with a version', version);
        return { source, name };
      }),
    }),
    ...(hasItems(override) && { override: override.map(overrideRecord) }),
    ...(agent && {
      'llm-agent': {
        model: agent.model,
        'model-version': agent['model-version'],
        'human-guided': agent['human-guided'],
      },
    }),
  };
}

function trustRecord(trust: Omit<TrustStatement, 'comment'>): SerdeRecord {
  if (trust.succession !== undefined) throw unsayable('succession');
  return {
    ...commonRecord(trust),
    ids: trust.ids.map(idRecord),
    trust: trust.trust,
    ...(hasItems(trust.override) && { override: trust.override.map(overrideRecord) }),
  };
}

function idRecord(ref: IdRef): SerdeRecord {
  if (ref['id-type'] !== 'crev') {
    throw unsayable(`${ref['id-type']}:${ref.id}`);
  }
  const urlType = ref['url-type'];
  return {
    'id-type': 'crev',
    id: ref.id,
    url: ref.url,
    'url-type': urlType === 'git' ? undefined : urlType,
  };
}

function overrideRecord(ref: IdRef & { readonly comment?: string | undefined }): SerdeRecord {
  return { ...idRecord(ref), comment: ref.comment };
}

function subjectRecord(subject: Subject): SerdeRecord {
  const { source, name, version } = sourceOfPurl(subject.purl);
  const { crevDigest, ...others } = subject.digests;
  if (crevDigest === undefined || version === undefined) {
    throw unsayable('a package without version and crevDigest');
  }
  refuse(Object.keys(others).join(', '), Object.keys(others)[0]);
  const revisionType = subject['revision-type'];
  return {
    source,
    name,
    version,
    revision: subject.revision,
    'revision-type': revisionType === 'git' ? undefined : revisionType,
    digest: toBase64Url(fromHex(crevDigest)),
  };
}

/** Upstream writes the comment by hand: a literal block, empty lines indented too, trailing line breaks lost. */
function commentLines(comment: string | undefined): string {
  const text = commentText(comment);
  if (text === undefined) return '';
  checkHostileValue(text);
  const lines = text.split('\n').map((line) => `  ${line}\n`);
  return `comment: |-\n${lines.join('')}`;
}

function commentText(comment: string | undefined): string | undefined {
  const text = comment?.replace(/\n+$/, '');
  return text === '' ? undefined : text;
}

function hasItems<Item>(list: readonly Item[] | undefined): list is readonly Item[] {
  return list !== undefined && list.length > 0;
}

function refuse(what: string, value: unknown): void {
  if (value !== undefined) throw unsayable(what);
}

function unsayable(what: string): TrustError {
  return new TrustError('statement-invalid', `A crev proof has no place for ${what}.`, {
    help: 'Leave it out, or sign with an OpenPGP key.',
  });
}

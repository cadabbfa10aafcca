// trust-check review: writes, signs and publishes a review of exact bytes.

import { resolve } from 'node:path';
import { z } from 'zod';
import { readStatement } from '../../core/statement/canonical.ts';
import { levels, ratings } from '../../core/statement/levels.ts';
import type { Subject } from '../../core/statement/statement.ts';
import { TrustError } from '../../core/errors.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { editText, openDraft, type Draft } from '../compose/edit-text.ts';
import { readForm, reviewFields } from '../compose/read-form.ts';
import { reviewTemplate } from '../compose/review-template.ts';
import { statementHead } from '../compose/statement-head.ts';
import { gatherSubject } from '../compose/subject.ts';
import { chooseSigner, signingOptions } from '../sign/choose-signer.ts';
import { finishStatement } from './finish-statement.ts';
import { keepingDraft } from './keeping-draft.ts';

const schema = z.object({
  digest: z.array(z.string()).default([]),
  fetch: z.boolean().default(false),
  diffBase: z.string().optional(),
  baseSource: z.string().optional(),
  baseDigest: z.array(z.string()).default([]),
  thoroughness: z.enum(levels).optional(),
  understanding: z.enum(levels).optional(),
  rating: z.enum(ratings).optional(),
  comment: z.string().optional(),
  edit: z.boolean().default(true),
  draft: z.string().optional(),
  dryRun: z.boolean().default(false),
});
type Given = z.output<typeof schema>;

export const reviewCommand: CommandSpec = {
  name: 'review',
  arguments: [
    ['<purl>', 'package and version, as a package URL'],
    ['[source]', 'the archive or unpacked folder that you read; without it the archive is fetched'],
  ],
  summary: 'write, sign and publish a review of exact bytes',
  description:
    'Computes every digest of the source, opens a form in your editor (VISUAL, EDITOR), signs what you wrote with your gpg ' +
    'or a key file, and publishes it. Give the archive, and those who check a lockfile find your review by its hash; an ' +
    'unpacked folder alone has only digests of the tree, unless --fetch gets the archive and finds the same tree in it. ' +
    'What you wrote is kept in a file until it is published.',
  examples: [
    [
      'trust-check review pkg:npm/left-pad@1.3.0 left-pad-1.3.0.tgz',
      'review an archive that you unpacked and read',
    ],
    [
      'trust-check review pkg:cargo/hex@0.4.3 ./hex-0.4.3 --fetch',
      'a folder, compared with the published archive',
    ],
    ['trust-check review pkg:cargo/hex@0.4.3 --diff-base pkg:cargo/hex@0.4.2', 'only the difference'],
    [
      'trust-check review PURL FILE --no-edit --thoroughness low --understanding high --rating positive',
      'without an editor',
    ],
  ],
  options: [
    { flags: '--digest <key:hex>', description: 'a digest of the same bytes; repeatable', repeat: true },
    { flags: '--fetch', description: "have the ecosystem's own client fetch the archive, and compare" },
    { flags: '--diff-base <purl>', description: 'review the difference from this version' },
    {
      flags: '--base-source <path>',
      description: 'the archive or folder of that version; else it is fetched',
    },
    { flags: '--base-digest <key:hex>', description: 'a digest of that version; repeatable', repeat: true },
    { flags: '--thoroughness <level>', description: 'how closely you read', choices: levels },
    { flags: '--understanding <level>', description: 'how well you understand it', choices: levels },
    { flags: '--rating <rating>', description: 'what you think of it', choices: ratings },
    { flags: '--comment <text>', description: 'what you read, and what you found' },
    { flags: '--no-edit', description: 'no editor: take the flags as they are' },
    { flags: '--draft <file>', description: 'go on with the text of an earlier attempt' },
    ...signingOptions,
  ],
  async run(context, args, options) {
    const given = schema.parse(options);
    const signer = await chooseSigner(context, options);
    const purl = args[0] ?? '';
    const subject = await gatherSubject(context, { ...given, purl, source: args[1], digests: given.digest });
    const base = await baseOf(context, given);
    const draft = await write(context, given, subject, base);
    return keepingDraft(draft, async () => {
      const form = draft === undefined ? flagsForm(given) : readForm(draft.text, reviewFields);
      // crev names a source by its own digest alone.
      const shape = signer.identity.startsWith('crev:') ? crevOnly : same;
      const statement = readStatement({
        kind: 'package review',
        ...statementHead(signer.identity, context.io.clock()),
        package: shape(subject),
        ...(base !== undefined && { 'package-diff-base': shape(base) }),
        ...form,
      });
      return finishStatement(context, options, signer, statement, given.dryRun);
    });
  },
};

async function baseOf(context: Context, given: Given): Promise<Subject | undefined> {
  if (given.diffBase === undefined) return undefined;
  return gatherSubject(context, {
    purl: given.diffBase,
    source: given.baseSource,
    digests: given.baseDigest,
    fetch: given.fetch,
  });
}

async function write(
  { io }: Context,
  given: Given,
  subject: Subject,
  base: Subject | undefined,
): Promise<Draft | undefined> {
  const existing = given.draft === undefined ? undefined : resolve(io.cwd, given.draft);
  if (!given.edit) return existing === undefined ? undefined : openDraft(existing, false);
  const template = reviewTemplate({
    subject,
    base,
    thoroughness: given.thoroughness ?? 'low',
    understanding: given.understanding ?? 'medium',
    rating: given.rating ?? 'neutral',
    comment: given.comment,
  });
  return editText(io, subject.purl.replace(/^pkg:/, ''), template, existing);
}

function flagsForm({ thoroughness, understanding, rating, comment }: Given): Record<string, unknown> {
  if (thoroughness === undefined || understanding === undefined || rating === undefined) {
    throw new TrustError(
      'usage',
      '--no-edit needs --thoroughness, --understanding and --rating, or --draft.',
    );
  }
  return {
    review: { thoroughness, understanding, rating },
    ...(comment !== undefined && comment !== '' && { comment }),
  };
}

function crevOnly(subject: Subject): Subject {
  const { crevDigest } = subject.digests;
  if (crevDigest === undefined) {
    throw new TrustError('usage', 'A crev proof names crevDigest, and it is not known.', {
      help: 'Name the archive or the unpacked source behind the purl.',
    });
  }
  return { ...subject, digests: { crevDigest } };
}

function same(subject: Subject): Subject {
  return subject;
}

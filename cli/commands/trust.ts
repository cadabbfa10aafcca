// trust-check trust: says how far the person trusts somebody, signed and published.

import { resolve } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { parseIdentity, splitIdentity, type Identity } from '../../core/identity.ts';
import { readStatement } from '../../core/statement/canonical.ts';
import { trustLevels } from '../../core/statement/levels.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { editText, openDraft, type Draft } from '../compose/edit-text.ts';
import { readForm, trustFields } from '../compose/read-form.ts';
import { statementHead } from '../compose/statement-head.ts';
import { trustTemplate } from '../compose/trust-template.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { chooseSigner, signingOptions } from '../sign/choose-signer.ts';
import { keepingDraft } from './keeping-draft.ts';
import { finishStatement } from './finish-statement.ts';

const schema = z.object({
  level: z.enum(trustLevels).optional(),
  comment: z.string().optional(),
  edit: z.boolean().default(true),
  draft: z.string().optional(),
  dryRun: z.boolean().default(false),
});

export const trustCommand: CommandSpec = {
  name: 'trust',
  arguments: [['<ids...>', 'identities: openpgp:<fingerprint> or crev:<key>']],
  summary: 'say how far you trust somebody, signed and published',
  description:
    'Signs a trust statement with your key and publishes it. Whoever trusts you then trusts them too, as far as the ' +
    'distances of the policy reach. A later statement about the same identity replaces the earlier one; the level none ' +
    'withdraws it.',
  examples: [
    ['trust-check trust openpgp:5EA3… --level medium', 'write a comment in your editor, sign and publish'],
    ['trust-check trust crev:FYlr… --level high --no-edit', 'without an editor'],
    ['trust-check trust openpgp:5EA3… --level distrust --comment "Key was stolen" --no-edit', 'warn others'],
  ],
  options: [
    { flags: '--level <level>', description: 'how far', choices: trustLevels },
    { flags: '--comment <text>', description: 'why' },
    { flags: '--no-edit', description: 'no editor: take --level and --comment as they are' },
    { flags: '--draft <file>', description: 'go on with the text of an earlier attempt' },
    ...signingOptions,
  ],
  async run(context, args, options) {
    const given = schema.parse(options);
    const ids = [...new Set(args.map(parseIdentity))];
    const signer = await chooseSigner(context, options);
    if (ids.includes(signer.identity)) {
      throw new TrustError('usage', 'This is the identity that signs: nobody can vouch for themselves.');
    }
    const draft = await write(context, options, given, ids);
    return keepingDraft(draft, async () => {
      const form = draft === undefined ? flagsForm(given) : readForm(draft.text, trustFields);
      const statement = readStatement({
        kind: 'trust',
        ...statementHead(signer.identity, context.io.clock()),
        ids: ids.map(splitIdentity),
        ...form,
      });
      return finishStatement(context, options, signer, statement, given.dryRun);
    });
  },
};

function flagsForm({ level, comment }: z.output<typeof schema>): Record<string, string> {
  if (level === undefined) {
    throw new TrustError('usage', 'How far? --no-edit needs --level.', {
      help: `One of ${trustLevels.join(', ')}.`,
    });
  }
  return { trust: level, ...(comment !== undefined && comment !== '' && { comment }) };
}

async function write(
  context: Context,
  options: Readonly<Record<string, unknown>>,
  given: z.output<typeof schema>,
  ids: readonly Identity[],
): Promise<Draft | undefined> {
  const existing = given.draft === undefined ? undefined : resolve(context.io.cwd, given.draft);
  if (!given.edit) return existing === undefined ? undefined : openDraft(existing, false);
  const named = await Promise.all(
    ids.map(async (identity) => ({ identity, names: await namesOf(context, options, identity) })),
  );
  const template = trustTemplate(named, given.level ?? 'medium', given.comment);
  return editText(context.io, 'trust', template, existing);
}

/** What a key says of itself, for comparison; nothing when no server is configured or it does not know the key. */
async function namesOf(
  context: Context,
  options: Readonly<Record<string, unknown>>,
  identity: Identity,
): Promise<string[]> {
  if (!identity.startsWith('openpgp:')) return [];
  try {
    const api = connectTo(context, await resolveSettings(context, options));
    return ((await api.certificate(identity))?.userIds ?? []).map(escapeTerminal);
  } catch (error) {
    context.terminal.debug(
      `No names for ${identity}: ${error instanceof Error ? escapeTerminal(error.message) : ''}`,
    );
    return [];
  }
}

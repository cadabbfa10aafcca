// trust-check set publish: publishes an organisation's reviewer set from a file.

import { resolve } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { parseIdentity, splitIdentity } from '../../core/identity.ts';
import { readStatement } from '../../core/statement/canonical.ts';
import { maxStatementBytes } from '../../core/statement/statement.ts';
import { isYamlRecord, type YamlValue } from '../../core/statement/yaml.ts';
import type { CommandSpec } from '../command-spec.ts';
import { readForm } from '../compose/read-form.ts';
import { statementHead } from '../compose/statement-head.ts';
import { exitCodes } from '../exit-codes.ts';
import { readTextBounded } from '../read-bounded.ts';
import { chooseSigner, signingOptions } from '../sign/choose-signer.ts';
import { finishStatement } from './finish-statement.ts';

const fields = ['name', 'title', 'home', 'domain', 'members', 'includes', 'policy', 'comment'];
const schema = z.object({ dryRun: z.boolean().default(false) });

const publish: CommandSpec = {
  name: 'publish',
  arguments: [['<file>', `YAML with ${fields.join(', ')}`]],
  summary: 'sign and publish a reviewer set from a YAML file',
  description:
    'Reads a reviewer set: who reviews for an organisation, how far each is trusted and for which packages, and whose sets ' +
    'it includes. Signs it with the organisation’s key and publishes it. A newer set of the same name replaces the older. ' +
    'A member is written as {id: openpgp:<fingerprint>, trust: high, scope: [pkg:npm/*], role: lead}.',
  examples: [
    ['trust-check set publish reviewers.yaml --key-file org.asc --passphrase-file -', 'sign with a key file'],
    ['trust-check set publish reviewers.yaml --dry-run', 'print what would be signed'],
  ],
  options: signingOptions,
  async run(context, args, options) {
    const { dryRun } = schema.parse(options);
    const path = args[0] ?? '';
    const form = readForm(
      await readTextBounded(resolve(context.io.cwd, path), 4 * maxStatementBytes),
      fields,
    );
    const signer = await chooseSigner(context, options);
    const statement = readStatement({
      kind: 'reviewer set',
      ...statementHead(signer.identity, context.io.clock()),
      ...form,
      members: membersOf(form['members']),
    });
    return finishStatement(context, options, signer, statement, dryRun);
  },
};

export const setCommand: CommandSpec = {
  name: 'set',
  arguments: [],
  summary: 'reviewer sets of organisations: set publish FILE',
  description: 'Reviewer sets: who reviews for an organisation.',
  examples: [['trust-check set publish reviewers.yaml', 'sign and publish a reviewer set']],
  options: [],
  children: [publish],
  run: () => Promise.resolve(exitCodes.usage),
};

/** Members may name an identity in one text; statements have it in two fields. */
function membersOf(members: YamlValue | undefined): unknown {
  if (!Array.isArray(members)) {
    throw new TrustError('statement-invalid', 'A reviewer set needs `members`, a list.');
  }
  return (members as readonly YamlValue[]).map((member) => {
    if (!isYamlRecord(member) || typeof member['id'] !== 'string' || member['id-type'] !== undefined)
      return member;
    return { ...member, id: splitIdentity(parseIdentity(member['id'])) };
  });
}

// trust-check retract: withdraws an earlier statement of one's own.

import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { readStatement } from '../../core/statement/canonical.ts';
import { statementIdSchema, type Retraction } from '../../core/statement/statement.ts';
import type { CommandSpec } from '../command-spec.ts';
import { statementHead } from '../compose/statement-head.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { chooseSigner, signingOptions } from '../sign/choose-signer.ts';
import { finishStatement } from './finish-statement.ts';

const reasons = [
  'mistake',
  'superseded',
  'key-compromised',
  'other',
] as const satisfies readonly Retraction['reason'][];
const schema = z.object({
  reason: z.enum(reasons).default('other'),
  comment: z.string().optional(),
  dryRun: z.boolean().default(false),
});

export const retractCommand: CommandSpec = {
  name: 'retract',
  arguments: [['<id>', 'statement id, as the receipt names it']],
  summary: 'withdraw a statement of your own',
  description:
    'Signs and publishes a retraction. The statement stays in the ledger, for nothing is ever deleted there; it counts ' +
    'for nobody any more. Only its own author can withdraw it.',
  examples: [
    ['trust-check retract 5f1c… --reason mistake --comment "I had read 1.3.1"', 'withdraw a review'],
  ],
  options: [
    { flags: '--reason <reason>', description: 'why', choices: reasons },
    { flags: '--comment <text>', description: 'more on why' },
    ...signingOptions,
  ],
  async run(context, args, options) {
    const given = schema.parse(options);
    const id = statementIdSchema.safeParse(args[0]);
    if (!id.success) throw new TrustError('usage', 'A statement id is 64 lower-case hex digits.');
    const signer = await chooseSigner(context, options);
    if (!given.dryRun) {
      const api = connectTo(context, await resolveSettings(context, options));
      const stored = await api.statement(id.data);
      if (stored.author !== signer.identity) {
        throw new TrustError(
          'usage',
          `That statement is by ${stored.author}, and ${signer.identity} would sign.`,
          {
            help: 'Only its author can withdraw a statement. Choose the key with --key.',
          },
        );
      }
    }
    const statement = readStatement({
      kind: 'retraction',
      ...statementHead(signer.identity, context.io.clock()),
      statement: id.data,
      reason: given.reason,
      ...(given.comment !== undefined && given.comment !== '' && { comment: given.comment }),
    });
    return finishStatement(context, options, signer, statement, given.dryRun);
  },
};

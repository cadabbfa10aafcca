// trust-check log checkpoint: the newest checkpoint of the ledger's log, who signed it, and how it follows what was seen.

import { TrustError } from '../../core/errors.ts';
import type { CommandSpec } from '../command-spec.ts';
import { connectTo, resolveSettings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { openLog } from '../ledger/open-log.ts';
import { jsonText } from '../output/json-text.ts';
import { checkpointJson, checkpointLines } from '../report/checkpoint-lines.ts';

export const logCheckpointCommand: CommandSpec = {
  name: 'checkpoint',
  arguments: [],
  summary: 'print the newest checkpoint: its size and root, who signed it, how it follows the last one seen',
  description:
    'Fetches the newest checkpoint, checks its signatures against the configured policy or the pinned keys, and proves that ' +
    'it and the last one that was seen here are states of one history, as every check does. With -v the signed note follows, ' +
    'verbatim; with --json it is in the field note.',
  examples: [
    ['trust-check log checkpoint', 'what the ledger has signed now'],
    ['trust-check log checkpoint --log-policy ledger.tlog-policy', 'with the witnesses that you ask for'],
  ],
  options: [],
  async run(context, _args, options) {
    const { terminal, io, format } = context;
    const settings = await resolveSettings(context, options);
    const log = await openLog(context, settings, connectTo(context, settings));
    if (log === undefined) {
      throw new TrustError('usage', 'There is no checkpoint to speak of without checking the log.', {
        help: 'Leave out --no-log-check and TRUST_CHECK_LOG_CHECK.',
      });
    }
    const checkpoint = await log.latest();
    if (format === 'json') {
      const { relation, knownSize, note } = checkpoint;
      const seen = { relation, knownSize: knownSize ?? null };
      terminal.print(jsonText({ schema: 1, checkpoint: checkpointJson(checkpoint), seen, note }));
      return exitCodes.met;
    }
    for (const line of checkpointLines(checkpoint, io.clock())) terminal.print(line);
    if (terminal.verbosity === 'verbose' || terminal.verbosity === 'debug') {
      terminal.print('');
      terminal.print(checkpoint.note.replace(/\n$/, ''));
    }
    return exitCodes.met;
  },
};

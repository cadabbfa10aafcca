// trust-check log: the ledger's log itself, and those who watch it.

import type { CommandSpec } from '../command-spec.ts';
import { exitCodes } from '../exit-codes.ts';
import { logAuditCommand } from './log-audit.ts';
import { logCheckpointCommand } from './log-checkpoint.ts';
import { logFsckCommand } from './log-fsck.ts';
import { logVerifyCommand } from './log-verify.ts';
import { logWitnessCommand } from './log-witness.ts';

export const logCommand: CommandSpec = {
  name: 'log',
  arguments: [],
  summary: 'the log behind the ledger: check it, watch it, witness it',
  description:
    'The verifiable log behind a ledger, for those who check it, watch it, or sign for it as a witness.',
  examples: [
    ['trust-check log checkpoint', 'what the ledger has signed now, and who signed it'],
    ['trust-check log witness --name witness.example.org/main --log <vkey>', 'run a witness'],
  ],
  options: [],
  children: [logCheckpointCommand, logVerifyCommand, logFsckCommand, logAuditCommand, logWitnessCommand],
  run: () => Promise.resolve(exitCodes.usage),
};

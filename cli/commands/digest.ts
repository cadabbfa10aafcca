// trust-check digest: every digest of files, archives and folders.

import { resolve } from 'node:path';
import { digestEntries } from '../../core/digest/digest-set.ts';
import type { CommandSpec } from '../command-spec.ts';
import { pathDigests } from '../compose/path-digests.ts';
import { exitCodes, mostSevere, type ExitCode } from '../exit-codes.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';
import { errorFacts, errorLines } from '../report-error.ts';

export const digestCommand: CommandSpec = {
  name: 'digest',
  arguments: [['<paths...>', 'files, archives or folders']],
  summary: 'print every digest of files, archives and folders',
  description:
    'Hashes what lockfiles and reviews name: the file itself, the tar inside an archive, and the unpacked tree in the ways ' +
    'of Nix, git, Software Heritage and crev. An archive with one folder at its top is hashed from inside that folder. ' +
    'Nothing is sent anywhere.',
  examples: [
    ['trust-check digest left-pad-1.3.0.tgz', 'an archive and the tree inside'],
    ['trust-check digest --json ./vendor/left-pad', 'an unpacked source, as JSON'],
  ],
  options: [],
  async run({ io, terminal, format, signal }, args) {
    const results: object[] = [];
    const exits: ExitCode[] = [];
    for (const path of args) {
      signal.throwIfAborted();
      const progress = terminal.progress(`Hashing ${escapeTerminal(path)}`);
      try {
        const { kind, digests } = await pathDigests(resolve(io.cwd, path));
        progress.stop();
        results.push({ path, kind, digests: Object.fromEntries(digestEntries(digests)) });
        if (format === 'human') {
          terminal.print(terminal.paint('strong', `${escapeTerminal(path)} (${kind})`));
          for (const [key, hex] of digestEntries(digests)) terminal.print(`  ${key.padEnd(11)} ${hex}`);
        }
      } catch (error) {
        progress.stop();
        const { exit, facts } = errorFacts(error);
        exits.push(exit);
        results.push({ path, error: facts });
        if (format === 'human') for (const line of errorLines(facts, terminal.paint)) terminal.print(line);
      }
    }
    const exit = mostSevere([exitCodes.met, ...exits]);
    if (format === 'json') terminal.print(jsonText({ schema: 1, exit, results }));
    return exit;
  },
};

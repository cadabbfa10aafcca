// The operator's commands: what each takes, and what it says. What they do is in the files beside this one.

import { Command, Option } from 'commander';
import { formatVerifierKey, parseVerifierKey } from '../../core/log/note-key.ts';
import { fsck } from '../../db/fsck/fsck.ts';
import { readOwnPolicy } from '../log/own-discovery.ts';
import { TrustError } from '../../core/errors.ts';
import { openKeyFile, withLedger, type Context, type Output } from './context.ts';
import { freeze } from './freeze.ts';
import { addKey, retireKey } from './keys.ts';
import { recover } from './recover.ts';
import { readStatus, statusLines } from './status.ts';

/** What a command leaves behind: its exit status. */
export interface Outcome {
  status: number;
}

/** Exit status of fsck when it found something. */
const findingsStatus = 3;

/**
 * The program.
 * @param output told what to print; `json` is read from the arguments by whoever makes it
 */
export function makeProgram(env: NodeJS.ProcessEnv, output: Output, outcome: Outcome): Command {
  const program = new Command('ledger')
    .description('Looks after the ledger of this service, by the same configuration (docs/OPERATIONS.md).')
    .option('--json', 'print results as JSON')
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false);
  const show = (value: object, lines: readonly string[]): void => {
    if (output.json) output.print(JSON.stringify(value));
    else for (const line of lines) output.print(line);
  };
  const inLedger = (work: (context: Context) => Promise<void>): Promise<void> =>
    withLedger(env, output, work);

  program
    .command('status')
    .description('origin, head, what is published, fence, keys, witnesses, and what to look at')
    .action(() =>
      inLedger(async ({ config, keyFile: { keys }, fence, db }) => {
        const own = keys.signers.map(({ key }) => key);
        const policy = readOwnPolicy(config.ledgerLog.witnessPolicy, own);
        const status = await readStatus({ db, keys, fence, policy, now: new Date() });
        show(status, statusLines(status));
      }),
    );

  program
    .command('fsck')
    .description(
      'derive everything again from the entries and compare: exit status 3 when something is wrong',
    )
    .action(() =>
      inLedger(async ({ keyFile: { keys, origin }, db }) => {
        const report = await fsck(db, {
          keys: [...keys.signers.map(({ key }) => key), ...keys.retired],
          origin,
          progress: output.progress,
        });
        const { size, findings, total } = report;
        show(report, [
          ...findings.map(
            ({ table, index, message }) =>
              `${table}${index === undefined ? '' : `, entry ${index}`}: ${message}`,
          ),
          ...(total > findings.length ? [`and ${total - findings.length} more`] : []),
          total === 0
            ? `Examined ${size} entries, all tiles, checkpoints and projections: nothing is wrong.`
            : `Examined ${size} entries: ${total} finding${total === 1 ? '' : 's'}.`,
        ]);
        if (total > 0) outcome.status = findingsStatus;
      }),
    );

  program
    .command('recover')
    .description('bring entries back that the database has lost, from a mirror of this log')
    .requiredOption('--mirror <folder>', 'a folder that trust-check mirror made, or a static export')
    .action(({ mirror }: { mirror: string }) =>
      inLedger(async ({ keyFile: { keys }, fence, db }) => {
        const { origin, from, to } = await recover(db, {
          folder: mirror,
          keys: [...keys.signers.map(({ key }) => key), ...keys.retired],
          fence,
          progress: output.progress,
        });
        show({ origin, from, to }, [
          `The log ${origin} has its entries ${from} to ${to - 1} back, and the root that was signed for ${to}.`,
          'Run fsck now, then start the service.',
        ]);
      }),
    );

  program
    .command('freeze')
    .description('close the log for ever, and name the log that goes on')
    .requiredOption('--successor <vkey>', "verifier key of the successor's log")
    .option('--url <address>', 'where the successor is')
    .option('--incomplete', 'although entries that were signed are missing')
    .option('--yes', 'really: it cannot be undone')
    .action((options: { successor: string; url?: string; incomplete?: boolean; yes?: boolean }) =>
      inLedger(async ({ keyFile: { keys, origin }, fence, db }) => {
        const key = parseVerifierKey(options.successor);
        if (options.yes !== true) {
          throw new TrustError('usage', `Freezing ${origin} cannot be undone`, {
            help: `It would take no more entries, and say that ${key.name} goes on. Say so again with --yes.`,
          });
        }
        const note = await freeze(db, {
          successor: { key, url: options.url },
          keys,
          fence,
          incomplete: options.incomplete === true,
          now: new Date(),
        });
        show({ frozen: note }, [
          note.trimEnd(),
          '',
          'Restart the service: it goes on serving and signing what there is, with this notice.',
        ]);
      }),
    );

  addKeyCommands(program, env, output, show);
  return program;
}

function addKeyCommands(
  program: Command,
  env: NodeJS.ProcessEnv,
  output: Output,
  show: (value: object, lines: readonly string[]) => void,
): void {
  const keys = program.command('keys').description("the log's keys: list, add, retire");
  keys
    .command('list')
    .description('verifier keys, the current one first; never private ones')
    .action(async () => {
      const { signers, retired } = (await openKeyFile(env)).keys;
      const signing = signers.map(({ key }) => formatVerifierKey(key));
      show({ signing, retired: retired.map(formatVerifierKey) }, [
        ...signing,
        ...retired.map((key) => `${formatVerifierKey(key)} (retired)`),
      ]);
    });
  keys
    .command('add')
    .description('make one more key: from the next start on it signs beside the others')
    .addOption(new Option('--ml-dsa', 'an ML-DSA-44 key, as a second signature'))
    .action(async ({ mlDsa }: { mlDsa?: boolean }) => {
      const file = await openKeyFile(env);
      const key = formatVerifierKey(await addKey(file, mlDsa === true ? 'mlDsa' : 'ed25519', new Date()));
      show({ added: key }, [key]);
      output.note(`Back up ${file.file}, restart the service, and publish this verifier key.`);
    });
  keys
    .command('retire <id>')
    .description('take a private key away; its verifier key stays, for what it has signed')
    .action(async (id: string) => {
      const file = await openKeyFile(env);
      const key = formatVerifierKey(await retireKey(file, id, new Date()));
      show({ retired: key }, [key]);
      output.note('Restart the service. Destroy the copies of this private key in your backups.');
    });
}

// trust-check log fsck: derives a whole ledger again and says which of its bytes are wrong.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import type { RawLedgerSource } from '../../core/log/ledger-source.ts';
import { parseVerifierKey } from '../../core/log/note-key.ts';
import { policyOfLogs, type WitnessPolicy } from '../../core/log/witness-policy.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { configuredPolicy } from '../config/log-options.ts';
import { connectTo, resolveSettings, type Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { FsckFinding } from '../fsck/finding.ts';
import { runFsck, type FsckReport } from '../fsck/run-fsck.ts';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { openKnownLedger } from '../ledger/known-ledger.ts';
import { readMirrorState } from '../mirror/mirror-state.ts';
import { startRate } from '../mirror/rate.ts';
import { defaultThreads, openPool } from '../mirror/verify-pool.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { jsonText } from '../output/json-text.ts';

const schema = z.object({
  threads: z.coerce.number('--threads takes a whole number.').int().min(1).max(256).optional(),
});

export const logFsckCommand: CommandSpec = {
  name: 'fsck',
  arguments: [['[place]', 'address or folder of a ledger; without it, the configured one']],
  summary: 'derive a whole ledger again and list every damaged byte of it',
  description:
    'Reads a ledger from its first entry to its last, from a server or from a folder (a mirror, an export), and derives ' +
    'everything again: documents and their signatures as of their time, leaf records, every tile of every level, the root, ' +
    'and the signatures on the checkpoint. It does not stop at what it finds: each finding names the file and the entry. ' +
    'In a folder it also looks at files that the checkpoint does not need.\n' +
    '\n' +
    'The keys of the log are those of --log-policy or --log-key, else those that were pinned for this place, else the ones ' +
    'that the ledger names itself, which is said.',
  examples: [
    ['trust-check log fsck https://ledger.example.org', 'a server'],
    ['trust-check log fsck ./ledger --json', 'a mirror or an export on disk'],
  ],
  options: [
    { flags: '--threads <n>', description: 'threads that check signatures (as many as the machine has)' },
  ],
  async run(context, args, options) {
    const { threads } = schema.parse(options);
    const settings = await resolveSettings(context, options);
    const place = placeOf(context, settings, args[0]);
    const policy = await keysOf(context, settings, place.source);
    const pool = openPool(threads ?? defaultThreads());
    const { terminal, signal } = context;
    const progress = terminal.progress('Checking');
    let report: FsckReport;
    try {
      report = await runFsck({ ...place, policy, pool, signal, progress: startRate(progress) });
    } finally {
      progress.stop();
      await pool.close();
    }
    const exit = report.count === 0 ? exitCodes.met : exitCodes.evidence;
    if (context.format === 'json') {
      const { findings, ...rest } = report;
      terminal.print(jsonText({ schema: 1, exit, place: place.source.place, ...rest, findings }));
    } else printHuman(context, report);
    return exit;
  },
};

interface Place {
  readonly source: RawLedgerSource;
  readonly folder: string | undefined;
  readonly isMirror: boolean;
}

function placeOf(context: Context, settings: Settings, given: string | undefined): Place {
  const { io } = context;
  const path = given ?? settings.mirror;
  if (path !== undefined && !/^https?:\/\//i.test(path)) {
    const folder = resolve(io.cwd, path);
    if (!existsSync(folder)) {
      throw new TrustError('usage', `No such folder: ${escapeTerminal(path)}`, {
        help: 'Name the address of a ledger (https://…), or a folder that holds one.',
      });
    }
    const state = readMirrorState(folder);
    // Keys are pinned for what is mirrored.
    const source = { ...makeFolderSource(folder), ...(state !== undefined && { place: state.place }) };
    return { source, folder, isMirror: state !== undefined };
  }
  const api = given === undefined ? connectTo(context, settings) : context.connect(given, settings.timeoutMs);
  return { source: api.source, folder: undefined, isMirror: false };
}

async function keysOf(
  { io, terminal }: Context,
  settings: Settings,
  source: RawLedgerSource,
): Promise<WitnessPolicy> {
  const configured = await configuredPolicy(settings.log, (path) => resolve(io.cwd, path));
  const known = await openKnownLedger(io, source.place, configured, () => undefined).policy();
  if (known !== undefined) return known;
  const { keys } = await source.discovery();
  terminal.note(
    `No key is known for ${escapeTerminal(source.place)}: the ones that it names itself are taken: ${keys.map(escapeTerminal).join(' ')}`,
  );
  return policyOfLogs(keys.map(parseVerifierKey));
}

function printHuman({ terminal }: Context, report: FsckReport): void {
  const { paint } = terminal;
  for (const finding of report.findings) terminal.print(`${paint.symbols.bad} ${findingLine(finding)}`);
  const more = report.count - report.findings.length;
  if (more > 0) terminal.print(`and ${more} more`);
  if (report.unjudged > 0) {
    terminal.print(
      `${report.unjudged} statements could not be judged, because a certificate before them is damaged.`,
    );
  }
  if (report.unknownSignatures > 0) {
    terminal.note(
      `${report.unknownSignatures} signatures on the checkpoint are by keys that are not known here; they were not checked.`,
    );
  }
  const what = report.size === undefined ? 'The checkpoint can’t be read' : `${report.size} entries checked`;
  terminal.print(
    report.count === 0
      ? `${what}: every document, leaf record, tile and the checkpoint hold.`
      : `${what}: ${report.count === 1 ? 'one finding' : `${report.count} findings`}.`,
  );
}

function findingLine({ file, entries, code, message }: FsckFinding): string {
  const about =
    entries === undefined
      ? ''
      : entries.first === entries.last
        ? `entry ${entries.first}: `
        : `entries ${entries.first} to ${entries.last}: `;
  return `${escapeTerminal(file)}: ${about}${escapeTerminal(message)} [${code}]`;
}

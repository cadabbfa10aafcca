// trust-check log witness: a witness (C2SP tlog-witness) for other people's logs.

import { join, resolve } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../../core/errors.ts';
import { formatVerifierKey } from '../../core/log/note-key.ts';
import type { CommandSpec, Context } from '../command-spec.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { openWitnessKeys, type WitnessKeys } from '../witness/key-file.ts';
import { aboutWitness, policyLines, requestLine } from '../witness/tell.ts';
import { readTrustedLogs } from '../witness/trusted-logs.ts';
import { listenAsWitness } from '../witness/witness-server.ts';
import { originHash, WitnessStore } from '../witness/witness-store.ts';
import { Witness } from '../witness/witness.ts';

const schema = z.object({
  listen: z.string().default('127.0.0.1:8480'),
  name: z.string().optional(),
  key: z.string().optional(),
  mlDsa: z.boolean().default(false),
  state: z.string().optional(),
  log: z.array(z.string()).default([]),
  logPolicy: z.string().optional(),
});

export const logWitnessCommand: CommandSpec = {
  name: 'witness',
  arguments: [],
  summary: 'run a witness, which signs checkpoints of other ledgers',
  description:
    'Runs a witness: an HTTP server to which ledgers send their checkpoints (c2sp.org/tlog-witness). It signs a checkpoint ' +
    'only if it continues the one that it signed before, and stores that before it answers. So a ledger cannot show one ' +
    'history to some people and another to others without being found out. Organisations run witnesses for each other.\n' +
    '\n' +
    'Its key is made on the first start. Give the printed verifier key to those who run the ledger and to those who rely on ' +
    'it; they write it into their policy file. Put it behind a web server that speaks TLS. As a service:\n' +
    '\n' +
    '    # /etc/systemd/system/trust-witness.service\n' +
    '    [Service]\n' +
    '    ExecStart=/usr/bin/trust-check log witness --json --listen 127.0.0.1:8480 \\\n' +
    '        --name witness.example.org/main --state /var/lib/trust-witness --log-policy /etc/trust-witness/policy\n' +
    '    DynamicUser=yes\n' +
    '    StateDirectory=trust-witness\n' +
    '    Restart=always\n' +
    '    [Install]\n' +
    '    WantedBy=multi-user.target\n' +
    '\n' +
    'Never restore the state folder from an older copy, and never run two witnesses with one key: then it could sign two ' +
    'histories. If the state is lost, start a new witness under a new name.',
  examples: [
    [
      'trust-check log witness --name witness.example.org/main --log <vkey>',
      'witness one ledger, on port 8480 of this machine',
    ],
    [
      'trust-check log witness --log-policy ./logs.txt --json',
      'many ledgers, one JSON line a request on stderr',
    ],
  ],
  options: [
    {
      flags: '--listen <host:port>',
      description: 'where to listen (127.0.0.1:8480); port 0 takes any free one',
    },
    { flags: '--name <name>', description: 'name of the witness, needed once; stands in every signature' },
    {
      flags: '--key <file>',
      description: 'its private keys, made when missing (witness-key in the state folder)',
    },
    { flags: '--ml-dsa', description: 'also sign with ML-DSA-44, a post-quantum signature' },
    { flags: '--state <dir>', description: 'what it has signed (trust-check/witness in your state folder)' },
    { flags: '--log <vkey>', description: 'verifier key of a log to sign for', repeat: true },
    { flags: '--log-policy <file>', description: 'the logs to sign for: the log lines of a policy file' },
  ],
  async run(context, _args, options) {
    const given = schema.parse(options);
    const { io, terminal, format } = context;
    const { host, port } = parseListen(given.listen);
    const under = (path: string): string => resolve(io.cwd, path);
    const folder = given.state === undefined ? defaultFolder(io) : under(given.state);
    const policy = given.logPolicy === undefined ? undefined : under(given.logPolicy);
    const logs = await readTrustedLogs(given.log, policy);
    const keyFile = given.key === undefined ? join(folder, 'witness-key') : under(given.key);
    const keys = await openWitnessKeys(keyFile, given.name, given.mlDsa);
    if (keys.made.length > 0) tellNewKeys(context, keys, keyFile);
    const { name, signers } = keys;
    const verifiers = signers.map(({ key }) => key);
    const store = await WitnessStore.open(folder, logs, verifiers);
    try {
      const witness = new Witness({ logs, signers, store, clock: io.clock });
      const origins = [...logs.keys()];
      const server = await listenAsWitness({
        ...{ witness, host, port },
        about: () =>
          aboutWitness(
            name,
            verifiers,
            origins.map((origin) => ({ origin, hash: originHash(origin), size: store.get(origin)?.size })),
          ),
        record: (request) => {
          if (terminal.verbosity !== 'quiet' || request.status >= 500)
            io.stderr.write(`${requestLine(request, format, io.clock())}\n`);
        },
      });
      const { address } = server;
      if (format === 'json') {
        const texts = verifiers.map(formatVerifierKey);
        io.stdout.write(
          `${JSON.stringify({ schema: 1, event: 'listening', address, name, keys: texts, logs: origins })}\n`,
        );
      } else {
        terminal.print(`The witness ${name} listens on ${address}, for ${origins.join(', ')}.`);
        terminal.print('For policy files, with the address that others reach it at:');
        for (const line of policyLines(name, verifiers, address)) terminal.print(`  ${line}`);
      }
      await aborted(context.signal);
      await server.stop();
      if (format === 'human') terminal.note('Stopped.');
      return exitCodes.met;
    } finally {
      await store.close();
    }
  },
};

function tellNewKeys({ io, terminal, format }: Context, { name, made }: WitnessKeys, keyFile: string): void {
  const what = made.map((type) => (type === 'mlDsa' ? 'ML-DSA-44' : 'Ed25519')).join(' and ');
  if (format === 'json') {
    io.stderr.write(
      `${JSON.stringify({ time: io.clock().toISOString(), event: 'key-made', name, keyFile, made })}\n`,
    );
    return;
  }
  terminal.warn(
    `A new ${what} key of the witness ${name} was made and written to ${escapeTerminal(keyFile)}.`,
  );
  terminal.warn(
    'Keep a copy in a safe place: without this key the witness is another one. Show it to nobody.',
  );
}

function defaultFolder({ env, homedir }: Io): string {
  const base = env['XDG_STATE_HOME'];
  const state = base?.startsWith('/') === true ? base : join(homedir, '.local', 'state');
  return join(state, 'trust-check', 'witness');
}

function parseListen(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > 65_535) {
    throw new TrustError('usage', '--listen takes HOST:PORT, such as 127.0.0.1:8480 or [::]:8480');
  }
  return { host, port: Number(digits) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => {
      done();
    });
  });
}

// trust-check log audit: the monitor that people leave running.

import { auditOptions, readAuditOptions } from '../audit/audit-options.ts';
import { openMonitor } from '../audit/open-monitor.ts';
import { follow, lookOnce } from '../audit/run-audit.ts';
import { WatchList } from '../audit/watch-list.ts';
import type { CommandSpec } from '../command-spec.ts';

export const logAuditCommand: CommandSpec = {
  name: 'audit',
  arguments: [],
  summary: 'a monitor: what was added about whom you watch, and whether the log stays honest',
  description:
    'Follows a ledger and reports new statements about what is watched, and everything that its log must never do. ' +
    'Every entry that was added is read and shown to be in the tree of a signed checkpoint, and every checkpoint to go on ' +
    'from the one before, so what the monitor has read is one history that only grows. Reported are forks (with both ' +
    'signed notes, also kept under evidence/ in the state folder), rollbacks, checkpoints without the signatures that are ' +
    'asked for, stale ones, wrong or withheld tiles, entries that are no leaf records, that are dated backwards or in the ' +
    'future, or that repeat an earlier one, and the notice that a log is frozen.\n' +
    '\n' +
    'What matches a watch is opened and verified: signature, author, and that the entry says what the document says. ' +
    'A purl without a version stands for all its versions, one with a version for exactly that purl. Statements that ' +
    'matched are watched themselves, for their retraction.\n' +
    '\n' +
    'Without --follow it looks once and ends, for cron. Its state says how far it came, so the next run goes on from ' +
    'there; nothing is skipped, and only what was on its way when the monitor was killed can come twice, with the same ' +
    'event id. The first run begins at the end of the log unless it is told otherwise; repeated entries are noticed among ' +
    'those that were read. Each monitor needs a state folder of its own.\n' +
    '\n' +
    '--max-age: with a quorum of witnesses in the log policy, the age is that of their signatures. Without, a log that does ' +
    'not grow looks like one that is held back, so the age is the time since it grew, and there is no limit unless you ' +
    'set one that fits the ledger.\n' +
    '\n' +
    'A webhook gets a JSON array of events (the lines of --json). With a secret the header trust-check-signature is ' +
    't=<seconds>,v1=<hex of HMAC-SHA256 over "<seconds>.<body>">. Events are delivered at least once: drop ids that you ' +
    'know. What was not taken waits in the state folder; then the exit status is 4.\n' +
    '\n' +
    'Exit status: 0 nothing alarming, 1 a match with --fail-on-match, 2 wrong use, 3 evidence that the ledger misbehaves, as ' +
    'long as it does and while evidence of a fork lies in the state folder, 4 network, an incomplete pass, or an ' +
    'undelivered webhook.\n' +
    '\n' +
    'In a crontab, every ten minutes, mail only when there is something to say:\n' +
    '\n' +
    '    */10 * * * *  trust-check log audit -q --watch-file ~/watched.txt\n' +
    '\n' +
    'As a systemd timer: a service of Type=oneshot with that command and OnFailure= naming what should wake you, and a ' +
    'timer with OnUnitActiveSec=10min. As a service that stays: the command with --follow 60 and Restart=always.',
  examples: [
    ['trust-check log audit --watch openpgp:5EA3… --watch pkg:npm/left-pad', 'look once, from now on'],
    ['trust-check log audit --from-start --json', 'vouch for the whole log, JSON lines'],
    [
      'trust-check log audit --follow 60 --webhook https://hooks.example.org/ledger --webhook-secret-file ./secret',
      'stay, and tell a web address',
    ],
  ],
  options: auditOptions,
  async run(context, _args, options) {
    const given = await readAuditOptions(context.io, options);
    // Wrong watches are told before anything is asked for.
    new WatchList(given.watches);
    const monitor = await openMonitor(context, given, options);
    return given.followMs === undefined
      ? lookOnce(context, given, monitor)
      : follow(context, given, monitor, given.followMs);
  },
};

// A server that lies about anything that signatures cover is caught, and ends the command with status 3 (issue 2,
// acceptance 6).

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LookupResponse } from '../../cli/http/api-client.ts';
import { findingKinds, type FindingKind } from '../../cli/verify/finding.ts';
import { makeIdentity } from '../../core/identity.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import { serveLies, type Lie } from './support/lying-server.ts';
import { serveLedger } from './support/memory-ledger.ts';
import {
  makeReviewer,
  packageLock,
  review,
  say,
  sign,
  trust,
  World,
  type Reviewer,
} from './support/world.ts';

const good = 'a'.repeat(128);
const bad = 'b'.repeat(128);
const nowhere = 'd'.repeat(64) as StatementId;

const output = z.object({
  met: z.boolean(),
  lockfiles: z.tuple([
    z.object({
      met: z.boolean(),
      report: z.object({ totals: z.record(z.string(), z.number()) }).optional(),
      error: z
        .object({
          code: z.string(),
          findings: z.array(z.object({ kind: z.enum(findingKinds), statement: z.string().optional() })),
        })
        .optional(),
    }),
  ]),
});

describe('a server that lies', () => {
  const world = new World();
  let honest: { url: string; close: () => Promise<void> };
  let root: Reviewer;
  let reader: Reviewer;
  let stranger: Reviewer;
  let negative: StatementId;
  let positive: StatementId;

  beforeAll(async () => {
    [root, reader, stranger] = (await Promise.all(
      ['Root', 'Reader', 'Stranger'].map((name) => makeReviewer(name)),
    )) as [Reviewer, Reviewer, Reviewer];
    await say(world.ledger, root, trust([reader.identity]));
    positive = await say(world.ledger, reader, review('pkg:npm/good@1.0.0', good));
    negative = await say(
      world.ledger,
      reader,
      review('pkg:npm/bad@2.0.0', bad, 'negative', 'It sends your keys away.'),
    );
    await say(world.ledger, stranger, review('pkg:npm/bad@2.0.0', bad, 'strong'));
    honest = await serveLedger(world.ledger);
    const packages = [
      { name: 'good', version: '1.0.0', sha512: good },
      { name: 'bad', version: '2.0.0', sha512: bad },
    ];
    world.write('package-lock.json', packageLock(packages));
  });
  afterAll(async () => {
    await honest.close();
    world.remove();
  });

  async function check(lie: Lie, ...more: string[]) {
    const server = await serveLies(honest.url, lie);
    try {
      return await world.run(['--server', server.url, '--root', root.identity, '--no-cache', ...more]);
    } finally {
      await server.close();
    }
  }

  it('is believed when it passes on honest answers', async () => {
    const { exit, stdout } = await check({}, '--json');
    expect(exit).toBe(1);
    const { lockfiles } = output.parse(JSON.parse(stdout));
    expect(lockfiles[0].report?.totals).toMatchObject({ flagged: 1, reviewed: 1 });
  });

  const find = (answer: LookupResponse, id: StatementId) => answer.statements.find((one) => one.id === id)!;
  const drop = (answer: LookupResponse) => {
    answer.statements = answer.statements.filter((one) => one.id !== negative);
  };

  const lies: Record<string, { lie: Lie; kind: FindingKind; about?: () => StatementId }> = {
    'drops a negative review that it is asked for by id': {
      lie: { lookup: drop },
      kind: 'statement-missing',
      about: () => negative,
    },
    'says that a statement under its own answer is missing': {
      lie: {
        lookup: (answer) => {
          drop(answer);
          answer.missing = [negative];
        },
      },
      kind: 'statement-missing',
      about: () => negative,
    },
    'turns a flagged verdict into a reviewed one': {
      lie: {
        check: ({ report }) => {
          const [flagged, reviewed] = report.verdicts;
          flagged!.result = reviewed!.result;
          report.totals = { ...report.totals, flagged: 0, reviewed: 2 };
          report.met = true;
        },
      },
      kind: 'report',
      about: () => negative,
    },
    'says that the policy is met': {
      lie: {
        check: ({ report }) => {
          report.met = true;
        },
      },
      kind: 'report',
    },
    'leaves out the origin of a flag': {
      lie: {
        check: ({ report }) => {
          const { result } = report.verdicts[0]!;
          if (result.verdict === 'flagged')
            result.flags.forEach((flag) => (flag.origin.statement = positive));
        },
      },
      kind: 'report',
      about: () => negative,
    },
    'leaves out one of two people who reviewed': {
      lie: {
        check: ({ report }) => {
          const { result } = report.verdicts[1]!;
          if (result.verdict === 'reviewed')
            result.chains = [[{ ...result.chains[0]![0]!, statement: nowhere }]];
        },
      },
      kind: 'report',
      about: () => positive,
    },
    'invents trust in somebody': {
      lie: {
        check: ({ report }) => {
          const { result } = report.verdicts[1]!;
          if (result.verdict !== 'reviewed') return;
          result.chains.push([{ ...result.chains[0]![0]!, author: stranger.identity, statement: nowhere }]);
        },
      },
      kind: 'report',
      about: () => nowhere,
    },
    'answers about another closure': {
      lie: {
        check: ({ report }) => {
          report.closure = '0'.repeat(64);
        },
      },
      kind: 'report',
    },
    'leaves out an input': {
      lie: {
        check: ({ report }) => {
          report.verdicts.shift();
        },
      },
      kind: 'report',
    },
    'serves a statement with an altered text': {
      lie: {
        lookup: (answer) => {
          const statement = find(answer, negative);
          statement.document = statement.document.replace('rating: negative', 'rating: positive');
        },
      },
      kind: 'statement-forged',
      about: () => negative,
    },
    "serves a statement in somebody's name, signed by another key": {
      lie: {
        lookup: async (answer) => {
          const document = await sign(stranger, review('pkg:npm/bad@2.0.0', bad, 'positive'));
          find(answer, negative).document = document.replace(
            stranger.identity.slice(8),
            reader.identity.slice(8),
          );
        },
      },
      kind: 'statement-forged',
      about: () => negative,
    },
    'serves another genuine statement under the id': {
      lie: {
        lookup: (answer) => {
          find(answer, negative).document = find(answer, positive).document;
        },
      },
      kind: 'statement-swapped',
      about: () => negative,
    },
    'attributes a statement to somebody else': {
      lie: {
        lookup: (answer) => {
          find(answer, negative).author = stranger.identity;
        },
      },
      kind: 'statement-reattributed',
      about: () => negative,
    },
    'shows a statement with another content than was signed': {
      lie: {
        lookup: (answer) => {
          const { statement } = find(answer, negative);
          if (statement.kind === 'package review') statement.comment = 'Fine.';
        },
      },
      kind: 'statement-altered',
      about: () => negative,
    },
    "serves another key as an author's certificate": {
      lie: {
        lookup: ({ certificates }) => {
          certificates.find((one) => one.identity === reader.identity)!.armored = stranger.armored;
        },
      },
      kind: 'certificate',
    },
    'leaves out a certificate': {
      lie: {
        lookup: (answer) => {
          answer.certificates = answer.certificates.filter((one) => one.identity !== reader.identity);
        },
      },
      kind: 'certificate',
      about: () => negative,
    },
    'hands out what nobody asked for': {
      lie: {
        lookup: (answer) => {
          answer.statements.push({ ...answer.statements[0]!, id: nowhere });
        },
      },
      kind: 'statement-unasked',
      about: () => nowhere,
    },
    'places a statement beyond the ledger that it answers for': {
      lie: {
        lookup: (answer) => {
          find(answer, negative).index = 4000;
        },
      },
      kind: 'ledger-index',
      about: () => negative,
    },
    'places two statements at one entry': {
      lie: {
        lookup: (answer) => {
          find(answer, negative).index = find(answer, positive).index;
        },
      },
      kind: 'ledger-index',
      about: () => negative,
    },
    'claims a retraction that its author never made': {
      lie: {
        lookup: (answer) => {
          find(answer, negative).retractedBy = 0;
        },
      },
      kind: 'report',
      about: () => negative,
    },
  };

  it.each(Object.entries(lies))('that %s is caught with exit 3', async (_name, { lie, kind, about }) => {
    const { exit, stdout } = await check(lie, '--json');
    expect(exit).toBe(3);
    const { met, lockfiles } = output.parse(JSON.parse(stdout));
    const [{ met: each, report, error }] = lockfiles;
    expect([met, each, report]).toEqual([false, false, undefined]);
    expect(error?.code).toBe('evidence-invalid');
    expect(error?.findings.map((finding) => finding.kind)).toContain(kind);
    if (about !== undefined) expect(error?.findings.map((finding) => finding.statement)).toContain(about());
  });

  it('is not forgiven by --no-fail or --allow-nothing', async () => {
    const { exit } = await check(lies['says that the policy is met']!.lie, '--no-fail', '--allow-nothing');
    expect(exit).toBe(3);
  });

  it('is told apart from a cache that is out of date', async () => {
    const argv = ['--server', honest.url, '--root', root.identity];
    expect((await world.run(argv)).exit).toBe(1);
    // What is cached says another place than the ledger does.
    const cache = join(world.home, '.cache', 'trust-check');
    const files = readdirSync(cache, { recursive: true, encoding: 'utf8' });
    const file = files.find((name) => name.endsWith(`${positive}.json`))!;
    const stored = JSON.parse(readFileSync(join(cache, file), 'utf8')) as { index: number };
    writeFileSync(join(cache, file), JSON.stringify({ ...stored, index: stored.index + 1 }));
    const second = await world.run([...argv, '--debug']);
    expect(second.exit).toBe(1);
    expect(second.stderr).toContain('fetching all of them');
  });

  it('is caught although the honest statements are in the cache', async () => {
    let lying = false;
    const lie = lies['turns a flagged verdict into a reviewed one']!.lie;
    const server = await serveLies(honest.url, {
      check: (answer) => {
        if (lying) lie.check!(answer);
      },
    });
    const argv = ['--root', root.identity, '--server', server.url];
    expect((await world.run(argv)).exit).toBe(1);
    lying = true;
    expect((await world.run(argv)).exit).toBe(3);
    await server.close();
  });

  it('is told with statement, author and both versions, and never beside a verdict', async () => {
    const { exit, stdout } = await check(lies['attributes a statement to somebody else']!.lie);
    expect(exit).toBe(3);
    expect(stdout).toContain(negative);
    expect(stdout).toContain(`package review by ${reader.identity}`);
    expect(stdout).toContain(`package review by ${stranger.identity}`);
    expect(stdout).not.toContain('policy met');
    expect(stdout).not.toMatch(/\d inputs?:/);
  });

  it('cannot pass for honest by naming nobody: who is not in the web is not trusted', async () => {
    const nobody = makeIdentity('openpgp', '0'.repeat(40));
    const { exit, stdout } = await world.run(['--server', honest.url, '--root', nobody, '--no-cache']);
    expect(exit).toBe(1);
    expect(stdout).toContain('outside your web of trust');
  });
});

// The command line against the real service on an embedded database: publish, import, check, lie.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { listen, type HttpServer } from '../../server/http-server.ts';
import { createLogger } from '../../server/logger.ts';
import { createService, type Service } from '../../server/service.ts';
import { createServiceState } from '../../server/service-state.ts';
import { openDatabase } from '../../db/connect.ts';
import { corpusPath, describeWithCorpus } from '../support/corpus.ts';
import { usePlaces } from '../support/database.ts';
import { testLogConfig } from '../support/log-config.ts';
import { serveLies } from './support/lying-server.ts';
import { hex } from './support/sample-world.ts';
import { makeReviewer, packageLock, review, sign, trust, World, type Reviewer } from './support/world.ts';

const liveClock = { clock: () => new Date() };

describe('against the real service', () => {
  const world = new World();
  const places = usePlaces('embedded');
  let service: Service;
  let http: HttpServer;
  let root: Reviewer;
  let reader: Reviewer;

  beforeAll(async () => {
    const config = readConfig({ LOG_LEVEL: 'silent' });
    const state = createServiceState();
    const clock = () => new Date();
    const app = createApp({ config: config.http, log: createLogger('silent'), state, clock });
    const ledgerLog = testLogConfig();
    const db = await openDatabase(await places());
    service = await createService({ db, workers: 0, clock, ledgerLog, log: createLogger('silent') });
    state.setReady(service);
    http = await listen(app, { host: '127.0.0.1', port: 0 });
    root = await makeReviewer('Root');
    reader = await makeReviewer('Reader');
    world.write('root.pub', root.armored);
    world.write('reader.pub', reader.armored);
    world.write('trust.asc', await sign(root, trust([reader.identity])));
    world.write('good.asc', await sign(reader, review('pkg:npm/good@1.0.0', hex('a'))));
    world.write('bad.asc', await sign(reader, review('pkg:npm/bad@2.0.0', hex('b'), 'negative')));
    const packages = [
      { name: 'good', version: '1.0.0', sha512: hex('a') },
      { name: 'bad', version: '2.0.0', sha512: hex('b') },
    ];
    world.write('package-lock.json', packageLock(packages));
  });
  afterAll(async () => {
    await http.stop(0);
    await service.close();
    world.remove();
  });

  it('publishes certificates and statements, and answers known the second time', async () => {
    const files = ['trust.asc', 'good.asc', 'bad.asc', 'root.pub', 'reader.pub'];
    const argv = ['publish', ...files, '--server', http.address];
    const first = await world.run(argv);
    expect(first.stdout).toMatch(/^root.pub: published: certificate/);
    expect(first.exit).toBe(0);
    const second = await world.run(argv);
    expect(second.exit).toBe(0);
    expect(second.stdout.match(/already known/g)).toHaveLength(5);
  });

  it('checks, verifies all of it locally, and agrees', async () => {
    const { exit, stdout, stderr } = await world.run(
      ['--server', http.address, '--root', root.identity, '--debug'],
      liveClock,
    );
    expect(stderr).toContain('3 of 3 statements verified');
    expect(stdout).toContain('3 inputs: 1 reviewed, 1 flagged, 1 local: policy not met');
    expect(exit).toBe(1);
  });

  it('catches a proxy in front of it that turns the verdict around', async () => {
    const liar = await serveLies(http.address, {
      check: ({ report }) => {
        report.verdicts[0]!.result = report.verdicts[1]!.result;
        report.met = true;
      },
    });
    const { exit } = await world.run(['--server', liar.url, '--root', root.identity], liveClock);
    await liar.close();
    expect(exit).toBe(3);
  });

  it('catches a proxy that keeps back a review which the answer rests on', async () => {
    const liar = await serveLies(http.address, {
      lookup: (answer) => {
        answer.statements = answer.statements.filter((one) => one.kind !== 'package review');
      },
    });
    const { exit } = await world.run(
      ['--server', liar.url, '--root', root.identity, '--no-cache'],
      liveClock,
    );
    await liar.close();
    expect(exit).toBe(3);
  });

  describeWithCorpus('import crev into the real service', () => {
    it('imports all 1685 real proofs, and answers known the second time', async () => {
      const argv = ['import', 'crev', corpusPath('corpus', 'crev-proofs'), '--server', http.address];
      const first = await world.run(argv, liveClock);
      // 61 of them stand in two repositories.
      expect(first.stdout).toMatch(/\d+ files: 1624 created, 61 known, 0 refused\n$/);
      expect(first.exit).toBe(0);
      const second = await world.run(argv, liveClock);
      expect(second.stdout).toMatch(/: 0 created, 1685 known, 0 refused\n$/);
    });

    it('checks a real Cargo.lock against the real proofs from one root, without any difference', async () => {
      const lockfile = corpusPath('corpus', 'lockfiles', 'cargo-vet', 'Cargo.lock');
      const root = 'crev:FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE';
      for (const more of [[], ['--crev-compatible']]) {
        const { exit, stdout } = await world.run(
          [lockfile, '--server', http.address, '--root', root, ...more],
          liveClock,
        );
        expect(stdout).not.toContain('error:');
        expect(exit).toBe(1);
        expect(stdout).toMatch(/inputs: .*policy not met\n$/);
      }
    });
  });
});

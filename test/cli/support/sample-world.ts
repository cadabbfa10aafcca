// The world that most tests look at: one root, one reader, one stranger, and a lockfile with one input for each verdict.

import { toHex } from '../../../core/bytes.ts';
import { serveLedger } from './memory-ledger.ts';
import { makeReviewer, packageLock, review, say, trust, World, type Reviewer } from './world.ts';

export const hex = (digit: string): string => digit.repeat(128);

export interface SampleWorld {
  readonly world: World;
  readonly url: string;
  readonly root: Reviewer;
  readonly reader: Reviewer;
  readonly stranger: Reviewer;
  /** Puts names in the place of what differs from run to run: keys, ids, the port. */
  readonly steady: (text: string) => string;
  readonly close: () => Promise<void>;
}

export const sampleLock = (): string =>
  packageLock([
    { name: 'good', version: '1.0.0', sha512: hex('a'), dependencies: { bad: '^2.0.0', changed: '1.0.0' } },
    { name: 'bad', version: '2.0.0', sha512: hex('b'), dependencies: { unread: '1.0.0' } },
    { name: 'changed', version: '1.0.0', sha512: hex('d') },
    { name: 'skimmed', version: '1.0.0', sha512: hex('c') },
    { name: 'unread', version: '1.0.0', sha512: hex('e') },
    { name: 'unpinned', version: '1.0.0' },
  ]);

/** Starts it. The ledger listens until `close`. */
export async function sampleWorld(): Promise<SampleWorld> {
  const world = new World();
  const { ledger } = world;
  const [root, reader, stranger] = [
    await makeReviewer('Root'),
    await makeReviewer('Reader'),
    await makeReviewer('Stranger'),
  ];
  const ids: [string, string][] = [
    ['TRUST', await say(ledger, root, trust([reader.identity], 'medium'))],
    [
      'GOOD',
      await say(ledger, reader, review('pkg:npm/good@1.0.0', hex('a'), 'positive', 'Read every line.')),
    ],
    [
      'BAD',
      await say(
        ledger,
        reader,
        review('pkg:npm/bad@2.0.0', hex('b'), 'negative', 'It sends\nyour keys away.'),
      ),
    ],
    ['CHANGED', await say(ledger, reader, review('pkg:npm/changed@1.0.0', hex('f')))],
    ['SKIMMED', await say(ledger, reader, review('pkg:npm/skimmed@1.0.0', hex('c'), 'neutral'))],
    ['STRANGERS', await say(ledger, stranger, review('pkg:npm/unread@1.0.0', hex('e'), 'strong'))],
  ];
  const served = await serveLedger(ledger);
  world.write('package-lock.json', sampleLock());
  // The first use, which pins the key and says so.
  await world.run(['--server', served.url, 'log', 'checkpoint']);
  const names: [string, string][] = [
    [root.identity, 'openpgp:<ROOT>'],
    [reader.identity, 'openpgp:<READER>'],
    [stranger.identity, 'openpgp:<STRANGER>'],
    [served.url, 'http://<SERVER>'],
    [toHex(ledger.log.root()), '<LOG-ROOT>'],
    ...ids.map(([name, id]) => [id, `<${name}>`] as [string, string]),
  ];
  return {
    world,
    url: served.url,
    root,
    reader,
    stranger,
    steady: (text) => names.reduce((all, [value, name]) => all.replaceAll(value, name), text),
    close: async () => {
      await served.close();
      world.remove();
    },
  };
}

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatCheckpoint } from '../../../core/log/checkpoint.ts';
import { formatWitnessPolicy } from '../../../core/log/format-witness-policy.ts';
import { formatVerifierKey, makePrivateKey, type PrivateKey } from '../../../core/log/note-key.ts';
import { signNote } from '../../../core/log/note-signature.ts';
import { formatNote } from '../../../core/log/note.ts';
import { openCheckpoint } from '../../../core/log/open-checkpoint.ts';
import {
  checkQuorum,
  parseWitnessPolicy,
  policyKeys,
  policyOfLogs,
} from '../../../core/log/witness-policy.ts';
import { expectCode } from '../../support/matchers.ts';
import { hostileTexts, refusesOnlyWith } from './support/hostile.ts';
import { foo, peter, rome, tessera } from './support/known-answers.ts';

const remora = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2';
const complete = `# whom we believe
log ${tessera.verifierKey} https://example.com/log/testdata/

witness rome ${rome.witnessKey}
 \twitness  remora\t${remora}   https://example.com/remora \t
#witness nobody
group both all rome remora
quorum both
`;

let log: PrivateKey;
const witnesses: PrivateKey[] = [];
beforeAll(async () => {
  const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
  log = await makePrivateKey('example.org/log', 'ed25519', seed(1));
  for (let i = 0; i < 5; i++) {
    witnesses.push(await makePrivateKey(`w${i}.example.org`, i === 4 ? 'mlDsa' : 'cosignature', seed(2 + i)));
  }
});

describe('a witness policy', () => {
  it('names logs, witnesses, groups and a quorum', () => {
    const policy = parseWitnessPolicy(complete);
    expect(policy.logs).toMatchObject([
      { key: { name: tessera.origin }, url: 'https://example.com/log/testdata/' },
    ]);
    expect([...policy.witnesses.keys()]).toEqual(['rome', 'remora']);
    expect(policy.witnesses.get('rome')?.url).toBeUndefined();
    expect(policy.witnesses.get('remora')?.url).toBe('https://example.com/remora');
    expect(policy.groups.get('both')).toEqual({ threshold: 2, members: ['rome', 'remora'] });
    expect(policy.quorum).toBe('both');
    const { logs, witnesses: witnessKeys } = policyKeys(policy);
    expect([...logs, ...witnessKeys].map(({ id }) => id)).toEqual(['33d7b496', 'b8a2cf20', 'da77ade7']);
  });

  it('is written so that it reads the same', () => {
    const policy = parseWitnessPolicy(complete);
    expect(parseWitnessPolicy(formatWitnessPolicy(policy))).toEqual(policy);
    const none = policyOfLogs(policy.logs.map(({ key }) => key));
    expect(formatWitnessPolicy(none)).toBe(`log ${tessera.verifierKey}\nquorum none\n`);
    expect(parseWitnessPolicy(formatWitnessPolicy(none))).toEqual(none);
  });

  it.each([
    ['all', 2],
    ['any', 1],
    ['1', 1],
    ['2', 2],
  ])('has the threshold %s', (word, threshold) => {
    expect(parseWitnessPolicy(complete.replace(' all ', ` ${word} `)).groups.get('both')?.threshold).toBe(
      threshold,
    );
  });

  const two = `witness a ${rome.witnessKey}\nwitness b ${remora}\n`;
  it.each([
    ['nothing', ''],
    ['no quorum', two],
    ['two quorums', `${two}quorum a\nquorum b\n`],
    ['the same quorum twice', `${two}quorum a\nquorum a\n`],
    ['a quorum of two names', `${two}quorum a b\n`],
    ['a quorum without a name', `${two}quorum\n`],
    ['an unknown quorum', `${two}quorum c\n`],
    ['a quorum before its definition', `quorum a\n${two}`],
    [
      'a member before its definition',
      `witness a ${rome.witnessKey}\ngroup g any a b\nwitness b ${remora}\nquorum g\n`,
    ],
    ['a group that holds itself', `${two}group g any a g\nquorum g\n`],
    ['a member of two groups', `${two}group g any a\ngroup h any a b\nquorum h\n`],
    ['a member twice', `${two}group g any a a\nquorum g\n`],
    ['none as a member', `${two}group g any none\nquorum g\n`],
    ['a witness named none', `witness none ${remora}\nquorum none\n`],
    ['a group named none', `${two}group none any a\nquorum none\n`],
    ['a name twice', `${two}group a any b\nquorum a\n`],
    ['a witness twice', `${two}witness a ${remora}\nquorum a\n`],
    ['a key twice', `${two}witness c ${remora}\nquorum a\n`],
    ['a log key twice', `log ${foo.verifierKey}\nlog ${foo.verifierKey}\nquorum none\n`],
    ['a threshold of 0', `${two}group g 0 a b\nquorum g\n`],
    ['a threshold of -1', `${two}group g -1 a\nquorum g\n`],
    ['a threshold over its members', `${two}group g 3 a b\nquorum g\n`],
    ['a threshold with a leading zero', `${two}group g 01 a b\nquorum g\n`],
    ['a threshold that is a word', `${two}group g most a b\nquorum g\n`],
    ['a group of nobody', `${two}group g any\nquorum none\n`],
    ['a group without anything', `${two}group\nquorum none\n`],
    ["a log's key as a witness", `witness a ${peter.verifierKey}\nquorum a\n`],
    ["a witness's key as a log", `log ${rome.witnessKey}\nquorum none\n`],
    ['a witness without a key', 'witness a\nquorum none\n'],
    ['a witness with too much', `witness a ${remora} https://example.com x\nquorum none\n`],
    ['a log without a key', 'log\nquorum none\n'],
    ['a key that is none', `log ${foo.verifierKey.slice(0, -1)}\nquorum none\n`],
    ['an unknown line', `${two}trust a\nquorum a\n`],
    ['carriage returns', `${two}quorum a\r\n`],
    ['a control character', `${two}quorum a\u0007\n`],
    ['too many logs', `${'log\n'.repeat(300)}quorum none\n`],
    ['no end', `#${'x'.repeat(1024 * 1024)}\nquorum none\n`],
  ])('is refused with %s', async (_, text) => {
    await expectCode('note-invalid', () => parseWitnessPolicy(text));
  });

  it('is refused with the line that is wrong', async () => {
    const error = await expectCode('note-invalid', () =>
      parseWitnessPolicy(`${two}\ngroup g 3 a b\nquorum g\n`),
    );
    expect(error.message).toContain('line 4');
  });

  it('may have as many as any log needs: 32 of each, and more', () => {
    const lines: string[] = [];
    for (let i = 0; i < 200; i++) lines.push(`group g${i} any ${i === 0 ? 'a' : `g${i - 1}`}`);
    const policy = parseWitnessPolicy(`${two}${lines.join('\n')}\nquorum g199\n`);
    expect(policy.groups.size).toBe(200);
  });

  it('of any text is refused with one code, or is written so that it reads the same', () => {
    fc.assert(
      fc.property(hostileTexts(complete, `${two}group g 1 a b\nquorum g\n`), (text) => {
        const policy = refusesOnlyWith('note-invalid', () => parseWitnessPolicy(text));
        if (policy !== undefined) expect(parseWitnessPolicy(formatWitnessPolicy(policy))).toEqual(policy);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('a quorum', () => {
  /** A checkpoint signed by the log and by these witnesses, opened with all keys of the policy. */
  async function signedBy(policy: ReturnType<typeof parseWitnessPolicy>, by: readonly PrivateKey[]) {
    const text = formatCheckpoint({ origin: 'example.org/log', size: 7, root: new Uint8Array(32).fill(1) });
    const signatures = await Promise.all([log, ...by].map((key) => signNote(key, text, 1_700_000_000)));
    const keys = policyKeys(policy);
    return openCheckpoint(formatNote({ text, signatures }), keys.logs, keys.witnesses);
  }
  const policyOf = (...lines: string[]) =>
    parseWitnessPolicy(
      [
        `log ${formatVerifierKey(log.key)}`,
        ...witnesses.map(({ key }, i) => `witness w${i} ${formatVerifierKey(key)}`),
        ...lines,
        '',
      ].join('\n'),
    );

  it('is met by exactly the sets of witnesses that its groups say', async () => {
    // Two of three of: w0; any of w1, w2; all of w3, w4.
    const policy = policyOf('group x any w1 w2', 'group y all w3 w4', 'group z 2 w0 x y', 'quorum z');
    for (let set = 0; set < 32; set++) {
      const has = (i: number): boolean => (set & (1 << i)) !== 0;
      const isMet = Number(has(0)) + Number(has(1) || has(2)) + Number(has(3) && has(4)) >= 2;
      const checkpoint = await signedBy(
        policy,
        witnesses.filter((_, i) => has(i)),
      );
      if (isMet) checkQuorum(policy, checkpoint);
      else
        await expectCode('cosignatures-missing', () => {
          checkQuorum(policy, checkpoint);
        });
    }
  });

  it('of one witness, of everybody, or of nobody', async () => {
    const one = policyOf('quorum w4');
    checkQuorum(one, await signedBy(one, [witnesses[4]!]));
    const missing = await signedBy(one, witnesses.slice(0, 4));
    const error = await expectCode('cosignatures-missing', () => {
      checkQuorum(one, missing);
    });
    expect(error.message).toContain('size 7');
    expect(error.help).toContain('w4');
    expect(error.help).not.toContain('w0');
    const nobody = policyOf('quorum none');
    checkQuorum(nobody, await signedBy(nobody, []));
  });

  it('is not met by a witness whose name another key has', async () => {
    const policy = policyOf('quorum w0');
    const impostor = await makePrivateKey('w0.example.org', 'cosignature', new Uint8Array(32).fill(99));
    const checkpoint = await signedBy(policy, [impostor]);
    await expectCode('cosignatures-missing', () => {
      checkQuorum(policy, checkpoint);
    });
  });

  it('is met whichever of several logs signed: they are alternatives', async () => {
    const policy = parseWitnessPolicy(
      `log ${formatVerifierKey(log.key)}\nlog ${foo.verifierKey}\nquorum none\n`,
    );
    checkQuorum(policy, await signedBy(policy, []));
  });
});

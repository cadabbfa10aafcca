import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../core/bytes.ts';
import { leafHash } from '../../../core/log/merkle-hash.ts';
import { parseVerifierKey } from '../../../core/log/note-key.ts';
import {
  formatTlogProof,
  parseTlogProof,
  verifyTlogProof,
  type TlogProof,
} from '../../../core/log/tlog-proof.ts';
import { proveInclusion } from '../../../core/log/tree.ts';
import { parseWitnessPolicy, policyOfLogs } from '../../../core/log/witness-policy.ts';
import { expectCode } from '../../support/matchers.ts';
import { flipped, readerOf, treeLevels } from '../../support/memory-log.ts';
import { hostileTexts, refusesOnlyWith } from './support/hostile.ts';
import { enoch, hashesOf, rome, tessera, tesseraNote } from './support/known-answers.ts';

const proof: TlogProof = {
  index: 4,
  hashes: hashesOf(tessera.inclusion),
  checkpoint: tesseraNote(15),
  extra: undefined,
};
const text = formatTlogProof(proof);
const leaf = leafHash(tessera.entries[4]!);
const policy = policyOfLogs([parseVerifierKey(tessera.verifierKey)]);

describe('a receipt', () => {
  it('is the text that the specification gives it', () => {
    expect(text).toBe(
      `c2sp.org/tlog-proof@v1\nindex 4\n${tessera.inclusion.join('\n')}\n\n${tesseraNote(15)}`,
    );
    expect(formatTlogProof({ ...proof, extra: Uint8Array.of(1, 2, 3) })).toContain(
      '@v1\nextra AQID\nindex 4\n',
    );
    const first = formatTlogProof({ index: 0, hashes: [], checkpoint: tesseraNote(1) });
    expect(first).toBe(`c2sp.org/tlog-proof@v1\nindex 0\n\n${tesseraNote(1)}`);
  });

  it('is read as it was written', () => {
    expect(parseTlogProof(text)).toEqual(proof);
    const withExtra = { ...proof, extra: Uint8Array.of(9) };
    expect(parseTlogProof(formatTlogProof(withExtra))).toEqual(withExtra);
    const withEmptyExtra = { ...proof, extra: new Uint8Array(0) };
    expect(parseTlogProof(formatTlogProof(withEmptyExtra))).toEqual(withEmptyExtra);
  });

  it('is read back, whatever it says', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        fc.record({
          index: fc.maxSafeNat(),
          hashes: fc.array(hash, { maxLength: 63 }),
          checkpoint: fc.constantFrom(tesseraNote(1), tesseraNote(15), ''),
          extra: fc.option(fc.uint8Array({ maxLength: 50 }), { nil: undefined }),
        }),
        (one) => {
          expect(parseTlogProof(formatTlogProof(one))).toEqual(one);
        },
      ),
    );
  });

  it.each([
    ['another first line', text.replace('@v1', '@v2')],
    ['no index', text.replace('index 4\n', '')],
    ['an index that is no number', text.replace('index 4', 'index four')],
    ['a negative index', text.replace('index 4', 'index -4')],
    ['a leading zero', text.replace('index 4', 'index 04')],
    ['an index over the largest safe integer', text.replace('index 4', 'index 9007199254740992')],
    ['white space', text.replace('index 4', 'index  4')],
    ['extra behind the index', text.replace('index 4\n', 'index 4\nextra AQID\n')],
    ['extra that is no base64', text.replace('index', 'extra !!\nindex')],
    ['extra twice', text.replace('index', 'extra AQID\nextra AQID\nindex')],
    ['a hash that is no base64', text.replace('yiM+', 'yiM_')],
    ['a hash that is short', text.replace(tessera.inclusion[0]!, toBase64(new Uint8Array(31)))],
    ['a hash that is long', text.replace(tessera.inclusion[0]!, toBase64(new Uint8Array(64)))],
    [
      'more hashes than any tree needs',
      text.replace('index 4\n', `index 4\n${`${tessera.inclusion[0]!}\n`.repeat(64)}`),
    ],
    ['no empty line', text.replace('\n\n', '\n').replace('\n\n', '\n')],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['something in front', `\n${text}`],
    ['nothing', ''],
    ['no end', `${text}${'x'.repeat(600_000)}`],
  ])('is refused with %s', async (_, wrong) => {
    await expectCode('note-invalid', () => parseTlogProof(wrong));
  });

  it('of any text is refused with one code, or is written the same', () => {
    fc.assert(
      fc.property(hostileTexts(text, formatTlogProof({ ...proof, extra: Uint8Array.of(1) })), (one) => {
        const read = refusesOnlyWith('note-invalid', () => parseTlogProof(one));
        if (read !== undefined) expect(formatTlogProof(read)).toBe(one);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('checking a receipt', () => {
  it('gives the checkpoint that it is under', async () => {
    const checkpoint = await verifyTlogProof(parseTlogProof(text), leaf, policy);
    expect(checkpoint).toMatchObject({ origin: tessera.origin, size: 15 });
  });

  it('refuses another leaf, another place, and any hash changed, dropped or doubled', async () => {
    const { hashes } = proof;
    const spoiled = hashes.flatMap((hash, i) => [
      hashes.with(i, flipped(hash, i)),
      hashes.toSpliced(i, 1),
      hashes.toSpliced(i, 0, hash),
    ]);
    for (const one of spoiled)
      await expectCode('proof-invalid', () => verifyTlogProof({ ...proof, hashes: one }, leaf, policy));
    for (const index of [3, 5, 15, 4096]) {
      await expectCode('proof-invalid', () => verifyTlogProof({ ...proof, index }, leaf, policy));
    }
    await expectCode('proof-invalid', () => verifyTlogProof(proof, leafHash(tessera.entries[5]!), policy));
  });

  it('refuses a checkpoint of another log, without a signature, or with one that does not hold', async () => {
    const other = policyOfLogs([parseVerifierKey(enoch.verifierKey)]);
    await expectCode('signature-missing', () => verifyTlogProof(proof, leaf, other));
    const forged = { ...proof, checkpoint: proof.checkpoint.replace('F74', 'F75') };
    await expectCode('signature-invalid', () => verifyTlogProof(forged, leaf, policy));
    const another = { ...proof, checkpoint: proof.checkpoint.replace('\n15\n', '\n14\n') };
    await expectCode('signature-invalid', () => verifyTlogProof(another, leaf, policy));
  });

  it('refuses a checkpoint without the witnesses that are demanded', async () => {
    const strict = parseWitnessPolicy(`log ${tessera.verifierKey}\nwitness w ${rome.witnessKey}\nquorum w\n`);
    await expectCode('cosignatures-missing', () => verifyTlogProof(proof, leaf, strict));
  });

  it('does not believe what is extra', async () => {
    const withExtra = { ...proof, extra: new Uint8Array(100).fill(1) };
    expect((await verifyTlogProof(withExtra, leaf, policy)).size).toBe(15);
  });

  it('holds for every word of the log, and for no other word in its place', async () => {
    const leaves = tessera.entries.map(leafHash);
    const read = readerOf(treeLevels(leaves));
    for (const index of leaves.keys()) {
      const one = { index, hashes: proveInclusion(index, 15, read), checkpoint: tesseraNote(15) };
      await verifyTlogProof(parseTlogProof(formatTlogProof(one)), leaves[index]!, policy);
      for (const [other, hash] of leaves.entries()) {
        if (other !== index) await expectCode('proof-invalid', () => verifyTlogProof(one, hash, policy));
      }
    }
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../core/bytes.ts';
import { parseIdentity } from '../../../core/identity.ts';
import {
  formatLeaf,
  leafKinds,
  leafSubjects,
  maxLeafBytes,
  maxLeafSubjects,
  parseLeaf,
  type LeafRecord,
} from '../../../core/log/leaf.ts';
import { leafHash } from '../../../core/log/merkle-hash.ts';
import { expectCode } from '../../support/matchers.ts';

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const author = parseIdentity(`openpgp:${'5EA3'.repeat(10)}`);
const leaf: LeafRecord = {
  kind: 'package review',
  recordedAt: new Date('2026-11-22T20:19:41Z'),
  author,
  id: sha256('statement'),
  documentHash: sha256('document'),
  subjects: leafSubjects(['purl:pkg:npm/left-pad', 'purl:pkg:npm/left-pad@1.3.0']),
};

describe('the leaf record', () => {
  it('is the text that docs/LEDGER-FORMAT.md specifies', () => {
    expect(formatLeaf(leaf)).toBe(
      [
        'trust-ledger/leaf/v1',
        'kind package review',
        'time 2026-11-22T20:19:41Z',
        `author ${author}`,
        `statement ${sha256('statement')}`,
        `document ${sha256('document')}`,
        ...[sha256('purl:pkg:npm/left-pad'), sha256('purl:pkg:npm/left-pad@1.3.0')]
          .sort()
          .map((hash) => `subject ${hash}`),
        '',
      ].join('\n'),
    );
  });

  it('is the example of the documentation, with its hash', () => {
    const example = formatLeaf({
      kind: 'package review',
      recordedAt: new Date('2026-11-22T20:19:41Z'),
      author: parseIdentity('openpgp:5EA3F2C1D4B5A69788796A5B4C3D2E1F00112233'),
      id: sha256('statement'),
      documentHash: sha256('document'),
      subjects: leafSubjects([
        'purl:pkg:npm/left-pad@1.3.0',
        'purl:pkg:npm/left-pad',
        `digest:tarSha256:${'ab'.repeat(32)}`,
      ]),
    });
    const documentation = readFileSync(new URL('../../../docs/LEDGER-FORMAT.md', import.meta.url), 'utf8');
    expect(documentation).toContain(`\n${example}\``);
    expect(documentation).toContain(Buffer.from(leafHash(utf8(example))).toString('hex'));
  });

  it('is read back from its own text', () => {
    expect(parseLeaf(formatLeaf(leaf))).toEqual(leaf);
  });

  it('is read back whatever it says', () => {
    const hash = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    const record = fc.record({
      kind: fc.constantFrom(...leafKinds),
      recordedAt: fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => new Date(seconds * 1000)),
      author: fc.constantFrom(author, parseIdentity(`crev:${'A'.repeat(43)}`)),
      id: hash,
      documentHash: hash,
      subjects: fc.array(fc.string(), { maxLength: 5 }).map(leafSubjects),
    });
    fc.assert(
      fc.property(record, (one) => {
        expect(parseLeaf(formatLeaf(one))).toEqual(one);
      }),
    );
  });

  it('refuses every text that it would not write itself', async () => {
    const text = formatLeaf(leaf);
    const subjects = text.split('\n').filter((line) => line.startsWith('subject '));
    const wrong = [
      '',
      text.slice(0, -1),
      `${text}\n`,
      `${text}subject ${'0'.repeat(64)}\n`,
      text.replace('/v1', '/v2'),
      text.replaceAll('\n', '\r\n'),
      text.replace('package review', 'code review'),
      text.replace('41Z', '41.000Z'),
      text.replace('2026-11-22', '2026-11-31'),
      text.replace('5EA3', '5ea3'),
      text.replace('kind ', 'kind  '),
      text.replace(/statement [0-9a-f]{64}\n/, ''),
      text.replace(/document [0-9a-f]/, (found) => found.toUpperCase().replace('DOCUMENT', 'document') + '0'),
      text.replace(`${subjects[0]}\n`, `${subjects[1]}\n`).replace(/\n$/, `\n${subjects[0]}\n`),
      text.replace(`${subjects[0]}\n`, `${subjects[0]}\n${subjects[0]}\n`),
      text.replace(subjects[0]!, `subjects 2 ${'0'.repeat(64)}\n${subjects[0]!}`),
    ];
    for (const one of wrong) await expectCode('ledger-corrupt', () => parseLeaf(one));
  });

  it('refuses the text with any one character changed to another', () => {
    const text = formatLeaf(leaf);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        let read: LeafRecord;
        try {
          read = parseLeaf(changed);
        } catch {
          return;
        }
        // What is still a leaf says what its text says.
        expect(formatLeaf(read)).toBe(changed);
      }),
    );
  });

  it('lists up to 800 subjects and fits into an entry bundle', () => {
    const keys = Array.from({ length: maxLeafSubjects }, (_, i) => `identity:${i}`);
    const subjects = leafSubjects(keys);
    expect(subjects.listed).toHaveLength(maxLeafSubjects);
    expect(subjects.all).toBeUndefined();
    expect(utf8(formatLeaf({ ...leaf, subjects })).length).toBeLessThanOrEqual(maxLeafBytes);
  });

  it('of more subjects lists what is named, and commits to all of them', () => {
    const members = Array.from({ length: 5000 }, (_, i) => `identity:${i}`);
    const subjects = leafSubjects([...members, 'set:openpgp:X#security']);
    const hashes = [...members, 'set:openpgp:X#security'].map((key) => sha256(key)).sort();
    expect(subjects.listed).toEqual([sha256('set:openpgp:X#security')]);
    expect(subjects.all).toEqual({ count: 5001, hash: sha256(Buffer.from(hashes.join(''), 'hex')) });
    const record = { ...leaf, subjects };
    expect(parseLeaf(formatLeaf(record))).toEqual(record);
  });

  it('takes a subject once, however often it is named', () => {
    expect(leafSubjects(['a', 'b', 'a'])).toEqual(leafSubjects(['b', 'a']));
  });

  it('refuses a statement on more names than fit', async () => {
    const keys = Array.from({ length: maxLeafSubjects + 1 }, (_, i) => `purl:pkg:npm/package-${i}`);
    await expectCode('statement-invalid', () => leafSubjects(keys));
  });
});

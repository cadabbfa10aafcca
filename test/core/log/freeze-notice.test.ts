import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  formatFreezeNotice,
  openFreezeNotice,
  parseFreezeNotice,
  signFreezeNotice,
  type FreezeNotice,
} from '../../../core/log/freeze-notice.ts';
import { parseCheckpoint } from '../../../core/log/checkpoint.ts';
import { makePrivateKey, type PrivateKey } from '../../../core/log/note-key.ts';
import { parseNote } from '../../../core/log/note.ts';
import { expectCode } from '../../support/matchers.ts';

const origin = 'ledger.example.org/log';
const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
let [first, second, mlDsa, stranger]: PrivateKey[] = [];
let notice: FreezeNotice;
let text: string;

beforeAll(async () => {
  [first, second, mlDsa, stranger] = await Promise.all([
    makePrivateKey(origin, 'ed25519', seed(1)),
    makePrivateKey(origin, 'ed25519', seed(2)),
    makePrivateKey(origin, 'mlDsa', seed(3)),
    makePrivateKey('next.example.org/log', 'ed25519', seed(4)),
  ]);
  notice = {
    origin,
    size: 70_000,
    root: seed(7),
    successor: { key: stranger.key, url: 'https://next.example.org/' },
  };
  text = formatFreezeNotice(notice);
});

describe('the notice of a log that ends', () => {
  it('is the text that the format says, and is read back', () => {
    expect(text).toBe(
      `trust-ledger/frozen/v1\norigin ${origin}\nsize 70000\nroot BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n` +
        'successor next.example.org/log+8dce9b95+AcqTrBcFGHBx1nuDx/8O/oEI6OxFMFdddyaHkzPb2r58 https://next.example.org/\n',
    );
    expect(parseFreezeNotice(text)).toEqual(notice);
    const withoutUrl = { ...notice, successor: { key: stranger!.key, url: undefined } };
    expect(parseFreezeNotice(formatFreezeNotice(withoutUrl))).toEqual(withoutUrl);
  });

  it('is signed by every Ed25519 key of the log, and opens with any one of them', async () => {
    const note = await signFreezeNotice(notice, [first!, second!, mlDsa!]);
    expect(parseNote(note).signatures.map(({ keyId }) => keyId)).toEqual([first!.key.id, second!.key.id]);
    for (const keys of [[first!.key], [second!.key], [mlDsa!.key, first!.key]]) {
      expect(await openFreezeNotice(note, keys)).toEqual(notice);
    }
  });

  it('is refused without a signature of the log', async () => {
    const note = await signFreezeNotice(notice, [first!]);
    await expectCode('signature-missing', () => openFreezeNotice(note, [second!.key, stranger!.key]));
    await expectCode('signature-missing', () => openFreezeNotice(note, []));
    const forged = note.replace('size 70000', 'size 70001');
    await expectCode('signature-invalid', () => openFreezeNotice(forged, [first!.key]));
  });

  it('is not taken for a checkpoint', async () => {
    await expectCode('note-invalid', () => Promise.resolve().then(() => parseCheckpoint(text)));
  });

  it.each<[string, (text: string) => string]>([
    ['an extension line', (one) => `${one}more\n`],
    ['no last line feed', (one) => one.slice(0, -1)],
    ['a size with a zero before it', (one) => one.replace('size 7', 'size 07')],
    ['a size beyond 2^53', (one) => one.replace('70000', '9007199254740993')],
    ['a short root', (one) => one.replace(/root .*/, 'root BwcH')],
    ['lines in another order', (one) => one.replace(/(size .*\n)(root .*\n)/, '$2$1')],
    ['two spaces', (one) => one.replace(' https', '  https')],
    ['an address of another kind', (one) => one.replace('https:', 'javascript:')],
    ['an address with a password', (one) => one.replace('https://', 'https://me:pw@')],
    ['itself as its successor', (one) => one.replace(`origin ${origin}`, 'origin next.example.org/log')],
    ['another version', (one) => one.replace('/v1', '/v2')],
    ['Windows line ends', (one) => one.replaceAll('\n', '\r\n')],
    ['nothing', () => ''],
  ])('is refused with %s', async (_, damage) => {
    await expectCode('note-invalid', () => Promise.resolve().then(() => parseFreezeNotice(damage(text))));
  });

  it('is refused, or says something else, when any one byte is another', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 127 }), (position, flip) => {
        const damaged =
          text.slice(0, position) +
          String.fromCharCode(text.charCodeAt(position) ^ flip) +
          text.slice(position + 1);
        let read: FreezeNotice;
        try {
          read = parseFreezeNotice(damaged);
        } catch {
          return;
        }
        expect(formatFreezeNotice(read)).toBe(damaged);
        expect(read).not.toEqual(notice);
      }),
    );
  });
});

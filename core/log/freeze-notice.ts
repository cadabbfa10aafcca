// The notice of a log that takes no more entries: the text of a note (C2SP signed-note) that its keys sign.
//
//   trust-ledger/frozen/v1
//   origin <origin>
//   size <entries>
//   root <base64>
//   successor <vkey> [url]
//
// It says how far the log goes for good, and which log goes on. No parser of checkpoints takes it for one: its second line
// is no size. Refused: what would not be written the same, and a successor of the same name, which would be a fork.

import { excerpt, fromBase64, toBase64 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { hashBytes } from './merkle-hash.ts';
import { formatNote, parseNote } from './note.ts';
import { formatVerifierKey, isKeyName, parseVerifierKey } from './note-key.ts';
import type { PrivateKey, VerifierKey } from './note-key.ts';
import { signNote } from './note-signature.ts';
import { openNote } from './open-note.ts';

export interface FreezeNotice {
  readonly origin: string;
  /** How many entries the log has, for good. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly successor: {
    readonly key: VerifierKey;
    /** Where it is: http or https. */
    readonly url: string | undefined;
  };
}

const firstLine = 'trust-ledger/frozen/v1';
/** Longest address of a successor. */
const maxUrlLength = 2048;

/** The text of a notice, line feeds after every line. */
export function formatFreezeNotice({ origin, size, root, successor: { key, url } }: FreezeNotice): string {
  const successor = [formatVerifierKey(key), ...(url === undefined ? [] : [url])].join(' ');
  return `${firstLine}\norigin ${origin}\nsize ${size}\nroot ${toBase64(root)}\nsuccessor ${successor}\n`;
}

/** Reads a notice's text, without any signature; throws note-invalid for anything that would not be written the same. */
export function parseFreezeNotice(text: string): FreezeNotice {
  const [first, ...lines] = text.split('\n');
  if (first !== firstLine) throw wrong(`it does not begin with ${firstLine}`);
  const field = (position: number, name: string): string => {
    const line = lines[position] ?? '';
    if (!line.startsWith(`${name} `)) throw wrong(`it has no line ${name} in its place`);
    return line.slice(name.length + 1);
  };
  const origin = field(0, 'origin');
  const size = field(1, 'size');
  const root = readRoot(field(2, 'root'));
  const [vkey = '', url] = field(3, 'successor').split(' ');
  if (!isKeyName(origin)) throw wrong(`not an origin: ${excerpt(origin)}`);
  if (!/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw wrong(`not a size: ${excerpt(size)}`);
  }
  const key = parseVerifierKey(vkey);
  if (key.type === 'cosignature' || key.name === origin) throw wrong('its successor is no other log');
  if (url !== undefined && !isPlainUrl(url)) throw wrong(`not an address: ${excerpt(url)}`);
  const notice = { origin, size: Number(size), root, successor: { key, url } };
  if (formatFreezeNotice(notice) !== text) throw wrong('it is not written in the one way');
  return notice;
}

/**
 * The signed notice, by every Ed25519 key of the log: an ML-DSA key signs nothing but checkpoints. Throws note-invalid when
 * the notice could not be read back.
 */
export async function signFreezeNotice(
  notice: FreezeNotice,
  signers: readonly PrivateKey[],
): Promise<string> {
  const text = formatFreezeNotice(notice);
  parseFreezeNotice(text);
  const able = signers.filter(({ key }) => key.type === 'ed25519');
  return formatNote({ text, signatures: await Promise.all(able.map((signer) => signNote(signer, text, 0))) });
}

/**
 * Reads a signed notice: one of `logKeys`, each named like the origin, has signed. Throws note-invalid, signature-missing,
 * signature-invalid.
 */
export async function openFreezeNotice(note: string, logKeys: readonly VerifierKey[]): Promise<FreezeNotice> {
  const parsed = parseNote(note);
  const notice = parseFreezeNotice(parsed.text);
  await openNote(
    parsed,
    logKeys.filter(({ name, type }) => name === notice.origin && type === 'ed25519'),
  );
  return notice;
}

/** Whether it is an http(s) address in its normal form, without credentials, a fragment, or anything that could not stand in a line. */
function isPlainUrl(text: string): boolean {
  if (text.length > maxUrlLength || !/^https?:\/\/[!-~]+$/.test(text) || !URL.canParse(text)) return false;
  const { href, username, password, hash } = new URL(text);
  return href === text && username === '' && password === '' && hash === '';
}

function readRoot(text: string): Uint8Array {
  try {
    const root = fromBase64(text);
    if (root.length === hashBytes) return root;
  } catch (cause) {
    throw wrong('its root is not base64', cause);
  }
  throw wrong('its root has not 32 bytes');
}

function wrong(why: string, cause?: unknown): TrustError {
  return new TrustError('note-invalid', `Not a freeze notice: ${why}`, {
    help: 'The format is in docs/LEDGER-FORMAT.md.',
    ...(cause !== undefined && { cause }),
  });
}

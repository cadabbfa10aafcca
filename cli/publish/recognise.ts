// What a file holds that somebody wants to publish: told from its content, never from its name.

import { maxCertificateBytes, maxDocumentBytes } from '../../core/api/statements.ts';
import { TrustError } from '../../core/errors.ts';
import { isProofStart } from '../../core/statement/crev/envelope.ts';
import { parseProofFile } from '../../core/statement/crev/proof.ts';
import { decodeText } from '../read-bounded.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';

export type Publishable =
  | { readonly kind: 'statement'; readonly name: string; readonly document: string }
  | { readonly kind: 'certificate'; readonly name: string; readonly certificate: string | Uint8Array };

/** Largest file that publish takes. */
export const maxPublishBytes = Math.max(maxCertificateBytes, 4 * maxDocumentBytes);

/**
 * The documents of a file: one OpenPGP statement, one certificate (armoured or binary), or any number of crev proofs.
 * Throws certificate-secret for a secret key, and envelope-unrecognised or the reason of a bad proof.
 */
export function recognise(bytes: Uint8Array, name: string): Publishable[] {
  const first = bytes[0] ?? 0;
  // OpenPGP packets have the highest bit set (RFC 9580 section 4.2); text does not begin so, but for a byte order mark.
  if (first >= 0x80 && first !== 0xef) {
    const tag = (first & 0x40) !== 0 ? first & 0x3f : (first >> 2) & 0x0f;
    if (tag === 5 || tag === 7) throw secret(name);
    if (tag === 6) return [{ kind: 'certificate', name, certificate: bytes }];
    throw unrecognised(name);
  }
  const text = decodeText(bytes, name, 'envelope-unrecognised');
  const start = text.split('\n').find((line) => line.trim() !== '') ?? '';
  if (text.includes('-----BEGIN PGP PRIVATE KEY BLOCK-----')) throw secret(name);
  if (start.startsWith('-----BEGIN PGP SIGNED MESSAGE-----'))
    return [{ kind: 'statement', name, document: text }];
  if (start.startsWith('-----BEGIN PGP PUBLIC KEY BLOCK-----')) {
    return [{ kind: 'certificate', name, certificate: text }];
  }
  if (isProofStart(start)) return crevProofs(text, name);
  throw unrecognised(name);
}

function crevProofs(text: string, name: string): Publishable[] {
  const entries = parseProofFile(text);
  return entries.map((entry, position) => {
    const place = `${name}:${entry.line}`;
    if ('error' in entry) {
      throw new TrustError(entry.error.code, `${escapeTerminal(place)}: ${entry.error.message}`, {
        help: 'trust-check import crev keeps the good proofs of a file and reports the others.',
        cause: entry.error,
      });
    }
    // Cut out of its file, each proof is a document of its own.
    const lines = text.split('\n').slice(entry.line - 1, (entries[position + 1]?.line ?? Infinity) - 1);
    return { kind: 'statement', name: place, document: `${lines.join('\n').trimEnd()}\n` };
  });
}

function secret(name: string): TrustError {
  return new TrustError(
    'certificate-secret',
    `${escapeTerminal(name)} holds a secret key. It is not sent anywhere.`,
    {
      help: 'Publish the public half: gpg --armor --export-options export-minimal --export FINGERPRINT.',
    },
  );
}

function unrecognised(name: string): TrustError {
  return new TrustError(
    'envelope-unrecognised',
    `${escapeTerminal(name)} is no signed statement and no certificate.`,
    {
      help: 'What can be published: the output of gpg --clearsign, crev proofs, and the output of gpg --export.',
    },
  );
}

// Signing with a key of the person's own gpg keyring.

import { TrustError } from '../../core/errors.ts';
import { parseIdentity, type Identity } from '../../core/identity.ts';
import { formatStatement } from '../../core/statement/canonical.ts';
import type { Io } from '../io.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { runGpg } from './run-gpg.ts';
import type { Signer } from './signer.ts';

interface SecretKey {
  readonly fingerprint: string;
  readonly name: string;
}

/**
 * A signer for the one key that `wanted` names (an identity, a fingerprint, an address: whatever gpg takes), or for the
 * only usable key of the keyring. Throws signer-failed when there is none, or several.
 */
export async function gpgSigner(io: Io, wanted: string | undefined): Promise<Signer> {
  const name = wanted?.replace(/^openpgp:/i, '');
  const keys = await secretKeys(io, name);
  const [key, ...others] = keys;
  if (key === undefined) {
    throw new TrustError(
      'signer-failed',
      `gpg has no usable signing key${name === undefined ? '' : ` for ${escapeTerminal(name)}`}.`,
      {
        help: 'gpg --quick-generate-key "Your Name <you@example.org>" ed25519 sign makes one; --key-file FILE signs with a key from a file.',
      },
    );
  }
  if (others.length > 0) {
    const list = keys
      .map(({ fingerprint, name: user }) => `${fingerprint} ${escapeTerminal(user)}`)
      .join('; ');
    throw new TrustError('signer-failed', `gpg has several signing keys: ${list}`, {
      help: 'Say which one with --key FINGERPRINT, or TRUST_CHECK_KEY.',
    });
  }
  const identity: Identity = parseIdentity(`openpgp:${key.fingerprint}`);
  return {
    identity,
    place: 'gpg',
    certificate: () =>
      runGpg(io, ['--batch', '--armor', '--export-options', 'export-minimal', '--export', key.fingerprint]),
    textOf: formatStatement,
    sign: (statement) =>
      runGpg(
        io,
        ['--clearsign', '--digest-algo', 'SHA512', '--local-user', key.fingerprint, '--output', '-'],
        `${formatStatement(statement)}\n`,
      ),
  };
}

/** Primary secret keys that can sign and are neither revoked nor expired. Format: gnupg's doc/DETAILS, colon listings. */
async function secretKeys(io: Io, name: string | undefined): Promise<SecretKey[]> {
  let listing: string;
  try {
    const args = ['--batch', '--with-colons', '--list-secret-keys'];
    listing = await runGpg(io, name === undefined ? args : [...args, '--', name]);
  } catch (error) {
    // gpg answers status 2 for a name that it does not know.
    if (name !== undefined && error instanceof TrustError && /no secret key/i.test(error.message)) return [];
    throw error;
  }
  return parseListing(listing);
}

/** Reads a colon listing: `sec` opens a key (field 2 validity, field 12 capabilities), the first `fpr` names it. */
export function parseListing(listing: string): SecretKey[] {
  const keys: { fingerprint: string; name: string; usable: boolean }[] = [];
  for (const line of listing.split('\n')) {
    const fields = line.split(':');
    const current = keys.at(-1);
    if (fields[0] === 'sec') {
      const usable = !/[rei]/.test(fields[1] ?? '') && /S/.test(fields[11] ?? '');
      keys.push({ fingerprint: '', name: '', usable });
    } else if (fields[0] === 'fpr' && current?.fingerprint === '') {
      current.fingerprint = fields[9] ?? '';
    } else if (fields[0] === 'uid' && current?.name === '') {
      current.name = fields[9] ?? '';
    }
  }
  return keys.filter(({ usable, fingerprint }) => usable && fingerprint !== '');
}

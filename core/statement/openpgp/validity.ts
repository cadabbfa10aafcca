// Whether a key may speak at a given time: expiry, revocation, flags and strength, judged at ledger time.
//
// The newest self-signature that had been made by then decides. A hard revocation (compromised, or no reason) voids the key
// for all times, a soft one (superseded, retired) from its own time on. A subkey needs its primary key to be good as well.

import { formatSeconds } from '../../time.ts';
import { TrustError } from '../../errors.ts';
import type { CertificateFacts, KeyFacts } from './certificate-facts.ts';
import type { Binding } from './self-signatures.ts';

/** How far clocks may be apart: what is dated later than this after ledger time is refused. */
export const clockToleranceMs = 10 * 60 * 1000;

/**
 * Throws key-weak, key-revoked, key-expired, or signature-invalid when the key was never allowed to sign, unless `key`
 * (the primary key or a subkey of the certificate) may sign at `at`.
 */
export function checkKeyAt(certificate: CertificateFacts, key: KeyFacts, at: Date): void {
  const { primary } = certificate;
  for (const one of key === primary ? [primary] : [primary, key]) {
    const name = one === primary ? `The key ${one.fingerprint}` : `The subkey ${one.fingerprint}`;
    if (one.strength.weakness !== undefined) {
      throw new TrustError('key-weak', `${name} is too weak: ${one.strength.weakness}.`, {
        help: 'Make a new key (gpg --quick-generate-key "Your Name <you@example.org>" ed25519) and publish it.',
      });
    }
    checkRevocations(one, name, at);
    const binding = newestBinding(one.bindings, at.getTime());
    if (binding === undefined) {
      throw new TrustError(
        'key-expired',
        `${name} has no self-signature that is valid at ${formatSeconds(at)}.`,
        {
          help: 'Publish the certificate with its newest self-signatures.',
        },
      );
    }
    if (at.getTime() >= binding.keyExpires) {
      const when = formatSeconds(new Date(binding.keyExpires));
      throw new TrustError('key-expired', `${name} expired at ${when}.`, {
        help: 'Prolong it (gpg --quick-set-expire <fingerprint> 2y), publish the certificate again, then submit again.',
      });
    }
    if (one === key && !binding.maySign) {
      throw new TrustError('signature-invalid', `${name} is not marked as one that may sign.`);
    }
  }
}

/**
 * The self-signature that decides at `time` (milliseconds): the newest that had been made and neither ran out nor was
 * taken back; of two equally new ones the one that lets the key expire earlier. Undefined when there is none.
 */
export function newestBinding(bindings: readonly Binding[], time: number): Binding | undefined {
  let newest: Binding | undefined;
  for (const binding of bindings) {
    const exists = binding.created <= time + clockToleranceMs;
    // At the end of time everything that is finite has run out: then the newest is asked for, valid or not.
    const stands = time === Infinity || (time < binding.expires && time < binding.endedAt);
    if (!exists || !stands) continue;
    if (
      newest === undefined ||
      binding.created > newest.created ||
      (binding.created === newest.created && binding.keyExpires < newest.keyExpires)
    ) {
      newest = binding;
    }
  }
  return newest;
}

function checkRevocations(key: KeyFacts, name: string, at: Date): void {
  for (const { hardness, at: revokedAt, reason } of key.revocations) {
    if (hardness === 'hard' || at.getTime() >= revokedAt.getTime()) {
      throw new TrustError('key-revoked', `${name} was revoked at ${formatSeconds(revokedAt)} (${reason}).`, {
        help:
          hardness === 'hard'
            ? 'Nothing that it signed counts any more, whenever it was signed. Sign with another key.'
            : 'What it signed before that counts. Sign with the key that took its place.',
      });
    }
  }
}

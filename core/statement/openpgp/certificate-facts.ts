// A certificate verified and written canonically: only what its owner signed, in one order, and the facts that decide who
// may sign when.
//
// Canonical order: primary key, its revocations, its direct signatures; user ids by their bytes; subkeys by creation time
// and bytes; signatures by creation time and bytes. So merging is a union, and two ways to the same set of signatures
// give the same certificate and the same id.

import { enums } from 'openpgp';
import { concatBytes } from '@noble/hashes/utils.js';
import { compareBytes } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import type { Revocation } from '../verified.ts';
import type { Candidate, CertificateParts, SubkeyPart, UserPart } from './certificate-parts.ts';
import { packetTags, writePacket } from './packets.ts';
import {
  holds,
  primaryBinding,
  revocationOf,
  subkeyBinding,
  type Binding,
  type SignedData,
} from './self-signatures.ts';
import { inCanonicalOrder, keep, madeAt, type Kept } from './kept-signatures.ts';
import { keyStrength, strongHashName, type KeyPacket, type KeyStrength } from './strength.ts';

/** A key or subkey, what binds it, and what revokes it. */
export interface KeyFacts {
  readonly packet: KeyPacket;
  /** Upper-case hex. */
  readonly fingerprint: string;
  /** 16 upper-case hex digits. */
  readonly keyId: string;
  readonly strength: KeyStrength;
  readonly bindings: readonly Binding[];
  readonly revocations: readonly Revocation[];
}

export interface CertificateFacts {
  readonly primary: KeyFacts;
  /** Subkeys that may sign by at least one of their bindings. */
  readonly signingSubkeys: readonly KeyFacts[];
  readonly userIds: readonly string[];
  /** Canonical binary certificate. */
  readonly binary: Uint8Array;
}

/**
 * Verifies the parts of a certificate. Throws certificate-invalid when nothing binds the key, and key-weak when that is
 * because of its algorithm or the hash of its self-signatures.
 */
export async function verifyCertificateParts(parts: CertificateParts): Promise<CertificateFacts> {
  const { primary } = parts;
  const about: SignedData = { key: primary };
  const revoking = await filterCandidates(parts.candidates, primary, enums.signature.keyRevocation, about);
  const direct = await filterBindings(parts.candidates, primary, [enums.signature.key], about);
  const bindings = direct.map(({ packet }) => primaryBinding(packet, primary, Infinity));
  const pieces: Uint8Array[] = [
    writePacket(packetTags.publicKey, parts.primaryBody),
    ...inCanonicalOrder(revoking.map((one) => keep(one, primary))),
    ...inCanonicalOrder(direct.map((one) => keep(one, primary))),
  ];
  const userIds: string[] = [];
  for (const user of parts.users.toSorted((a, b) => compareBytes(a.body, b.body))) {
    const found = await verifyUser(user, primary);
    if (found.bindings.length === 0) continue;
    bindings.push(...found.bindings);
    userIds.push(user.packet.userID);
    pieces.push(writePacket(packetTags.userId, user.body), ...inCanonicalOrder(found.kept));
  }
  if (bindings.length === 0) throw unbound(parts);

  const signingSubkeys: KeyFacts[] = [];
  for (const subkey of parts.subkeys.toSorted(
    (a, b) => a.packet.created.getTime() - b.packet.created.getTime() || compareBytes(a.body, b.body),
  )) {
    const found = await verifySubkey(subkey, primary);
    if (found.bindings.length === 0) continue;
    pieces.push(writePacket(packetTags.publicSubkey, subkey.body), ...inCanonicalOrder(found.kept));
    if (found.bindings.some(({ maySign }) => maySign)) {
      signingSubkeys.push(keyFacts(subkey.packet, found.bindings, found.revocations));
    }
  }
  return {
    primary: keyFacts(
      primary,
      bindings,
      revoking.map(({ packet }) => revocationOf(packet)),
    ),
    signingSubkeys,
    userIds,
    binary: concatBytes(...pieces),
  };
}

async function verifyUser(
  user: UserPart,
  primary: KeyPacket,
): Promise<{ bindings: Binding[]; kept: Kept[] }> {
  const { certGeneric, certPersona, certCasual, certPositive, certRevocation } = enums.signature;
  const about: SignedData = { key: primary, userID: user.packet };
  const revoking = await filterCandidates(user.candidates, primary, certRevocation, about);
  const binding = await filterBindings(
    user.candidates,
    primary,
    [certGeneric, certPersona, certCasual, certPositive],
    about,
  );
  return {
    bindings: binding.map(({ packet }) => {
      // A user id that is certified again after its revocation stands again.
      const ends = revoking.map((one) => madeAt(one.packet)).filter((time) => time >= madeAt(packet));
      return primaryBinding(packet, primary, Math.min(Infinity, ...ends));
    }),
    kept: [...revoking, ...binding].map((one) => keep(one, primary)),
  };
}

async function verifySubkey(
  subkey: SubkeyPart,
  primary: KeyPacket,
): Promise<{ bindings: Binding[]; revocations: Revocation[]; kept: Kept[] }> {
  const about: SignedData = { key: primary, bind: subkey.packet };
  const revoking = await filterCandidates(
    subkey.candidates,
    primary,
    enums.signature.subkeyRevocation,
    about,
  );
  const binding = await filterBindings(subkey.candidates, primary, [enums.signature.subkeyBinding], about);
  return {
    bindings: await Promise.all(binding.map(({ packet }) => subkeyBinding(packet, primary, subkey.packet))),
    revocations: revoking.map(({ packet }) => revocationOf(packet)),
    kept: [...revoking, ...binding].map((one) => keep(one, primary)),
  };
}

/** Self-signatures that hold and have a strong hash. */
async function filterBindings(
  candidates: readonly Candidate[],
  primary: KeyPacket,
  types: readonly enums.signature[],
  about: SignedData,
): Promise<Candidate[]> {
  const strong = candidates.filter(({ packet }) => strongHashName(packet.hashAlgorithm) !== undefined);
  const found = await Promise.all(types.map((type) => filterCandidates(strong, primary, type, about)));
  return found.flat();
}

async function filterCandidates(
  candidates: readonly Candidate[],
  primary: KeyPacket,
  type: enums.signature,
  about: SignedData,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const candidate of candidates) {
    if (await holds(candidate.packet, primary, type, about)) found.push(candidate);
  }
  return found;
}

function keyFacts(
  packet: KeyPacket,
  bindings: readonly Binding[],
  revocations: readonly Revocation[],
): KeyFacts {
  return {
    packet,
    fingerprint: packet.getFingerprint().toUpperCase(),
    keyId: packet.getKeyID().toHex().toUpperCase(),
    strength: keyStrength(packet),
    bindings,
    revocations,
  };
}

function unbound(parts: CertificateParts): TrustError {
  const { weakness } = keyStrength(parts.primary);
  // Self-signatures by an algorithm that is not accepted may not be verifiable at all.
  if (weakness !== undefined) return new TrustError('key-weak', `The key is too weak: ${weakness}.`);
  const all = [...parts.candidates, ...parts.users.flatMap((user) => user.candidates)];
  const onlyWeak =
    all.length > 0 && all.every(({ packet }) => strongHashName(packet.hashAlgorithm) === undefined);
  return onlyWeak
    ? new TrustError(
        'key-weak',
        'The certificate is bound by self-signatures with a weak hash only (SHA-1).',
        {
          help: 'Renew them: gpg --cert-digest-algo SHA512 --quick-set-expire <fingerprint> 2y, then export it again.',
        },
      )
    : new TrustError('certificate-invalid', 'Nothing that the owner signed binds this key.', {
        help: 'Export the key with its user ids and self-signatures: gpg --export --armor <fingerprint>.',
      });
}

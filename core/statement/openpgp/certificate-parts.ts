// A transferable public key (RFC 9580 section 10.1) taken apart: the primary key, its user ids and subkeys, each with the
// signatures that claim to be the owner's.
//
// What others signed onto a key (certifications, a way to flood it) and user attributes (pictures) are left out here, by
// the issuer that they name and without any cryptography. Secret key material is refused loudly. Nothing is verified yet.

import { enums, PublicKeyPacket, PublicSubkeyPacket, SignaturePacket, UserIDPacket } from 'openpgp';
import { compareBytes, toHex } from '../../bytes.ts';
import { TrustError } from '../../errors.ts';
import { cutPackets, packetTags, type RawPacket } from './packets.ts';
import { cutSignature, type SignatureParts } from './signature-packet.ts';
import type { KeyPacket } from './strength.ts';

const maxPackets = 20_000;
/** How many signatures that claim to be the owner's are verified, and how many user ids and subkeys are read. */
const maxCandidates = 500;
const maxComponents = 64;

/** A signature that names the primary key as its issuer. */
export interface Candidate {
  readonly packet: SignaturePacket;
  readonly parts: SignatureParts;
}
export interface UserPart {
  readonly body: Uint8Array;
  readonly packet: UserIDPacket;
  readonly candidates: Candidate[];
}
export interface SubkeyPart {
  readonly body: Uint8Array;
  readonly packet: PublicSubkeyPacket;
  readonly candidates: Candidate[];
}
export interface CertificateParts {
  readonly primary: PublicKeyPacket;
  readonly primaryBody: Uint8Array;
  /** Over the primary key alone: direct-key signatures and revocations. */
  readonly candidates: readonly Candidate[];
  readonly users: readonly UserPart[];
  readonly subkeys: readonly SubkeyPart[];
}

/**
 * Takes binary certificates apart; several of the same key give their union. Throws certificate-secret on secret key
 * packets and certificate-invalid on anything else that is not one public key.
 */
export async function cutCertificate(binaries: readonly Uint8Array[]): Promise<CertificateParts> {
  const packets = binaries.flatMap((bytes) => cutPackets(bytes, 'certificate-invalid', maxPackets));
  refuseSecrets(packets);
  const [first] = packets;
  if (first?.tag !== packetTags.publicKey) throw invalid('it does not begin with a public key');
  const primary = await readKey(new PublicKeyPacket(), first.body);
  if (primary === undefined) throw invalid('its primary key is of an unsupported version or algorithm');

  const candidates: Candidate[] = [];
  const users = new Map<string, UserPart>();
  const subkeys = new Map<string, SubkeyPart>();
  let part: { readonly candidates: Candidate[] } | undefined = { candidates };
  let count = 0;
  for (const { tag, body } of packets) {
    if (tag === packetTags.publicKey) {
      if (compareBytes(body, first.body) !== 0) throw invalid('it holds several keys');
      part = { candidates };
    } else if (tag === packetTags.userId) part = readUser(body, users);
    else if (tag === packetTags.publicSubkey) part = await readSubkey(body, subkeys);
    else if (tag === packetTags.signature) {
      const candidate = readCandidate(body, primary);
      if (candidate === undefined) continue;
      if (++count > maxCandidates) throw invalid(`it has more than ${maxCandidates} self-signatures`);
      (isAboutPrimary(candidate) ? candidates : part?.candidates)?.push(candidate);
    } else if (tag === packetTags.userAttribute) part = undefined;
    else if (!isIgnorable(tag)) throw invalid(`a packet of type ${tag} has no place in it`);
  }
  return {
    primary,
    primaryBody: first.body,
    candidates,
    users: [...users.values()],
    subkeys: [...subkeys.values()],
  };
}

function refuseSecrets(packets: readonly RawPacket[]): void {
  if (packets.some(({ tag }) => tag === packetTags.secretKey || tag === packetTags.secretSubkey)) {
    throw secretMaterial();
  }
}

/** The error for secret keys in a place where public ones belong. */
export function secretMaterial(): TrustError {
  return new TrustError('certificate-secret', 'This is a SECRET key. It was not kept.', {
    help: 'Whoever saw it can sign in your name: if it went over the network, revoke it. Export the public key with gpg --export --armor.',
  });
}

async function readKey<Packet extends KeyPacket>(
  packet: Packet,
  body: Uint8Array,
): Promise<Packet | undefined> {
  try {
    await packet.read(body);
    const isSupported = packet.version === 4 || packet.version === 6;
    // Bytes behind the key would not be part of the fingerprint.
    return isSupported && compareBytes(packet.write(), body) === 0 ? packet : undefined;
  } catch {
    return undefined;
  }
}

function readUser(body: Uint8Array, users: Map<string, UserPart>): UserPart | undefined {
  const key = toHex(body);
  const known = users.get(key);
  if (known !== undefined) return known;
  const packet = new UserIDPacket();
  try {
    packet.read(body);
  } catch {
    return undefined;
  }
  if (users.size >= maxComponents) throw invalid(`it has more than ${maxComponents} user ids`);
  const part = { body, packet, candidates: [] };
  users.set(key, part);
  return part;
}

async function readSubkey(
  body: Uint8Array,
  subkeys: Map<string, SubkeyPart>,
): Promise<SubkeyPart | undefined> {
  const key = toHex(body);
  const known = subkeys.get(key);
  if (known !== undefined) return known;
  const packet = await readKey(new PublicSubkeyPacket(), body);
  if (packet === undefined) return undefined;
  if (subkeys.size >= maxComponents) throw invalid(`it has more than ${maxComponents} subkeys`);
  const part = { body, packet, candidates: [] };
  subkeys.set(key, part);
  return part;
}

function readCandidate(body: Uint8Array, primary: PublicKeyPacket): Candidate | undefined {
  try {
    const packet = new SignaturePacket();
    packet.read(body);
    if (!packet.issuerKeyID.equals(primary.getKeyID())) return undefined;
    return { packet, parts: cutSignature(body) };
  } catch {
    return undefined;
  }
}

function isAboutPrimary({ packet }: Candidate): boolean {
  return (
    packet.signatureType === enums.signature.key || packet.signatureType === enums.signature.keyRevocation
  );
}

function isIgnorable(tag: number): boolean {
  // RFC 9580 section 4.3: marker, trust and padding are skipped, and unknown packets from 40 on are not critical.
  return tag === packetTags.marker || tag === packetTags.trust || tag === packetTags.padding || tag >= 40;
}

function invalid(what: string): TrustError {
  return new TrustError('certificate-invalid', `Not a usable OpenPGP certificate: ${what}.`, {
    help: 'Export one public key: gpg --export --armor <fingerprint>.',
  });
}

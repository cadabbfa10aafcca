// Who must have signed a checkpoint (C2SP tlog-policy): logs, witnesses, groups of them, and one quorum.
//
//   log <vkey> [url]
//   witness <name> <vkey> [url]
//   group <name> all|any|<k> <name>...
//   quorum <name>|none
//
// Names are defined before they are used, each is a member of at most one group, and no key serves two logs or two witnesses.

import { excerpt, toHex, utf8 } from '../bytes.ts';
import { TrustError } from '../errors.ts';
import { parseVerifierKey, type VerifierKey } from './note-key.ts';
import type { SignedCheckpoint } from './open-checkpoint.ts';
import type { VerifiedSignature } from './open-note.ts';

export interface PolicyMember {
  readonly key: VerifierKey;
  /** A log's monitoring prefix, a witness's submission prefix. */
  readonly url: string | undefined;
}

export interface WitnessPolicy {
  readonly logs: readonly PolicyMember[];
  /** By the name that the policy gives them. */
  readonly witnesses: ReadonlyMap<string, PolicyMember>;
  readonly groups: ReadonlyMap<string, { readonly threshold: number; readonly members: readonly string[] }>;
  /** Name of a witness or a group; undefined for `none`. */
  readonly quorum: string | undefined;
}

/** Most bytes of a policy, and most logs, witnesses and groups each. */
const maxPolicyBytes = 1024 * 1024;
const maxMembers = 256;

/** Reads a policy; throws note-invalid with the line. */
export function parseWitnessPolicy(text: string): WitnessPolicy {
  if (utf8(text).length > maxPolicyBytes) throw wrong(0, 'it is too long');
  const logs: PolicyMember[] = [];
  const witnesses = new Map<string, PolicyMember>();
  const groups = new Map<string, { threshold: number; members: readonly string[] }>();
  const taken = new Set<string>();
  let quorum: { readonly name: string | undefined } | undefined;

  const define = (line: number, name: string): void => {
    if (name === 'none' || witnesses.has(name) || groups.has(name))
      throw wrong(line, `the name ${excerpt(name)} is taken`);
    if (witnesses.size >= maxMembers || groups.size >= maxMembers)
      throw wrong(line, 'it has too many members');
  };
  const isDefined = (name: string): boolean => witnesses.has(name) || groups.has(name);

  for (const [position, raw] of text.split('\n').entries()) {
    const line = position + 1;
    if (/[^\t\u0020-\u007e\u0080-\uffff]/.test(raw)) throw wrong(line, 'it holds control characters');
    const [word = '', ...rest] = raw.split(/[ \t]+/).filter((part) => part !== '');
    if (word === '' || word.startsWith('#')) continue;
    if (word === 'log') {
      const member = readMember(line, rest[0], rest[1], rest.length <= 2, ['ed25519', 'mlDsa']);
      if (logs.length >= maxMembers) throw wrong(line, 'it has too many logs');
      checkNewKey(line, member, logs);
      logs.push(member);
    } else if (word === 'witness') {
      const [name = '', vkey, url] = rest;
      define(line, name);
      const member = readMember(line, vkey, url, rest.length <= 3, ['cosignature', 'mlDsa']);
      checkNewKey(line, member, [...witnesses.values()]);
      witnesses.set(name, member);
    } else if (word === 'group') {
      const [name = '', threshold = '', ...members] = rest;
      define(line, name);
      const k =
        threshold === 'any'
          ? 1
          : threshold === 'all'
            ? members.length
            : /^[1-9]\d{0,3}$/.test(threshold)
              ? Number(threshold)
              : 0;
      if (members.length === 0 || k < 1 || k > members.length)
        throw wrong(line, 'its threshold is not all, any, or 1 to the number of members');
      for (const member of members) {
        if (!isDefined(member)) throw wrong(line, `${excerpt(member)} is not defined above`);
        if (taken.has(member)) throw wrong(line, `${excerpt(member)} is a member already`);
        taken.add(member);
      }
      groups.set(name, { threshold: k, members });
    } else if (word === 'quorum') {
      const [name = ''] = rest;
      if (quorum !== undefined || rest.length !== 1)
        throw wrong(line, 'there is exactly one quorum, with one name');
      if (name !== 'none' && !isDefined(name)) throw wrong(line, `${excerpt(name)} is not defined above`);
      quorum = { name: name === 'none' ? undefined : name };
    } else throw wrong(line, `it begins with ${excerpt(word)}`);
  }
  if (quorum === undefined) throw wrong(0, 'there is no line quorum');
  return { logs, witnesses, groups, quorum: quorum.name };
}

/** A policy with one log and no witnesses. */
export function policyOfLogs(keys: readonly VerifierKey[]): WitnessPolicy {
  return {
    logs: keys.map((key) => ({ key, url: undefined })),
    witnesses: new Map(),
    groups: new Map(),
    quorum: undefined,
  };
}

/** Every key that a checkpoint may be signed with under this policy: those of logs, and those of witnesses. */
export function policyKeys(policy: WitnessPolicy): {
  readonly logs: VerifierKey[];
  readonly witnesses: VerifierKey[];
} {
  return {
    logs: policy.logs.map(({ key }) => key),
    witnesses: [...policy.witnesses.values()].map(({ key }) => key),
  };
}

/**
 * Throws cosignatures-missing, with who has signed and who has not, unless the quorum is met by the signatures that
 * `openCheckpoint` found to hold. Which log it is, openCheckpoint has checked already.
 */
export function checkQuorum(policy: WitnessPolicy, checkpoint: SignedCheckpoint): void {
  if (meetsQuorum(policy, checkpoint.signatures)) return;
  const missing = [...policy.witnesses]
    .filter(([, { key }]) => !hasSigned(checkpoint.signatures, key))
    .map(([name]) => name);
  throw new TrustError(
    'cosignatures-missing',
    `The checkpoint of ${checkpoint.origin} at size ${checkpoint.size} lacks the cosignatures that the quorum ${policy.quorum ?? 'none'} demands`,
    {
      help: `Not signed by: ${missing.join(', ')}. Their cosignatures may come later; ask again in a minute.`,
    },
  );
}

/** Whether these signatures, each of them checked, are the quorum of the policy. */
export function meetsQuorum(policy: WitnessPolicy, signatures: readonly VerifiedSignature[]): boolean {
  const isMet = (name: string): boolean => {
    const witness = policy.witnesses.get(name);
    if (witness !== undefined) return hasSigned(signatures, witness.key);
    const group = policy.groups.get(name);
    return group !== undefined && group.members.filter(isMet).length >= group.threshold;
  };
  return policy.quorum === undefined || isMet(policy.quorum);
}

function hasSigned(signatures: readonly VerifiedSignature[], key: VerifierKey): boolean {
  return signatures.some((signature) => nameOfKey(signature.key) === nameOfKey(key));
}

function nameOfKey(key: VerifierKey): string {
  return `${key.name}+${key.id}+${toHex(key.publicKey)}`;
}

function readMember(
  line: number,
  vkey: string | undefined,
  url: string | undefined,
  isWhole: boolean,
  types: readonly VerifierKey['type'][],
): PolicyMember {
  if (vkey === undefined || !isWhole) throw wrong(line, 'it has too few or too many parts');
  let key: VerifierKey;
  try {
    key = parseVerifierKey(vkey);
  } catch (cause) {
    throw wrong(line, cause instanceof Error ? cause.message : 'its key is none', cause);
  }
  if (!types.includes(key.type)) throw wrong(line, `a key of type ${key.type} has another role`);
  return { key, url };
}

function checkNewKey(line: number, { key }: PolicyMember, others: readonly PolicyMember[]): void {
  if (others.some((other) => toHex(other.key.publicKey) === toHex(key.publicKey)))
    throw wrong(line, 'its key is there already');
}

function wrong(line: number, why: string, cause?: unknown): TrustError {
  return new TrustError('note-invalid', `Not a witness policy: ${line === 0 ? '' : `line ${line}: `}${why}`, {
    help: 'The format is C2SP tlog-policy: lines log, witness, group, and one quorum.',
    ...(cause !== undefined && { cause }),
  });
}

// Identities and statements for tests of the web of trust: real forms, readable names.

import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url, toHex, utf8 } from '../../../../core/bytes.ts';
import {
  makeIdentity,
  makeRoot,
  parseIdentity,
  splitIdentity,
  type Identity,
  type Root,
} from '../../../../core/identity.ts';
import type { TrustLevel } from '../../../../core/statement/levels.ts';
import { statementSchema, type StatementId } from '../../../../core/statement/statement.ts';
import { TrustGraph, type TrustLedgerEntry } from '../../../../core/trust/graph.ts';
import type { View } from '../../../../core/trust/view.ts';

/** The identity of a test person: the same name gives the same key. Upper-case names are OpenPGP. */
export function id(name: string): Identity {
  const digest = sha256(utf8(name));
  return name === name.toLowerCase()
    ? makeIdentity('crev', toBase64Url(digest))
    : makeIdentity('openpgp', toHex(digest.slice(0, 20)));
}

export const root = (name: string): Root => {
  const [owner = '', set] = name.split('#');
  return makeRoot(id(owner), set);
};

const ref = (identity: Identity) => ({ ...splitIdentity(identity) });

interface Said {
  /** Ledger index; by default the place in the list. */
  readonly index?: number;
  /** RFC 3339; by default one second later for each ledger index. */
  readonly date?: string;
  /** A word to tell statements apart that say the same. */
  readonly nonce?: string;
}

export interface Trusts extends Said {
  readonly from: string;
  readonly to: string | readonly string[];
  readonly level: TrustLevel;
  readonly override?: readonly string[];
}
export interface Member {
  readonly id: string;
  readonly trust: TrustLevel;
  readonly scope?: readonly string[];
}
export interface Sets extends Said {
  readonly owner: string;
  readonly name: string;
  readonly members?: readonly Member[];
  readonly includes?: readonly { set: string; cap: TrustLevel; scope?: readonly string[] }[];
}
export interface Retracts extends Said {
  readonly by: string;
  readonly statement: StatementId;
}
export type Saying = Trusts | Sets | Retracts;

/** Ledger entries, parsed by the schemas that real statements pass, in the order given. */
export function ledger(...sayings: readonly Saying[]): TrustLedgerEntry[] {
  return sayings.map((saying, place) => entry(saying, saying.index ?? place));
}

function entry(saying: Saying, index: number): TrustLedgerEntry {
  const author = id('from' in saying ? saying.from : 'owner' in saying ? saying.owner : saying.by);
  const date = saying.date ?? new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString();
  const common = { version: '1', date, from: ref(author) };
  const statement = statementSchema.parse(
    'from' in saying
      ? {
          kind: 'trust',
          ...common,
          ids: [saying.to].flat().map((name) => ref(id(name))),
          trust: saying.level,
          ...(saying.override && { override: saying.override.map((name) => ref(id(name))) }),
        }
      : 'owner' in saying
        ? {
            kind: 'reviewer set',
            ...common,
            name: saying.name,
            title: saying.name,
            members: (saying.members ?? []).map((member) => ({ ...member, id: ref(id(member.id)) })),
            ...(saying.includes && {
              includes: saying.includes.map((include) => ({ ...include, set: root(include.set) })),
            }),
          }
        : { kind: 'retraction', ...common, statement: saying.statement },
  );
  const text = JSON.stringify([statement, index, saying.nonce ?? '']);
  return { id: toHex(sha256(utf8(text))) as StatementId, index, author, statement };
}

/** A graph that holds these ledger entries. */
export function graphOf(entries: readonly TrustLedgerEntry[]): TrustGraph {
  const graph = new TrustGraph();
  for (const one of entries) graph.apply(one);
  return graph;
}

const known = new Map<string, string>();
/** Makes names known to `shown`. */
export function named(...names: readonly string[]): void {
  for (const name of names) known.set(root(name), name);
}
named(...Array.from('abcdefghijklmnopqrstuvwxyz'), ...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ'));

/** The test name of a root. */
export function nameOf(identity: Root | Identity): string {
  const [owner = '', set] = identity.split('#');
  const name = known.get(parseIdentity(owner)) ?? owner;
  return set === undefined ? name : `${name}#${set}`;
}

/** A trust set as text: `a 0 high, b 1 medium`, sorted by name. */
export function shown(view: View, purl?: string): string {
  return view
    .entries(purl)
    .map(({ id: who, distance, level }) => `${nameOf(who)} ${distance} ${level}`)
    .sort()
    .join(', ');
}

/** The banned, sorted: `c d`. */
export function bannedIn(view: View, purl?: string): string {
  return view
    .banned(purl)
    .map((ban) => nameOf(ban.id))
    .sort()
    .join(' ');
}

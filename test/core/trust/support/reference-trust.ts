// A slow second implementation of the web of trust, for comparison: plain Maps and Sets, straight from the pseudo code.
//
// First which statements count (newest by date, then index; withdrawn and void ones out), then crev's algorithm word for
// word, with what is ours beside it: several roots, reviewer sets as nodes, scopes as a predicate, and the ban of an
// identity taking its sets along.

import { compareRoots } from '../../../../core/trust/nodes.ts';
import { makeRoot, splitRoot, type Identity, type Root } from '../../../../core/identity.ts';
import { trustLevels, type TrustLevel } from '../../../../core/statement/levels.ts';
import { identityOf } from '../../../../core/statement/statement.ts';
import { parseInstant } from '../../../../core/time.ts';
import type { TrustLedgerEntry } from '../../../../core/trust/graph.ts';
import type { TrustParameters } from '../../../../core/trust/types.ts';

export interface PlainEdge {
  readonly from: Root;
  readonly to: Root;
  readonly level: TrustLevel;
  readonly overrides: readonly Root[];
  readonly scope: readonly string[] | undefined;
}

/** The edges in force after these entries, of which `voidFrom` says from which index on an author does not count. */
export function plainEdges(
  entries: readonly TrustLedgerEntry[],
  voidFrom: ReadonlyMap<Identity, number> = new Map(),
): PlainEdge[] {
  const valid = entries.filter((entry) => entry.index < (voidFrom.get(entry.author) ?? Infinity));
  const standing = valid.filter(
    (entry) =>
      !valid.some(
        (other) =>
          other.statement.kind === 'retraction' &&
          other.statement.statement === entry.id &&
          other.author === entry.author &&
          other.index > entry.index,
      ),
  );
  const oldestFirst = [...standing].sort((a, b) => {
    const [x, y] = [parseInstant(a.statement.date), parseInstant(b.statement.date)];
    return x < y ? -1 : x > y ? 1 : a.index - b.index;
  });
  const edges = new Map<string, PlainEdge[]>();
  for (const { author, statement } of oldestFirst) {
    const from = makeRoot(author);
    if (statement.kind === 'trust') {
      const overrides = (statement.override ?? []).map((ref) => makeRoot(identityOf(ref)));
      for (const ref of statement.ids) {
        const to = makeRoot(identityOf(ref));
        edges.set(`${from} ${to}`, [{ from, to, level: statement.trust, overrides, scope: undefined }]);
      }
    } else if (statement.kind === 'reviewer set') {
      const set = makeRoot(author, statement.name);
      const common = { from: set, overrides: [] };
      edges.set(set, [
        { from, to: set, level: 'high', overrides: [], scope: undefined },
        ...statement.members.map(({ id, trust, scope }) => ({
          ...common,
          to: makeRoot(identityOf(id)),
          level: trust,
          scope,
        })),
        ...(statement.includes ?? []).map(({ set: to, cap, scope }) => ({
          ...common,
          to,
          level: cap,
          scope,
        })),
      ]);
    }
  }
  return [...edges.values()].flat();
}

export interface PlainTrust {
  readonly trusted: ReadonlyMap<Root, { readonly distance: number; readonly level: TrustLevel }>;
  readonly banned: ReadonlySet<Root>;
}

const height = (level: TrustLevel): number => trustLevels.indexOf(level);
const lower = (a: TrustLevel, b: TrustLevel): TrustLevel => (height(a) < height(b) ? a : b);

/** crev's algorithm over the edges that count; `known` are all edges, whose sets a ban takes along. */
export function plainTrust(
  edges: readonly PlainEdge[],
  roots: readonly Root[],
  parameters: TrustParameters,
  known: readonly PlainEdge[] = edges,
): PlainTrust {
  const outOf = new Map<Root, PlainEdge[]>();
  // Distrust first, within each node: a ban takes sets along, so the order in which the ledger was read must not matter.
  const distrustFirst = [
    ...edges.filter(({ level }) => level === 'distrust'),
    ...edges.filter(({ level }) => level !== 'distrust'),
  ];
  for (const edge of distrustFirst) outOf.set(edge.from, [...(outOf.get(edge.from) ?? []), edge]);
  const nodes = new Set([...roots, ...known.flatMap((edge) => [edge.from, edge.to])]);
  const banned = new Set<Root>();
  for (;;) {
    const before = banned.size;
    const trusted = pass(outOf, nodes, roots, parameters, banned);
    if (banned.size <= before) return { trusted, banned };
  }
}

interface Waiting {
  readonly level: TrustLevel;
  readonly distance: number;
  readonly id: Root;
}

function pass(
  outOf: ReadonlyMap<Root, readonly PlainEdge[]>,
  nodes: ReadonlySet<Root>,
  roots: readonly Root[],
  parameters: TrustParameters,
  banned: Set<Root>,
): Map<Root, { distance: number; level: TrustLevel }> {
  const trusted = new Map<Root, { distance: number; level: TrustLevel }>();
  const pending = new Map<string, Waiting>();
  const trustIgnore = new Map<string, TrustLevel[]>();
  const key = (one: Waiting): string => `${one.level} ${one.distance} ${one.id}`;
  const wait = (one: Waiting): unknown => pending.set(key(one), one);
  for (const id of roots) {
    trusted.set(id, { distance: 0, level: 'high' });
    wait({ level: 'high', distance: 0, id });
  }
  let previous: TrustLevel = 'high';
  const atStart = banned.size;
  while (pending.size > 0) {
    const [current] = [...pending.values()].sort(
      (a, b) => height(b.level) - height(a.level) || a.distance - b.distance || compareRoots(a.id, b.id),
    );
    if (current === undefined) break;
    pending.delete(key(current));
    if (current.level !== previous && banned.size !== atStart) return trusted;
    previous = current.level;
    for (const { to, level: direct, overrides } of outOf.get(current.id) ?? []) {
      const level = lower(direct, current.level);
      const distance = current.distance + parameters[level];
      if (banned.has(to)) continue;
      const ignore = trustIgnore.get(`${current.id} ${to}`) ?? [];
      if (ignore.some((above) => height(current.level) < height(above))) continue;
      if (direct === 'distrust') {
        const takenAlong = roots.includes(to)
          ? []
          : [...nodes].filter((node) => isSetOf(node, to) && !roots.includes(node));
        for (const gone of [to, ...takenAlong]) {
          trusted.delete(gone);
          banned.add(gone);
        }
        continue;
      }
      for (const other of overrides) {
        const about = `${other} ${to}`;
        trustIgnore.set(about, [...(trustIgnore.get(about) ?? []), current.level]);
      }
      if (distance > parameters.max) continue;
      const old = trusted.get(to);
      const isNearer = old === undefined || distance < old.distance;
      const isHigher = old === undefined || height(level) > height(old.level);
      if (!isNearer && !isHigher) continue;
      if (old !== undefined) pending.delete(key({ ...old, id: to }));
      trusted.set(to, {
        distance: isNearer ? distance : old.distance,
        level: isHigher ? level : old.level,
      });
      wait({ level, distance, id: to });
    }
  }
  return trusted;
}

function isSetOf(node: Root, owner: Root): boolean {
  const parts = splitRoot(node);
  return parts.setName !== undefined && (parts.owner as string) === owner;
}

// The web of trust of the running service: loaded at start, then following the ledger's tail.
//
// What this process appends it learns at once, what others append when somebody asks: one cheap question to the database
// before an answer, and a feed of what is new. Views are kept by roots and parameters until the web changes.

import { readLedgerState, type Receipt } from '../db/entries.ts';
import type { Queryable } from '../db/database.ts';
import { feedTrust, type TrustSink } from '../db/trust-feed.ts';
import type { Root } from '../core/identity.ts';
import type { VerifiedStatement } from '../core/statement/verified.ts';
import { TrustGraph } from '../core/trust/graph.ts';
import type { TrustParameters } from '../core/trust/types.ts';
import type { View } from '../core/trust/view.ts';

/** How many views are kept. One of a large web holds some tens of megabytes. */
const maxViews = 16;

/** An entry that was just appended. */
export interface Appended {
  readonly receipt: Receipt;
  /** Absent for a certificate. */
  readonly verified?: VerifiedStatement;
  /** Whether it is a certificate that revokes its key. */
  readonly revoked?: boolean;
}

export interface FollowedGraph {
  /** Entries of the ledger that the graph takes into account. */
  readonly size: number;
  /** Brings the graph up to everything that was committed before the call. */
  follow(): Promise<void>;
  /** Notes what this process has just appended, in ledger order. */
  note(appended: readonly Appended[]): void;
  /** The web as these roots see it; throws policy-invalid or trust-limit-exceeded. */
  view(roots: readonly Root[], parameters: TrustParameters): View;
}

/** Loads the graph from the database and gives it, up to date. */
export async function loadTrustGraph(db: Queryable): Promise<FollowedGraph> {
  const graph = new TrustGraph();
  const sink: TrustSink = {
    addTrust: (edge) => {
      graph.addEdge(edge);
    },
    addSet: (owner, set, place, date) => {
      graph.addSet(owner, set, place, date);
    },
    retract: (author, target, place) => {
      graph.retract(author, target, place);
    },
    revoke: (author, from) => {
      graph.revoke(author, from);
    },
  };
  const views = createViewCache(graph);
  let size = await feedTrust(db, sink, 0);

  async function feed(): Promise<void> {
    if ((await readLedgerState(db)).size <= size) return;
    const seen = await feedTrust(db, sink, size);
    size = Math.max(size, seen);
  }
  // One feed runs at a time, and one waits: whoever comes later shares the one that has not begun.
  let running = Promise.resolve();
  let next: Promise<void> | undefined;
  const follow = (): Promise<void> => {
    next ??= running.then(() => {
      next = undefined;
      const feeding = feed();
      running = feeding.catch(() => undefined);
      return feeding;
    });
    return next;
  };

  return {
    get size() {
      return size;
    },
    follow,
    note: (appended) => {
      for (const { receipt, verified, revoked } of appended) {
        if (!receipt.isNew || receipt.index < size) continue;
        // From here on there is more than we were told: others' entries, or a revocation. The next feed begins here.
        if (receipt.index > size || revoked === true) return;
        size++;
        const kind = verified?.statement.kind;
        if (verified !== undefined && kind !== 'package review' && kind !== 'source') {
          graph.apply({ ...verified, index: receipt.index });
        }
      }
    },
    view: views,
  };
}

/** Views by roots and parameters, until the graph changes: the least recently used one goes first. */
function createViewCache(graph: TrustGraph): FollowedGraph['view'] {
  const views = new Map<string, View>();
  let version = graph.version;
  return (roots, parameters) => {
    if (graph.version !== version) {
      views.clear();
      version = graph.version;
    }
    const { max, high, medium, low, none, distrust } = parameters;
    const key = JSON.stringify([[...new Set(roots)].sort(), max, high, medium, low, none, distrust]);
    const view = views.get(key) ?? graph.view(roots, parameters);
    views.delete(key);
    views.set(key, view);
    for (const oldest of views.keys()) {
      if (views.size <= maxViews) break;
      views.delete(oldest);
    }
    return view;
  };
}

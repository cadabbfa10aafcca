// What the ledger says about trust, held in memory and grown by one statement at a time, in any order.
//
// Trust statements give unique edges (from, to); a reviewer set is a node of its own, with an edge from its owner at level
// high while a statement defines it, edges to its members, and edges at the cap to the sets that it includes. Adding k
// edges costs O(k) on average, however many there are. Only what a newer statement, a retraction or a revocation touches
// is looked at again.

import { makeRoot, type Identity, type Root } from '../identity.ts';
import type { TrustLevel } from '../statement/levels.ts';
import type { ReviewerSet, StatementId } from '../statement/statement.ts';
import { identityOf } from '../statement/statement.ts';
import { absentCode, Edges, highCode, levelCode, levelMask, overrideFlag, scopeShift } from './edges.ts';
import { Nodes } from './nodes.ts';
import { ScopeTable } from './scope-table.ts';
import { Statements, type StatementPlace } from './statements.ts';
import type { EdgeInput } from './types.ts';

export class TrustStore {
  readonly nodes = new Nodes();
  readonly statements = new Statements();
  readonly edges = new Edges();
  readonly scopes = new ScopeTable();
  /** Edges in force. */
  inForce = 0;
  /** Highest ledger index seen, -1 before the first. */
  lastIndex = -1;

  /** Notes that the ledger has been followed up to an index. */
  seen(index: number): void {
    this.lastIndex = Math.max(this.lastIndex, index);
  }

  /** Adds what a trust statement says about one subject; the same again changes nothing. */
  addTrust(input: EdgeInput): void {
    const { nodes, edges, statements } = this;
    const from = nodes.intern(makeRoot(input.from));
    const to = nodes.intern(makeRoot(input.to));
    const statement = this.#statement(input, from);
    this.seen(input.index);
    if (input.overrides !== undefined && input.overrides.length > 0 && !statements.overrides.has(statement)) {
      statements.overrides.set(
        statement,
        input.overrides.map((id) => nodes.intern(makeRoot(id))),
      );
    }
    let edge = edges.findPair(from, to);
    if (edge === -1) edge = this.#link(from, to, true);
    const first = statements.first.get(statement);
    for (let record = first; record !== -1; record = edges.nextOfStatement.get(record)) {
      if (edges.recordEdge.get(record) === edge) return;
    }
    const record = edges.addRecord(edge, statement, levelCode(input.level), first);
    statements.first.set(statement, record);
    const current = edges.statement(edge);
    if (statements.holds.get(statement) === 1 && (current === -1 || statements.isNewer(statement, current))) {
      this.#putRecord(edge, record);
    }
  }

  /** Adds a reviewer set as its owner stated it; the same again changes nothing. */
  addSet(owner: Identity, set: ReviewerSet, place: StatementPlace, date: bigint): void {
    const { nodes, edges, statements } = this;
    this.seen(place.index);
    if (statements.find(place.id) !== -1) return;
    const ownerNode = nodes.intern(makeRoot(owner));
    const node = nodes.intern(makeRoot(owner, set.name));
    const statement = this.#addStatement({ ...place, date }, ownerNode, node);
    if (nodes.ownEdge.get(node) === -1) nodes.ownEdge.set(node, this.#link(ownerNode, node, false));
    // The edges of one set statement stand one behind the other.
    statements.first.set(statement, edges.length);
    const add = (to: Root, level: TrustLevel, scope: readonly string[] | undefined): void => {
      const target = nodes.intern(to);
      const edge = edges.add(node, target, nodes.firstIn.get(target), false);
      nodes.firstIn.set(target, edge);
      edges.put(edge, levelCode(level) | (this.scopes.intern(scope) << scopeShift), statement);
    };
    for (const member of set.members) add(makeRoot(identityOf(member.id)), member.trust, member.scope);
    for (const include of set.includes ?? []) add(include.set, include.cap, include.scope);
    statements.edgeCount.set(statement, edges.length - statements.first.get(statement));
    const current = nodes.currentSet.get(node);
    if (statements.holds.get(statement) === 1 && (current === -1 || statements.isNewer(statement, current))) {
      this.#putSet(node, statement);
    }
  }

  /** Withdraws an earlier statement of the same author. It may come before the statement, and may be about any kind. */
  retract(author: Identity, target: StatementId, place: StatementPlace): void {
    this.seen(place.index);
    const statement = this.statements.withdraw(this.nodes.intern(makeRoot(author)), target, place);
    if (statement !== -1) this.#rejudge(statement);
  }

  /** Voids statements of an author whose key was revoked: all, or those at this ledger index and after. */
  revoke(author: Identity, from: number | 'all'): void {
    const node = this.nodes.intern(makeRoot(author));
    this.statements.voidFrom(node, from === 'all' ? -1 : from);
    this.#rejudgeAll(node);
    for (let set = this.nodes.firstSet.get(node); set !== -1; set = this.nodes.nextSet.get(set)) {
      this.#rejudgeAll(set);
    }
  }

  /** Whether an edge is in force: somebody's newest valid word, or part of a set's newest valid statement. */
  isInForce(edge: number): boolean {
    if ((this.edges.meta(edge) & levelMask) === absentCode) return false;
    const from = this.edges.from(edge);
    return !this.nodes.isSet(from) || this.nodes.currentSet.get(from) === this.edges.statement(edge);
  }

  #link(from: number, to: number, unique: boolean): number {
    const { nodes, edges } = this;
    const edge = edges.add(from, to, nodes.firstIn.get(to), unique);
    nodes.out.append(from, edge);
    nodes.firstIn.set(to, edge);
    return edge;
  }

  /** The row of a trust statement, added when new. */
  #statement(input: EdgeInput, author: number): number {
    const known = this.statements.findSame(input, author);
    return known === -1 ? this.#addStatement(input, author, -1) : known;
  }

  #addStatement(place: StatementPlace & { readonly date: bigint }, author: number, set: number): number {
    const { nodes, statements } = this;
    const row = statements.add(place.id, author, place.index, place.date, set);
    const subject = set === -1 ? author : set;
    statements.next.set(row, nodes.firstStatement.get(subject));
    nodes.firstStatement.set(subject, row);
    return row;
  }

  #rejudgeAll(subject: number): void {
    const { nodes, statements } = this;
    for (let row = nodes.firstStatement.get(subject); row !== -1; row = statements.next.get(row)) {
      this.#rejudge(row);
    }
  }

  #rejudge(statement: number): void {
    const { edges, statements } = this;
    if (!statements.rejudge(statement)) return;
    const set = statements.set.get(statement);
    if (set !== -1) {
      this.#reselectSet(set);
      return;
    }
    for (let at = statements.first.get(statement); at !== -1; at = edges.nextOfStatement.get(at)) {
      this.#reselect(edges.recordEdge.get(at));
    }
  }

  /** Puts the newest record that holds in force, or none. */
  #reselect(edge: number): void {
    const { edges, statements } = this;
    let best = -1;
    for (let at = edges.firstRecord.get(edge); at !== -1; at = edges.nextOfEdge.get(at)) {
      const statement = edges.recordStatement.get(at);
      if (statements.holds.get(statement) === 0) continue;
      if (best === -1 || statements.isNewer(statement, edges.recordStatement.get(best))) best = at;
    }
    this.#putRecord(edge, best);
  }

  #putRecord(edge: number, record: number): void {
    const { edges, statements } = this;
    const before = edges.meta(edge) & levelMask;
    this.inForce += (record === -1 ? 0 : 1) - (before === absentCode ? 0 : 1);
    if (record === -1) {
      edges.put(edge, absentCode, -1);
      return;
    }
    const statement = edges.recordStatement.get(record);
    const flag = statements.overrides.has(statement) ? overrideFlag : 0;
    edges.put(edge, edges.recordLevel.get(record) | flag, statement);
  }

  /** Puts the newest set statement that holds in force, or none. */
  #reselectSet(node: number): void {
    const { nodes, statements } = this;
    let best = -1;
    for (let row = nodes.firstStatement.get(node); row !== -1; row = statements.next.get(row)) {
      if (statements.holds.get(row) === 1 && (best === -1 || statements.isNewer(row, best))) best = row;
    }
    if (best !== nodes.currentSet.get(node)) this.#putSet(node, best);
  }

  /** The edges of one set statement become the node's, those of all others rest. */
  #putSet(node: number, statement: number): void {
    const { nodes, edges, statements } = this;
    const before = nodes.currentSet.get(node);
    const count = statement === -1 ? 0 : statements.edgeCount.get(statement);
    if (before !== -1) this.inForce -= 1 + statements.edgeCount.get(before);
    if (statement !== -1) this.inForce += 1 + count;
    nodes.currentSet.set(node, statement);
    nodes.out.setRange(node, statement === -1 ? 0 : statements.first.get(statement), count);
    edges.put(nodes.ownEdge.get(node), statement === -1 ? absentCode : highCode, statement);
  }
}

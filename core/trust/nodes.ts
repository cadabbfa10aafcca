// The nodes of the trust graph: identities and reviewer sets, each numbered once and for ever.
//
// crev visits equals in the order of their raw bytes. Comparing decoded keys all the time would be slow, so a node keeps
// its kind and first six bytes as one exact double, and only nodes that agree in those compare in full. A reviewer set
// stands right behind its owner, then by name.

import { compareIdentities, makeRoot, splitRoot, type Root } from '../identity.ts';
import { floatColumn, intColumn } from './columns.ts';
import { Lists } from './lists.ts';

export class Nodes {
  readonly names: Root[] = [];
  /** Kind and first 48 bits of the raw id: orders most pairs. */
  readonly key = floatColumn();
  /** The owner of a reviewer set; an identity owns itself. */
  readonly owner = intColumn();
  /** The sets of an identity: head here, the rest by `nextSet`. */
  readonly firstSet = intColumn();
  readonly nextSet = intColumn();
  /** Of a set: the edge that leads from its owner to it; -1 before it was published. */
  readonly ownEdge = intColumn();
  /** Of a set: the statement in force, -1 for none. */
  readonly currentSet = intColumn();
  /** The edges out of a node; of a set, those of the statement in force. */
  readonly out = new Lists();
  /** Heads of the lists of edges in, and of the statements of an identity about others, or about a set. */
  readonly firstIn = intColumn();
  readonly firstStatement = intColumn();
  readonly #numbers = new Map<string, number>();

  get length(): number {
    return this.names.length;
  }

  /** The number of a node; undefined when nothing ever named it. */
  find(root: Root): number | undefined {
    return this.#numbers.get(root);
  }

  /** The number of a node, which is added when it is new, together with its owner when it is a set. */
  intern(root: Root): number {
    const known = this.#numbers.get(root);
    if (known !== undefined) return known;
    const { owner, setName } = splitRoot(root);
    const ownerNode = setName === undefined ? this.length : this.intern(makeRoot(owner));
    const node = this.names.push(root) - 1;
    this.#numbers.set(root, node);
    this.key.push(sortKey(root));
    this.owner.push(ownerNode);
    this.nextSet.push(-1);
    this.firstSet.push(-1);
    this.out.addList();
    this.ownEdge.push(-1);
    this.currentSet.push(-1);
    this.firstIn.push(-1);
    this.firstStatement.push(-1);
    if (setName !== undefined) {
      this.nextSet.set(node, this.firstSet.get(ownerNode));
      this.firstSet.set(ownerNode, node);
    }
    return node;
  }

  /** The name of a node that exists. */
  name(node: number): Root {
    const name = this.names[node];
    if (name === undefined) throw new RangeError(`No node ${node}`);
    return name;
  }

  /** Whether the node is a reviewer set. */
  isSet(node: number): boolean {
    return this.owner.get(node) !== node;
  }
}

/** The total order of nodes: crev before openpgp, by raw bytes, an identity before its sets, sets by name. */
export function compareRoots(a: Root, b: Root): number {
  const left = splitRoot(a);
  const right = splitRoot(b);
  const byOwner = compareIdentities(left.owner, right.owner);
  if (byOwner !== 0) return byOwner;
  const [x, y] = [left.setName ?? '', right.setName ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** An exact double that orders identities by kind and by the first six raw bytes. */
export function sortKey(root: Root): number {
  const crev = root.startsWith('crev:');
  let key = crev ? 0 : 1;
  // Six bytes are eight characters of base64url or twelve of hex.
  if (crev) for (let i = 5; i < 13; i++) key = key * 64 + base64UrlValue(root.charCodeAt(i));
  else for (let i = 8; i < 20; i++) key = key * 16 + hexValue(root.charCodeAt(i));
  return key;
}

/** The six bits of a base64url character (RFC 4648 section 5). */
function base64UrlValue(code: number): number {
  if (code >= 97) return code - 97 + 26;
  if (code === 95) return 63;
  if (code >= 65) return code - 65;
  return code === 45 ? 62 : code - 48 + 52;
}

const hexValues = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 97 ? code - 87 : code >= 65 ? code - 55 : code - 48,
);

/** The four bits of a hex digit in either case. */
export function hexValue(code: number): number {
  return hexValues[code] ?? 0;
}

// What a mirror's entries say together: retractions, revocations, certificates. The same rules as the service's tables
// (db/project.ts, db/project-certificates.ts), computed when asked for.

import type { StoredCertificate, StoredStatement } from '../../core/api/statements.ts';
import type { Identity } from '../../core/identity.ts';
import { parseCertificate } from '../../core/statement/openpgp/certificate.ts';
import type { StatementId } from '../../core/statement/statement.ts';
import { formatSeconds } from '../../core/time.ts';
import type { MirrorStatement, MirrorStore } from './mirror-store.ts';
import { hexPrefix, textPrefix } from './posting.ts';

/** From where on the statements of a revoked key have no effect. */
export interface Voided {
  readonly from: number;
  /** Hard: everything, also what was said before. */
  readonly isHard: boolean;
}

export class MirrorLedger {
  readonly store: MirrorStore;
  readonly #voided = new Map<Identity, Promise<Voided | undefined>>();

  constructor(store: MirrorStore) {
    this.store = store;
  }

  /** The statement with an id; undefined when the mirror holds none. */
  async statement(id: StatementId): Promise<MirrorStatement | undefined> {
    for (const index of this.store.find(hexPrefix('id', id))) {
      const { leaf } = await this.store.entry(index);
      if (leaf.id === id && leaf.kind !== 'certificate') return this.store.statement(index);
    }
    return undefined;
  }

  /** Index of the retraction that withdraws a statement; undefined when there is none, or it is voided with its key. */
  async withdrawnBy(statement: MirrorStatement): Promise<number | undefined> {
    const retracted = await this.#firstRetraction(statement);
    const limit = (await this.voided(statement.author))?.from ?? Infinity;
    return retracted === undefined || retracted >= limit ? undefined : retracted;
  }

  /** Index of the author's first retraction of a statement; undefined when there is none, and for retractions themselves. */
  async #firstRetraction({ id, index, author, statement }: MirrorStatement): Promise<number | undefined> {
    if (statement.kind === 'retraction') return undefined;
    for (const at of this.store.find(textPrefix('subject', `statement:${id}`))) {
      if (at <= index) continue;
      const other = await this.store.statement(at);
      const isRetraction = other.statement.kind === 'retraction' && other.statement.statement === id;
      if (isRetraction && other.author === author) return at;
    }
    return undefined;
  }

  /** Whether a statement counts: neither voided with its author's key, nor withdrawn by a retraction that counts. */
  async isInForce(statement: MirrorStatement): Promise<boolean> {
    const voided = await this.voided(statement.author);
    const limit = voided?.from ?? Infinity;
    if (statement.index >= limit) return false;
    return (await this.withdrawnBy(statement)) === undefined;
  }

  /** What a revocation of an identity's key voids; undefined when it is not revoked. */
  voided(identity: Identity): Promise<Voided | undefined> {
    const known = this.#voided.get(identity) ?? this.#readVoided(identity);
    this.#voided.set(identity, known);
    return known;
  }

  /** A statement as the API gives it. */
  async stored(found: MirrorStatement): Promise<StoredStatement> {
    const { id, author, envelope, index, statement, document } = found;
    const retractedBy = await this.withdrawnBy(found);
    return {
      ...{ id, kind: statement.kind, author, envelope, index, statement, document },
      recordedAt: formatSeconds(found.recordedAt),
      ...(retractedBy !== undefined && { retractedBy }),
    };
  }

  /** A certificate as the API gives it; undefined when the mirror holds none. */
  async certificate(identity: Identity): Promise<StoredCertificate | undefined> {
    const indices = this.store.find(textPrefix('certificate', identity));
    const newest = indices.at(-1);
    if (newest === undefined) return undefined;
    const { leaf, document } = await this.store.entry(newest);
    const certificate = await parseCertificate(document);
    const { id, armored, userIds, algorithm, created, expires, revocation } = certificate;
    return {
      ...{ identity, id, armored, algorithm, indices },
      userIds: [...userIds],
      created: formatSeconds(created),
      ...(expires !== undefined && { expires: formatSeconds(expires) }),
      ...(revocation !== undefined && { revocation: { ...revocation, at: formatSeconds(revocation.at) } }),
      recordedAt: formatSeconds(leaf.recordedAt),
    };
  }

  async #readVoided(identity: Identity): Promise<Voided | undefined> {
    let from = Infinity;
    let isHard = false;
    for (const index of this.store.find(textPrefix('revocation', identity))) {
      const { document } = await this.store.entry(index);
      const { revocation } = await parseCertificate(document);
      if (revocation === undefined) continue;
      isHard = revocation.hardness === 'hard';
      from = Math.min(from, isHard ? 0 : Math.min(index, await this.#firstFrom(revocation.at)));
    }
    return from === Infinity ? undefined : { from, isHard };
  }

  /** Index of the first entry that was taken at or after a time; the size when there is none. */
  async #firstFrom(time: Date): Promise<number> {
    let low = 0;
    let high = this.store.size;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((await this.store.leaf(middle)).recordedAt < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

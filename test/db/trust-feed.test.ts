import { beforeAll, expect, it } from 'vitest';
import { TrustStore } from '../../core/trust/store.ts';
import { appendStatements } from '../../db/append.ts';
import { appendCertificates } from '../../db/append-certificates.ts';
import type { Database } from '../../db/database.ts';
import { feedTrust, type TrustSink } from '../../db/trust-feed.ts';
import { describeDatabases } from '../support/database.ts';
import { makeReviewer, review, digest, today, type Reviewer } from '../support/reviewers.ts';

class Listener implements TrustSink {
  readonly heard: unknown[] = [];
  addTrust(...words: Parameters<TrustSink['addTrust']>): void {
    this.heard.push(['trust', words[0]]);
  }
  addSet(...words: Parameters<TrustSink['addSet']>): void {
    this.heard.push(['set', ...words]);
  }
  retract(...words: Parameters<TrustSink['retract']>): void {
    this.heard.push(['retract', ...words]);
  }
  revoke(...words: Parameters<TrustSink['revoke']>): void {
    this.heard.push(['revoke', ...words]);
  }
}

describeDatabases('feeding the graph of trust', (open) => {
  let db: Database;
  let ada: Reviewer;
  let bob: Reviewer;
  let eve: Reviewer;

  beforeAll(async () => {
    db = await open();
    [ada, bob, eve] = [await makeReviewer('Ada'), await makeReviewer('Bob'), await makeReviewer('Eve')];
  });

  it('gives nothing from an empty ledger', async () => {
    const sink = new Listener();
    expect(await feedTrust(db, sink, 0)).toBe(0);
    expect(sink.heard).toEqual([]);
  });

  it('tells everything that bears on trust, exactly, and nothing else', async () => {
    const date = '2026-11-22T12:00:00.123456789Z';
    const nanoseconds = BigInt(today.getTime()) * 1_000_000n + 123_456_789n;
    const trust = await ada.say({
      kind: 'trust',
      date,
      ids: [bob.ref, eve.ref],
      trust: 'high',
      override: [eve.ref],
    });
    const set = await bob.say({
      kind: 'reviewer set',
      date,
      name: 'core',
      title: 'Core',
      members: [{ id: eve.ref, trust: 'low' }],
    });
    const other = await eve.say(review('pkg:npm/a@1', { sha256: digest(1) }));
    const retraction = await ada.say({ kind: 'retraction', statement: trust.id });
    await appendStatements(db, [other, trust, set, retraction], today);
    await appendCertificates(
      db,
      [await bob.revoked('hard', today), await eve.revoked('soft', new Date(today.getTime() + 999_000))],
      today,
    );
    const sink = new Listener();
    expect(await feedTrust(db, sink, 0)).toBe(6);
    const edge = {
      from: ada.identity,
      level: 'high',
      date: nanoseconds,
      index: 1,
      id: trust.id,
      overrides: [eve.identity],
    };
    expect(sink.heard).toEqual([
      ['revoke', bob.identity, 'all'],
      ['revoke', eve.identity, 5],
      ['trust', expect.objectContaining({ ...edge, to: bob.identity })],
      ['trust', expect.objectContaining({ ...edge, to: eve.identity })],
      ['set', bob.identity, set.statement, { index: 2, id: set.id }, nanoseconds],
      ['retract', ada.identity, trust.id, { index: 3, id: retraction.id }],
    ]);
  });

  it('goes on from where it stopped', async () => {
    const sink = new Listener();
    expect(await feedTrust(db, sink, 6)).toBe(6);
    expect(sink.heard).toEqual([]);
    const more = await ada.say({ kind: 'trust', ids: [bob.ref], trust: 'low' });
    await appendStatements(db, [more], today);
    expect(await feedTrust(db, sink, 6)).toBe(7);
    expect(sink.heard).toEqual([
      ['trust', expect.objectContaining({ id: more.id, index: 6, overrides: undefined })],
    ]);
  });

  it('gives the same in small pages as in large ones', async () => {
    const [whole, pages] = [new Listener(), new Listener()];
    await feedTrust(db, whole, 0);
    await feedTrust(db, pages, 0, 1);
    expect(pages.heard).toEqual(whole.heard);
    expect(whole.heard).toHaveLength(7);
  });

  it('feeds the graph of core/trust', async () => {
    const store = new TrustStore();
    await feedTrust(db, store, 0);
    // Ada's first statement is retracted, so her later one about Bob is in force. Bob's set fell with his key.
    expect(store.inForce).toBe(1);
  });
});

// When the publisher publishes: with pauses, without them when the service stops, and again after a failure.

import { expect, it } from 'vitest';
import { TrustError } from '../../../core/errors.ts';
import { describeDatabases } from '../../support/database.ts';
import { logFolder } from '../../support/log-config.ts';
import { expectCode } from '../../support/matchers.ts';
import { startSequencer } from '../support/sequencer.ts';

describeDatabases('the pace of the publisher', (open, kind) => {
  it('keeps the interval from one checkpoint to the next', async () => {
    const db = await open();
    const intervalMs = 120;
    const clock = (): Date => new Date();
    const { ingest, close } = await startSequencer({ db, folder: logFolder(), clock, intervalMs });
    for (const name of ['a', 'b', 'c', 'd']) await ingest.submitStatement(name);
    await close();
    const { rows } = await db.query<{ at: Date }>(
      'select signed_at as at from checkpoints where size > 0 order by size',
    );
    const gaps = rows.slice(1).map(({ at }, i) => at.getTime() - rows[i]!.at.getTime());
    expect(gaps).toHaveLength(3);
    // Timers and the clock round apart from each other.
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(intervalMs - 5);
  });

  it('makes no pause when the service stops: who waits is answered before', async () => {
    const db = await open();
    const { ingest, close } = await startSequencer({ db, folder: logFolder(), intervalMs: 3_600_000 });
    await ingest.submitStatement('a');
    const second = ingest.submitStatement('b');
    await expect
      .poll(async () => (await db.query('select from entries')).rows.length, { timeout: 20_000 })
      .toBe(2);
    await close();
    expect((await second).proof).toContain('index 1\n');
  });

  // On the embedded database the publication holds the only connection, so nobody can come while it is under way.
  it.runIf(kind === 'postgresql')(
    'refuses those whom a publication failed, and not those who came meanwhile',
    async () => {
      const db = await open();
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      let raised = 0;
      const { ingest, close } = await startSequencer({
        db,
        folder: logFolder(),
        wrapFence: (fence) => ({
          file: fence.file,
          get last() {
            return fence.last;
          },
          read: () => fence.read(),
          async raise(head) {
            if (++raised === 2) {
              await gate;
              throw new TrustError('ledger-stopped', 'The disk is full');
            }
            await fence.raise(head);
          },
        }),
      });
      const first = expectCode('ledger-stopped', () => ingest.submitStatement('a'));
      await expect.poll(() => raised, { timeout: 20_000 }).toBe(2);
      const second = ingest.submitStatement('b');
      await expect
        .poll(async () => (await db.query('select from entries')).rows.length, { timeout: 20_000 })
        .toBe(2);
      // Its entry is there; one turn later it waits for the publication too.
      await new Promise((resolve) => setTimeout(resolve, 50));
      release();
      expect((await first).message).toBe('Entry 0 is in the ledger and not published yet: The disk is full');
      expect(await second).toMatchObject({ index: 1, status: 'created' });
      expect(await ingest.submitStatement('a')).toMatchObject({ index: 0, status: 'known' });
      await close();
    },
  );
});

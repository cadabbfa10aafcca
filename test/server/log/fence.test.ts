import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatCheckpoint, type Checkpoint } from '../../../core/log/checkpoint.ts';
import { openFence } from '../../../server/log/fence.ts';
import { logFolder } from '../../support/log-config.ts';
import { expectCode } from '../../support/matchers.ts';

const head = (size: number, byte = size): Checkpoint => ({
  origin: 'ledger.test',
  size,
  root: new Uint8Array(32).fill(byte),
});

describe('the fence', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = logFolder();
    file = join(folder, 'deep', 'log-fence');
  });

  it('remembers what was signed, in a file of its own form and nothing beside it', async () => {
    const fence = openFence(file);
    expect([fence.last, fence.read()]).toEqual([undefined, undefined]);
    for (const size of [1, 2, 700]) {
      await fence.raise(head(size));
      expect(fence.last).toEqual(head(size));
      expect(readFileSync(file, 'utf8')).toBe(formatCheckpoint(head(size)));
      expect(openFence(file).last).toEqual(head(size));
    }
    expect(readdirSync(join(folder, 'deep'))).toEqual(['log-fence']);
  });

  it('is not lowered, and takes no second root for a size', async () => {
    const fence = openFence(file);
    await fence.raise(head(5));
    await fence.raise(head(5));
    for (const wrong of [head(4), head(5, 99), head(0)]) {
      const refusal = await expectCode('ledger-rolled-back', () => fence.raise(wrong));
      expect(refusal.message).toContain(file);
      expect(refusal.help).toMatch(/newer backup.*recover.*successor/s);
    }
    expect(readFileSync(file, 'utf8')).toBe(formatCheckpoint(head(5)));
  });

  it('holds for every process that shares the file', async () => {
    const [one, other] = [openFence(file), openFence(file)];
    await one.raise(head(5));
    await expectCode('ledger-rolled-back', () => other.raise(head(4)));
    await expectCode('ledger-rolled-back', () => other.raise(head(5, 99)));
    expect(other.last).toEqual(head(5));
    await other.raise(head(6));
    expect(one.read()).toEqual(head(6));
  });

  it('holds in memory when the file goes or gets older, and is put right when it is raised', async () => {
    const fence = openFence(file);
    await fence.raise(head(5));
    rmSync(file);
    expect(fence.read()).toEqual(head(5));
    await expectCode('ledger-rolled-back', () => fence.raise(head(4)));
    await fence.raise(head(5));
    expect(readFileSync(file, 'utf8')).toBe(formatCheckpoint(head(5)));
    writeFileSync(file, formatCheckpoint(head(2)));
    expect(fence.read()).toEqual(head(5));
    await fence.raise(head(6));
    expect(openFence(file).last).toEqual(head(6));
  });

  it('that cannot be written stops the signature, until it can', async () => {
    const fence = openFence(file);
    await fence.raise(head(5));
    rmSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'deep'), 'a file where the folder was');
    const refusal = await expectCode('ledger-stopped', () => fence.raise(head(6)));
    expect(refusal.message).toContain(file);
    rmSync(join(folder, 'deep'));
    mkdirSync(file, { recursive: true });
    await expectCode('ledger-stopped', () => fence.raise(head(6)));
    rmSync(join(folder, 'deep'), { recursive: true });
    await fence.raise(head(6));
    expect(openFence(file).last).toEqual(head(6));
  });

  it('that cannot be read, or is none, is an error and not an absent one', async () => {
    mkdirSync(file, { recursive: true });
    await expectCode('config-invalid', () => openFence(file));
    rmSync(file, { recursive: true });
    for (const text of ['', 'ledger.test\n5\n', `${formatCheckpoint(head(5))}\n`]) {
      writeFileSync(file, text);
      await expectCode('config-invalid', () => openFence(file));
    }
  });
});

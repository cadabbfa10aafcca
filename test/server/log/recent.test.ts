import { describe, expect, it } from 'vitest';
import { Recent } from '../../../server/log/recent.ts';

describe('answers that are kept', () => {
  const load = (value: number) => () => Promise.resolve(value);

  it('keeps what is used, and lets go what is not', async () => {
    const recent = new Recent<number>(10);
    await recent.find('used', load(-1));
    for (let i = 0; i < 1000; i++) {
      await recent.find(String(i), load(i));
      expect(recent.get('used')).toBe(-1);
    }
    expect(recent.get('0')).toBeUndefined();
    expect(recent.get('500')).toBeUndefined();
  });

  it('keeps at most twice its limit', async () => {
    const recent = new Recent<number>(10);
    for (let i = 0; i < 100; i++) await recent.find(String(i), load(i));
    const loaded: number[] = [];
    for (let i = 99; i >= 0; i--) {
      await recent.find(String(i), () => {
        loaded.push(i);
        return Promise.resolve(i);
      });
    }
    expect(loaded.length).toBeGreaterThanOrEqual(80);
    expect(loaded).not.toContain(99);
    expect(loaded).not.toContain(90);
  });

  it('asks once for many who ask together, and again after a failure', async () => {
    const recent = new Recent<string>(2);
    let asked = 0;
    const slow = (): Promise<string> => {
      asked++;
      return new Promise((resolve, reject) => {
        setImmediate(() => {
          if (asked === 1) reject(new Error('no'));
          else resolve('yes');
        });
      });
    };
    const first = await Promise.allSettled([recent.find('a', slow), recent.find('a', slow)]);
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toBe(1);
    expect(await Promise.all([recent.find('a', slow), recent.find('a', slow)])).toEqual(['yes', 'yes']);
    expect(asked).toBe(2);
  });
});

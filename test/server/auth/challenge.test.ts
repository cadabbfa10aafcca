import { describe, expect, it } from 'vitest';
import { makeChallenge, readChallenge, type ChallengeFrame } from '../../../server/auth/challenge.ts';
import { parseStatement } from '../../../core/statement/canonical.ts';
import { expectCode } from '../../support/matchers.ts';

const frame: ChallengeFrame = {
  origin: 'https://ledger.example.org',
  purpose: { kind: 'sign-in' },
  now: new Date('2026-11-22T12:00:00Z'),
  secret: 'the secret of this site',
};
const later = (ms: number): ChallengeFrame => ({ ...frame, now: new Date(frame.now.getTime() + ms) });
const refuse = (text: string, by: ChallengeFrame = frame) =>
  expectCode('challenge-invalid', () => readChallenge(text, by));

describe('a challenge', () => {
  const text = makeChallenge(frame);

  it('says what it is for, and is good for ten minutes', async () => {
    expect(text).toContain('sign in to https://ledger.example.org');
    expect(readChallenge(text, later(599_000)).expiresAt).toEqual(new Date('2026-11-22T12:10:00Z'));
    await refuse(text, later(600_000));
  });

  it('differs each time, and may gain empty lines at its end, which name the same challenge', () => {
    expect(makeChallenge(frame)).not.toBe(text);
    expect(readChallenge(`${text}\n\n`, frame)).toEqual(readChallenge(text, frame));
  });

  it('is refused when any letter of it was changed, or any line added', async () => {
    for (let i = 0; i < text.length; i++) {
      const flipped = text[i] === 'x' ? 'y' : 'x';
      if (text[i] !== '\n') await refuse(text.slice(0, i) + flipped + text.slice(i + 1));
    }
    await refuse(`${text}\npurpose: add-key`);
    await refuse(`Hello\n${text}`);
    await refuse('');
  });

  it('is refused at another site, under another secret, and for another purpose or account', async () => {
    await refuse(text, { ...frame, origin: 'https://evil.example' });
    await refuse(text, { ...frame, secret: 'another' });
    const add: ChallengeFrame = { ...frame, purpose: { kind: 'add-key', account: 'a' } };
    await refuse(text, add);
    await refuse(makeChallenge(add));
    await refuse(makeChallenge(add), { ...frame, purpose: { kind: 'add-key', account: 'b' } });
    expect(readChallenge(makeChallenge(add), add).hash).toHaveLength(32);
  });

  it('cannot be published as a statement', async () => {
    await expectCode('yaml-invalid', () => parseStatement(text));
  });
});

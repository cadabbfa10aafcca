import * as openpgp from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitIdentity } from '../../core/identity.ts';
import { formatStatement } from '../../core/statement/canonical.ts';
import { generateKey, type GeneratedKey } from '../../core/statement/openpgp/sign.ts';
import { verifyDocument } from '../../core/statement/verify.ts';
import { chooseKey, readHeldKeys, signWith } from '../../public/modules/openpgp-signer.ts';

const date = new Date('2026-11-20T12:00:00Z');
const made = new Date('2026-10-22T12:00:00Z');

describe('signing in the browser', () => {
  let ada: GeneratedKey;
  let eve: GeneratedKey;
  let text: string;

  beforeAll(async () => {
    ada = await generateKey({ name: 'Ada', date: made, passphrase: 'open sesame, please' });
    eve = await generateKey({ name: 'Eve', email: 'eve@example.org', date: made });
    text = formatStatement({
      kind: 'trust',
      version: 1,
      date: '2026-11-20T12:00:00Z',
      from: splitIdentity(ada.identity),
      ids: [splitIdentity(eve.identity)],
      trust: 'low',
    });
  });

  it('signs exactly the text, in a document that the ledger accepts', async () => {
    const [key] = await readHeldKeys(ada.privateKey);
    expect(key).toMatchObject({ identity: ada.identity, userIds: ['Ada'], locked: true });
    const signed = await signWith(key!, 'open sesame, please', { kind: 'statement', text }, date);
    const { text: verified, author } = await verifyDocument(signed.document, {
      certificates: () => Promise.resolve(ada.certificate),
      at: date,
    });
    expect([verified, author]).toEqual([text, ada.identity]);
    expect(signed.certificate).toBe(ada.certificate.armored);
    expect(JSON.stringify(signed)).not.toContain('PRIVATE');
  });

  it('reads armoured and binary key files, and finds the author among several keys', async () => {
    const binary = (await openpgp.readPrivateKey({ armoredKey: ada.privateKey })).write();
    expect((await readHeldKeys(binary))[0]?.identity).toBe(ada.identity);
    const both = await readHeldKeys(new TextEncoder().encode(ada.privateKey));
    const keys = [...(await readHeldKeys(eve.privateKey)), ...both];
    expect(chooseKey(keys, ada.identity)?.identity).toBe(ada.identity);
    expect(chooseKey(keys, undefined)?.identity).toBe(eve.identity);
  });

  it('refuses a wrong passphrase, another key than the author’s, and a text that is no statement', async () => {
    const [key] = await readHeldKeys(ada.privateKey);
    const [other] = await readHeldKeys(eve.privateKey);
    await expect(signWith(key!, 'wrong', { kind: 'statement', text }, date)).rejects.toMatchObject({
      code: 'signer-failed',
    });
    await expect(signWith(other!, '', { kind: 'statement', text }, date)).rejects.toMatchObject({
      code: 'author-mismatch',
    });
    await expect(signWith(other!, '', { kind: 'statement', text: 'hello' }, date)).rejects.toThrow();
  });

  it('tells a public key from a private one, and from anything else', async () => {
    await expect(readHeldKeys(ada.certificate.armored)).rejects.toThrow('This is a public key.');
    await expect(readHeldKeys('hello')).rejects.toMatchObject({ code: 'signer-failed' });
    await expect(readHeldKeys(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'signer-failed' });
  });

  it('signs a text that is no statement when asked for a proof of possession', async () => {
    const [key] = await readHeldKeys(eve.privateKey);
    const { document } = await signWith(key!, '', { kind: 'text', text: 'A challenge.' }, date);
    const message = await openpgp.readCleartextMessage({ cleartextMessage: document });
    expect(message.getText()).toBe('A challenge.');
  });
});

import { beforeAll, expect, it } from 'vitest';
import { maxCertificateBytes, maxDocumentBytes } from '../../core/api/statements.ts';
import * as openpgp from 'openpgp';
import { describeDatabases } from '../support/database.ts';
import { ask, type Answer } from './support/contract.ts';
import { makeAuthor, review, sign, trustIn, type Author } from './support/authors.ts';
import { makeWorld, type World } from './support/world.ts';

describeDatabases('submitting', (open) => {
  let world: World;
  let ada: Author;
  let ben: Author;

  const post = (document: string | Uint8Array, type = 'text/plain'): Promise<Answer> =>
    ask(world.app, 'POST /api/v1/statements', { type, body: document });
  const postCertificate = (body: string | Uint8Array, type = 'text/plain'): Promise<Answer> =>
    ask(world.app, 'POST /api/v1/certificates', { type, body });
  const size = async (): Promise<number> =>
    ((await ask(world.app, 'GET /api/v1/ledger')).json as { size: number }).size;

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = await Promise.all([makeAuthor('Ada'), makeAuthor('Ben')]);
    expect((await postCertificate(ada.certificate.armored)).status).toBe(201);
  });

  it('answers 201 with the index, and 200 with the same receipt when it is known', async () => {
    const document = await sign(ada, review('pkg:npm/once@1.0.0'));
    const before = await size();
    const first = await post(document);
    expect(first).toMatchObject({
      status: 201,
      json: {
        kind: 'package review',
        author: ada.identity,
        index: before,
        recordedAt: '2026-11-22T12:00:00Z',
        status: 'created',
      },
    });
    const again = await post(document);
    expect(again.status).toBe(200);
    expect(again.json).toEqual({ ...(first.json as object), status: 'known' });
    expect(await size()).toBe(before + 1);
  });

  it('makes one entry of many identical submissions at once', async () => {
    const document = await sign(ada, review('pkg:npm/rush@1.0.0'));
    const before = await size();
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(document)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => (json as { index: number }).index))).toEqual(new Set([before]));
    expect(await size()).toBe(before + 1);
  });

  it('takes CRLF and white space around what gpg wrote, and stores the canonical form', async () => {
    const document = await sign(ada, review('pkg:npm/crlf@1.0.0'));
    const answer = await post(`\r\n${document.replaceAll('\n', '\r\n')}\r\n`);
    expect(answer.status).toBe(201);
    const { id } = answer.json as { id: string };
    expect((await ask(world.app, `GET /api/v1/statements/${id}/document`)).text).toBe(document);
  });

  it('refuses a statement of an unknown key, says what to do, and takes it afterwards', async () => {
    const document = await sign(ben, review('pkg:npm/unknown@1.0.0'));
    expect(await post(document)).toMatchObject({
      status: 422,
      json: { code: 'key-unknown', help: expect.stringMatching(/[Pp]ublish/) as string },
    });
    expect((await postCertificate(ben.certificate.armored)).status).toBe(201);
    expect((await post(document)).status).toBe(201);
  });

  it('refuses what was altered after signing, whatever was altered', async () => {
    const document = await sign(ada, review('pkg:npm/altered@1.0.0', { comment: 'All of it was read.' }));
    const altered = document.replace('All of it', 'Some of it');
    expect((await post(altered)).json).toMatchObject({ status: 422, code: 'signature-invalid' });
    const lines = document.split('\n');
    const at = lines.indexOf('', lines.indexOf('-----BEGIN PGP SIGNATURE-----')) + 2;
    lines[at] = (lines[at] ?? '').replace(/^./, (character) => (character === 'A' ? 'B' : 'A'));
    expect((await post(lines.join('\n'))).status).toBe(422);
  });

  it('refuses a statement under another name than the key that signed it', async () => {
    const mine = await sign(ada, review('pkg:npm/forged@1.0.0'));
    const forged = mine.replace(ada.identity.slice(8), ben.identity.slice(8));
    expect((await post(forged)).json).toMatchObject({ status: 422, code: 'author-mismatch' });
  });

  it('refuses what is no signed document, and names a secret key for what it is', async () => {
    expect((await post('hello')).json).toMatchObject({ status: 422, code: 'envelope-unrecognised' });
    expect((await post(ben.privateKey)).json).toMatchObject({ status: 422, code: 'certificate-secret' });
    expect((await post('')).json).toMatchObject({ status: 422, code: 'envelope-unrecognised' });
  });

  it('refuses text that the signature does not cover', async () => {
    const document = await sign(ada, review('pkg:npm/outside@1.0.0'));
    expect((await post(`Read this first!\n${document}`)).json).toMatchObject({
      code: 'text-outside-signature',
    });
    expect((await post(`${document}Trust me.\n`)).json).toMatchObject({ code: 'text-outside-signature' });
  });

  it('refuses other media types with 415, and says which it takes', async () => {
    const document = await sign(ada, review('pkg:npm/type@1.0.0'));
    const answer = await post(document, 'application/json');
    expect(answer).toMatchObject({ status: 415, json: { code: 'request-invalid' } });
    expect(answer.headers['accept']).toBe('text/plain');
  });

  it('refuses documents and certificates above their bounds with 413', async () => {
    expect((await post('x'.repeat(maxDocumentBytes + 1))).json).toMatchObject({
      status: 413,
      code: 'request-too-large',
    });
    const large = await postCertificate('x'.repeat(maxCertificateBytes + 1));
    expect(large.json).toMatchObject({ status: 413, code: 'request-too-large' });
  });

  it('refuses bytes that are not UTF-8', async () => {
    expect((await post(Uint8Array.of(0xff, 0xfe, 0x00))).json).toMatchObject({
      code: 'text-forbidden-character',
    });
  });

  it('takes a certificate in binary too, as the same certificate', async () => {
    const chiara = await makeAuthor('Chiara');
    const key = await openpgp.readKey({ armoredKey: chiara.certificate.armored });
    const first = await postCertificate(key.write(), 'application/octet-stream');
    expect(first).toMatchObject({ status: 201, json: { kind: 'certificate', author: chiara.identity } });
    expect(await postCertificate(chiara.certificate.armored)).toMatchObject({
      status: 200,
      json: { ...(first.json as object), status: 'known' },
    });
  });

  it('refuses a secret key in place of a certificate, and keeps nothing of it', async () => {
    const before = await size();
    expect((await postCertificate(ben.privateKey)).json).toMatchObject({
      status: 422,
      code: 'certificate-secret',
    });
    expect(await size()).toBe(before);
  });

  it('judges a key at ledger time: an expired one is refused, and taken once it is extended', async () => {
    const dan = await makeAuthor('Dan', 20 * 86_400);
    await postCertificate(dan.certificate.armored);
    const document = await sign(dan, review('pkg:npm/expired@1.0.0'), new Date('2026-11-01T00:00:00Z'));
    expect((await post(document)).json).toMatchObject({ code: 'key-expired' });
    const longer = await openpgp.reformatKey({
      privateKey: dan.signer.key,
      userIDs: { name: 'Dan', email: 'dan@example.org' },
      keyExpirationTime: 400 * 86_400,
      date: new Date('2026-11-21T00:00:00Z'),
      format: 'armored',
    });
    expect((await postCertificate(longer.publicKey)).status).toBe(201);
    expect((await post(document)).status).toBe(201);
  });

  it('refuses statements of a key from its revocation on', async () => {
    const eve = await makeAuthor('Eve');
    await postCertificate(eve.certificate.armored);
    expect((await post(await sign(eve, review('pkg:npm/before@1.0.0')))).status).toBe(201);
    const revoked = await openpgp.revokeKey({
      key: eve.signer.key,
      reasonForRevocation: { flag: openpgp.enums.reasonForRevocation.keyRetired, string: 'a new key' },
      date: new Date('2026-11-21T00:00:00Z'),
      format: 'armored',
    });
    expect((await postCertificate(revoked.publicKey)).status).toBe(201);
    expect((await post(await sign(eve, review('pkg:npm/after@1.0.0')))).json).toMatchObject({
      code: 'key-revoked',
    });
    const certificate = await ask(world.app, `GET /api/v1/certificates/${eve.identity}`);
    expect(certificate.json).toMatchObject({
      revocation: { hardness: 'soft', reason: expect.any(String) as string },
    });
    expect((certificate.json as { indices: number[] }).indices).toHaveLength(2);
  });

  it('refuses a statement from the future', async () => {
    const late = await sign(ada, review('pkg:npm/future@1.0.0'), new Date('2026-12-24T00:00:00Z'));
    expect((await post(late)).json).toMatchObject({ code: 'date-in-future' });
  });

  it('gives trust statements and retractions a receipt of their kind', async () => {
    const trust = await post(await sign(ada, trustIn(ben.identity, 'high')));
    expect(trust.json).toMatchObject({ kind: 'trust' });
    const { id } = trust.json as { id: string };
    const retraction = await post(
      await sign(ada, { kind: 'retraction', statement: id as never, reason: 'mistake' }),
    );
    expect(retraction).toMatchObject({ status: 201, json: { kind: 'retraction' } });
    expect((await ask(world.app, `GET /api/v1/statements/${id}`)).json).toMatchObject({
      retractedBy: (retraction.json as { index: number }).index,
    });
  });
});

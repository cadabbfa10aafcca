import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { reviewerSetExportSchema } from '../../../core/api/reviewer-set-export.ts';
import { readPolicyFile } from '../../../core/closure/policy-file.ts';
import { makeRoot, type Identity } from '../../../core/identity.ts';
import { parseStatement } from '../../../core/statement/canonical.ts';
import { signCleartext } from '../../../core/statement/openpgp/sign.ts';
import { putMembers } from '../../../db/organisation-members.ts';
import { findOrganisation } from '../../../db/organisations.ts';
import { createDomainChecker } from '../../../server/domain-proof/check-domain.ts';
import { describeDatabases } from '../../support/database.ts';
import { fixedResolver } from '../domain-proof/support/loopback-server.ts';
import { makeAuthor, review, sign, type Author } from '../support/authors.ts';
import { browse, type Browser } from '../support/pages.ts';
import { signIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const script = '<script>alert(1)</script>';
const crevId = 'FYlr8YoYGVvDwHQxqEIs4reKKDy-oWisoO0qXXEfHVE';

describeDatabases('a reviewer set, from proposal to publication', (open) => {
  let world: World;
  let acme: Author;
  let ada: Author;
  let ben: Author;
  const people: Record<'admin' | 'ada' | 'ben' | 'stranger' | 'nobody', Browser> = {} as never;

  beforeAll(async () => {
    acme = await makeAuthor('Acme');
    const root = makeRoot(acme.identity, 'reviewers');
    const checkDomain = createDomainChecker({ resolver: fixedResolver({ txt: [[root]] }) });
    world = await makeWorld(await open(), { checkDomain });
    [ada, ben] = [await makeAuthor('Ada'), await makeAuthor('Ben')];
    for (const one of [acme, ada, ben]) await world.service.ingest.submitCertificate(one.certificate.armored);
    const enter = async (userName: string, keys: Identity[] = []): Promise<Browser> =>
      browse(world.app, (await signIn(world, { userName, keys })).cookie);
    people.admin = await enter('admin', [acme.identity]);
    people.ada = await enter('ada', [ada.identity]);
    people.ben = await enter('ben', [ben.identity]);
    people.stranger = await enter('stranger');
    people.nobody = browse(world.app);
    await people.admin.post('/organisations/new', {
      ...{ identity: acme.identity, set: 'reviewers', slug: 'acme', title: 'Acme', domain: 'acme.example' },
    });
  });

  const propose = (member: string, more: object = {}): ReturnType<Browser['post']> =>
    people.admin.post('/organisations/acme/edit/members', { member, trust: 'high', ...more });

  /** The text on the page for signing. */
  const textOf = async (query = ''): Promise<string> => {
    const { text } = await people.admin.get(`/organisations/acme/edit/text${query}`);
    const escaped = /id="text-to-sign"[^>]*>([^<]*)</.exec(text)?.[1] ?? '';
    const entities: Record<string, string> = {
      '&lt;': '<',
      '&gt;': '>',
      '&#34;': '"',
      '&#39;': "'",
      '&amp;': '&',
    };
    return escaped.replaceAll(/&(?:lt|gt|#34|#39|amp);/g, (entity) => entities[entity] ?? entity);
  };

  const publish = async (query = ''): Promise<void> => {
    const document = await signCleartext(await textOf(query), acme.signer, new Date(world.time.now));
    await world.service.ingest.submitStatement(document);
  };

  it('is edited by administrators only', async () => {
    const paths = [
      'edit',
      'edit/includes',
      'edit/policy',
      'edit/details',
      'edit/domain',
      'edit/text',
      'administrators',
    ];
    for (const path of [...paths, 'delete']) {
      expect([path, (await people.stranger.get(`/organisations/acme/${path}`)).status]).toEqual([path, 403]);
      expect([path, (await people.nobody.get(`/organisations/acme/${path}`)).status]).toEqual([path, 303]);
      expect([path, (await people.admin.get(`/organisations/acme/${path}`)).status]).toEqual([path, 200]);
    }
    const posts = [
      'edit/members',
      'edit/includes',
      'edit/policy',
      'edit/details',
      'edit/domain',
      'administrators',
      'delete',
    ];
    for (const path of posts) {
      expect([path, (await people.stranger.post(`/organisations/acme/${path}`)).status]).toEqual([path, 403]);
      expect([path, (await people.nobody.post(`/organisations/acme/${path}`)).status]).toEqual([path, 401]);
    }
    expect((await people.stranger.post('/organisations/none/edit/members')).status).toBe(404);
  });

  it('takes members by fingerprint, public key, crev id and profile address, and tells what names nobody', async () => {
    const grouped = ada.identity.slice('openpgp:'.length).replaceAll(/(.{4})(?=.)/g, '$1 ');
    expect((await propose(grouped, { role: 'lead', scope: 'pkg:npm/*\npkg:cargo/serde' })).status).toBe(303);
    expect((await propose(ben.certificate.armored, { trust: 'medium' })).status).toBe(303);
    expect(
      (await propose(`https://x.example/identities/${encodeURIComponent(`crev:${crevId}`)}`)).status,
    ).toBe(303);
    const wrong = await propose('ABCD', { scope: 'npm/left-pad' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('id="scope-error"');
    expect((await propose('ABCD')).text).toContain('That names nobody');
    const { text } = await people.admin.get('/organisations/acme/edit');
    expect(text).toContain('not answered');
    expect(text).toContain('lead');
    const prefilled = await people.admin.get(
      `/organisations/acme/edit?propose=${encodeURIComponent(ada.identity)}`,
    );
    expect(prefilled.text).toContain(`>${ada.identity}</textarea>`);
  });

  it('never shows a secret key again that was pasted by mistake', async () => {
    const answer = await propose(acme.privateKey);
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('PRIVATE KEY BLOCK');
  });

  it('escapes script in every field, and refuses it where no statement could hold it', async () => {
    await propose(ben.certificate.armored, { trust: 'medium', role: script });
    await people.admin.post('/organisations/acme/edit/details', {
      ...{
        title: `Acme ${script}`,
        description: script,
        domain: 'acme.example',
        home: `https://x.example/"><script>`,
      },
    });
    for (const path of [
      '',
      '/edit',
      '/edit/text',
      '/edit/details',
      '/history',
      '/edit/domain',
      '/administrators',
    ]) {
      const { text, status } = await people.admin.get(`/organisations/acme${path}`);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toContain(script);
    }
    expect((await people.nobody.get(`/organisations?after=${encodeURIComponent(script)}`)).status).toBe(200);
    const hidden = await propose(ada.identity, { role: 'le\u202ead' });
    expect(hidden.status).toBe(422);
    await propose(ben.certificate.armored, { trust: 'medium' });
    await people.admin.post('/organisations/acme/edit/details', { title: 'Acme', domain: 'acme.example' });
  });

  it('is accepted by the account of the key, and nobody else', async () => {
    const accept = { identity: ada.identity, answer: 'accepted' };
    for (const other of [people.admin, people.ben, people.stranger]) {
      expect((await other.post('/organisations/acme/membership', accept)).status).toBe(403);
    }
    expect((await people.nobody.post('/organisations/acme/membership', accept)).status).toBe(401);
    const forged = await request(world.app)
      .post('/organisations/acme/membership')
      .set('Origin', 'https://evil.example')
      .type('form')
      .send(accept);
    expect(forged.status).toBe(403);
    expect((await people.ada.get('/organisations')).text).toContain('/organisations/acme/membership');
    expect((await people.ada.get('/organisations/acme/membership')).text).toContain('Accept');
    expect((await people.stranger.get('/organisations/acme/membership')).text).toContain('You are not named');
    expect((await people.ada.post('/organisations/acme/membership', accept)).status).toBe(303);
    await people.ben.post('/organisations/acme/membership', { identity: ben.identity, answer: 'declined' });
  });

  it('has in its text who accepted, knowingly who has not answered, and never who declined', async () => {
    const names = async (query: string): Promise<string[]> => {
      const set = parseStatement(await textOf(query));
      return set.kind === 'reviewer set' ? set.members.map((member) => member.id.id) : [];
    };
    expect(await names('')).toEqual([ada.identity.slice(8)]);
    expect(await names('?pending=include')).toEqual([crevId, ada.identity.slice(8)]);
  });

  it('asks again who accepted when role or scope change, and not when the level does', async () => {
    const path = `/organisations/acme/edit/members/${encodeURIComponent(ada.identity)}`;
    const scope = 'pkg:npm/*\npkg:cargo/serde';
    await people.admin.post(path, { trust: 'medium', role: 'lead', scope });
    expect((await people.admin.get(path)).text).toContain('accepted');
    await people.admin.post(path, { trust: 'high', role: 'chief', scope });
    expect((await people.admin.get(path)).text).toContain('not answered');
    await people.ada.post('/organisations/acme/membership', { identity: ada.identity, answer: 'accepted' });
  });

  it('takes included sets with a cap, and a policy that trust-check can read', async () => {
    const other = makeRoot(ben.identity, 'core');
    expect(
      (await people.admin.post('/organisations/acme/edit/includes', { set: other, cap: 'low' })).status,
    ).toBe(303);
    for (const set of [makeRoot(acme.identity, 'reviewers'), ben.identity, 'nonsense']) {
      expect((await people.admin.post('/organisations/acme/edit/includes', { set, cap: 'low' })).status).toBe(
        422,
      );
    }
    const policy = (text: string): ReturnType<Browser['post']> =>
      people.admin.post('/organisations/acme/edit/policy', { policy: text });
    const misspelt = await policy('require:\n  trsut: high\n');
    expect(misspelt.status).toBe(422);
    expect(misspelt.text).toContain('did you mean trust?');
    expect((await policy('roots: [crev:x]')).text).toContain('can’t be recommended');
    expect((await policy('require:\n  trust: high\n  redundancy: 2\n')).status).toBe(303);
  });

  it('stands on its page when it was signed and published, with what its members reviewed', async () => {
    await publish();
    for (const purl of [
      'pkg:npm/left-pad@1.3.0',
      'pkg:npm/left-pad@1.2.0',
      'pkg:golang/example.org/x@v1.0.0',
    ]) {
      await world.service.ingest.submitStatement(await sign(ada, review(purl)));
    }
    const { text, status } = await people.nobody.get('/organisations/acme');
    expect(status).toBe(200);
    expect(text).toContain('Ada');
    expect(text).toContain('1 package, 2 versions, within their scopes');
    expect(text).toContain('pkg:golang/example.org/x@v1.0.0');
    expect(text).toContain(`--root '${makeRoot(acme.identity, 'reviewers')}'`);
    expect((await people.nobody.get('/organisations')).text).toContain('href="/organisations/acme"');
    const byRoot = await people.nobody.get(
      `/organisations/root/${encodeURIComponent(acme.identity)}/reviewers`,
    );
    expect([byRoot.status, byRoot.headers['location']]).toEqual([302, '/organisations/acme']);
  });

  it('is trusted in one click', async () => {
    const root = makeRoot(acme.identity, 'reviewers');
    await people.stranger.post('/preferences/roots', { root, change: 'add', return: '/organisations/acme' });
    expect((await people.stranger.get('/organisations/acme')).text).toContain('one of your roots');
  });

  it('shows what the next version changes, and the difference of any two', async () => {
    await propose(`crev:${crevId}`, { trust: 'low' });
    await people.admin.post(`/organisations/acme/edit/members/${encodeURIComponent(ada.identity)}`, {
      ...{ trust: 'medium', role: 'chief', scope: 'pkg:npm/*\npkg:cargo/serde' },
    });
    const before = await people.admin.get('/organisations/acme/edit/text?pending=include');
    expect(before.text).toContain('+ added');
    expect(before.text).toContain('≠ changed');
    world.time.now += 60_000;
    await publish('?pending=include');
    const history = await people.nobody.get('/organisations/acme/history');
    expect(history.text).toContain('≠ changed');
    expect(history.text).toContain('high, chief, for pkg:npm/* pkg:cargo/serde');
    expect(history.text).not.toContain('Who changed what');
    const [newest, oldest] = Array.from(
      history.text.matchAll(/name="to" value="(\d+)"/g),
      (match) => match[1] ?? '',
    );
    const backwards = await people.nobody.get(`/organisations/acme/history?from=${newest}&to=${oldest}`);
    expect(backwards.text).toContain('− removed');
    expect((await people.nobody.get('/organisations/acme/history?from=0&to=1')).status).toBe(404);
    expect((await people.nobody.get('/organisations/acme/history?from=x')).status).toBe(400);
    const trail = await people.admin.get('/organisations/acme/history');
    expect(trail.text).toContain('membership accepted');
  });

  it('has its domain looked at when an administrator asks', async () => {
    expect((await people.nobody.get('/organisations/acme')).text).toContain('not checked');
    expect((await people.admin.post('/organisations/acme/edit/domain', { method: 'dns' })).status).toBe(303);
    expect((await people.nobody.get('/organisations/acme')).text).toContain('✓ proven');
    expect((await people.admin.post('/organisations/acme/edit/domain', { method: 'ftp' })).status).toBe(400);
    // No address at all: nothing connects.
    await people.admin.post('/organisations/acme/edit/domain', { method: 'well-known' });
    expect((await people.nobody.get('/organisations/acme')).text).toContain('has no address in the DNS');
  });

  it('is exported as JSON, and as a policy that trust-check reads', async () => {
    const json = await people.nobody.get('/organisations/acme/export.json');
    const exported = reviewerSetExportSchema.parse(JSON.parse(json.text));
    expect(exported.signed?.members.map((member) => member.trust)).toEqual(['low', 'medium']);
    expect(exported.unsigned.accepted).toEqual([ada.identity]);
    expect(exported.unsigned.domainProofs).toHaveLength(2);
    const yaml = await people.nobody.get('/organisations/acme/trust-check.yaml').then(({ text }) => text);
    const { policy, server } = readPolicyFile(yaml);
    expect(policy.roots).toEqual([makeRoot(acme.identity, 'reviewers')]);
    expect(policy.require).toMatchObject({ trust: 'high', redundancy: 2 });
    expect(server).toMatch(/^http:\/\/127/);
    const crev = await people.nobody.get('/organisations/acme/crev-trust.txt');
    expect(crev.text).toContain('NOT SIGNED');
    expect(crev.text).toContain(`id: ${crevId}`);
    expect(crev.text).toContain('trust: low');
    expect(crev.text).not.toContain('SIGN CREV PROOF');
  });

  it('is exported as a keyring that gpg imports', async () => {
    const answer = await request(world.app)
      .get('/organisations/acme/keyring.asc')
      .buffer(true)
      .parse((stream, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          done(null, Buffer.concat(chunks).toString('utf8'));
        });
      });
    const home = mkdtempSync(join(tmpdir(), 'tl-keyring-'));
    try {
      writeFileSync(join(home, 'keyring.asc'), String(answer.body));
      const gpg = (...line: string[]): string =>
        execFileSync('gpg', ['--homedir', home, '--batch', '--no-autostart', ...line], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      gpg('--import', join(home, 'keyring.asc'));
      const listed = gpg('--with-colons', '--list-keys');
      for (const { identity } of [acme, ada]) expect(listed).toContain(`fpr:::::::::${identity.slice(8)}:`);
      expect(listed).not.toContain(ben.identity.slice(8));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('has several administrators, and always one', async () => {
    const list = await people.admin.get('/organisations/acme/administrators');
    expect(list.text).toContain('the last one stays');
    const own = (await findOwn()).admin;
    expect((await people.admin.post(`/organisations/acme/administrators/${own}/remove`)).status).toBe(400);
    // Whether there is such an account is not told.
    for (const invited of ['stranger', 'nobody-at-all', ben.identity]) {
      expect((await people.admin.post('/organisations/acme/administrators', { invited })).status).toBe(303);
    }
    expect(
      (await people.ada.post('/organisations/acme/administrators/join', { answer: 'join' })).status,
    ).toBe(403);
    expect((await people.stranger.get('/organisations')).text).toContain('administrators/join');
    expect(
      (await people.stranger.post('/organisations/acme/administrators/join', { answer: 'join' })).status,
    ).toBe(303);
    expect((await people.stranger.get('/organisations/acme/edit')).status).toBe(200);
    await people.admin.post('/organisations/acme/administrators/withdraw', { invited: ben.identity });
    expect(
      (await people.ben.post('/organisations/acme/administrators/join', { answer: 'join' })).status,
    ).toBe(403);
    expect((await people.stranger.post(`/organisations/acme/administrators/${own}/remove`)).status).toBe(303);
    expect((await people.admin.get('/organisations/acme/edit')).status).toBe(403);
    // Whoever holds the key comes back.
    expect(
      (await people.admin.post('/organisations/acme/administrators/join', { answer: 'join' })).status,
    ).toBe(303);
    expect((await people.admin.get('/organisations/acme/edit')).status).toBe(200);
  });

  it('has at most 5,000 members, and says when they do not fit into a statement', async () => {
    const organisation = await findOrganisation(world.service.db, 'acme');
    const id = organisation?.id ?? '';
    const many = Array.from({ length: 4999 }, (_, i) => ({
      identity: `openpgp:${i.toString(16).toUpperCase().padStart(40, '0')}` as Identity,
      ...({ trust: 'none', role: undefined, scope: undefined } as const),
    }));
    await world.service.db.transaction((transaction) =>
      putMembers(transaction, id, many.slice(0, 4997), new Date()),
    );
    expect((await people.admin.get('/organisations/acme/edit')).text).toContain('Next members');
    expect((await people.admin.get('/organisations/acme/edit/text')).text).toContain(
      'does not fit into a statement',
    );
    const beyond = await propose(`openpgp:${'F'.repeat(40)}`);
    expect(beyond.status).toBe(422);
    expect(beyond.text).toContain('at most 5000 members');
  });

  it('goes with its organisation, but for what is in the ledger', async () => {
    expect((await people.admin.get('/organisations/acme/delete')).text).toContain('stays in the ledger');
    expect((await people.admin.post('/organisations/acme/delete')).status).toBe(303);
    expect((await people.nobody.get('/organisations/acme')).status).toBe(404);
    const path = `/organisations/root/${encodeURIComponent(acme.identity)}/reviewers`;
    expect((await people.nobody.get(path)).text).toContain('nobody has made an organisation');
    expect((await people.nobody.get(`${path}/export.json`)).status).toBe(200);
    expect(
      (await people.nobody.get(`/organisations/root/${encodeURIComponent(acme.identity)}/none`)).status,
    ).toBe(404);
  });

  async function findOwn(): Promise<{ admin: string }> {
    const { rows } = await world.service.db.query<{ id: string }>(
      "select id from accounts where user_name = 'admin'",
    );
    return { admin: rows[0]?.id ?? '' };
  }
});

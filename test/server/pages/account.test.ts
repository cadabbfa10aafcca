import request, { type Response } from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, review, sign, type Author } from '../support/authors.ts';
import { challengeIn, signText } from '../support/challenges.ts';
import { signIn, type SignedIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const nasty = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;

describeDatabases('the pages of an account', (open) => {
  let world: World;
  let ada: SignedIn;
  let ben: SignedIn;
  let key: Author;

  const get = (path: string, who?: SignedIn) => {
    const asked = request(world.app).get(path).set({ Accept: 'text/html', Host: 'ledger.test' });
    return who === undefined ? asked : asked.set('Cookie', who.cookie);
  };
  const post = (path: string, who: SignedIn | undefined, fields: Record<string, string | string[]> = {}) => {
    const asked = request(world.app)
      .post(path)
      .set({ Accept: 'text/html', Host: 'ledger.test' })
      .type('form');
    if (who !== undefined) asked.set('Cookie', who.cookie);
    return asked.send(
      new URLSearchParams(
        Object.entries(fields).flatMap(([name, value]) =>
          [value].flat().map((one) => [name, one] as [string, string]),
        ),
      ).toString(),
    );
  };
  const location = (response: Response): string | undefined => response.headers['location'];
  const addKey = async (
    who: SignedIn,
    author: Author,
    more: Record<string, string> = {},
  ): Promise<Response> => {
    const challenge = challengeIn((await get('/account/keys', who)).text);
    const document = await signText(author, challenge, new Date(world.time.now));
    return post('/account/keys', who, { document, certificate: author.certificate.armored, ...more });
  };

  beforeAll(async () => {
    world = await makeWorld(await open());
    [ada, ben] = [await signIn(world), await signIn(world)];
    key = await makeAuthor('Ada');
  });

  it('are for those who are signed in, and are kept by no cache', async () => {
    for (const part of ['', '/keys', '/sessions', '/tokens', '/password', '/delete']) {
      const path = `/account${part}`;
      const answer = await get(path);
      expect([answer.status, location(answer)]).toEqual([303, `/sign-in?return=${encodeURIComponent(path)}`]);
      const page = await get(path, ada);
      expect([page.status, page.headers['cache-control']]).toEqual([200, 'private, no-store']);
    }
    for (const path of [
      '/account/tokens',
      '/account/delete',
      '/account/keys',
      '/account/sessions/end-others',
    ]) {
      expect((await post(path, undefined)).status).toBe(401);
    }
  });

  it('refuse every form that another site sends', async () => {
    for (const path of [
      'keys',
      'keys/remove',
      'keys/revoke',
      'tokens',
      'tokens/revoke',
      'sessions/end-others',
      'password',
      'delete',
    ]) {
      for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.test' }]) {
        const answer = await post(`/account/${path}`, ada, { confirm: 'yes' }).set(headers);
        expect(answer.status, path).toBe(403);
      }
    }
    expect((await post('/sign-out', ada).set('Sec-Fetch-Site', 'cross-site')).status).toBe(403);
    expect((await get('/account', ada)).status).toBe(200);
  });

  it('show a token once, and never again', async () => {
    const made = await post('/account/tokens', ada, {
      name: nasty,
      scopes: ['account:read', 'submit'],
      days: '30',
    });
    expect([made.status, made.headers['cache-control']]).toEqual([201, 'private, no-store']);
    const token = /trl_[A-Za-z0-9_-]{43}/.exec(made.text)?.[0] ?? '';
    await request(world.app).get('/api/v1/account').set('Authorization', `Bearer ${token}`).expect(200);
    const page = await get('/account/tokens', ada);
    expect(page.text).not.toContain(token);
    expect(page.text).toContain('account:read, submit');
    expect(page.text).not.toMatch(/<script>|<img src=x/);
  });

  it('say what is wrong with a token, and keep what was typed', async () => {
    const answer = await post('/account/tokens', ada, { name: nasty, days: 'never' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('<a href="#scopes">Choose what the token may do.</a>');
    expect(answer.text).toContain('value="&#34;&gt;&lt;script&gt;');
    expect(answer.text).toContain('<option value="never" selected>');
    expect((await post('/account/tokens', ada, { name: 'x', scopes: 'admin', days: '30' })).status).toBe(422);
  });

  it('revoke a token after a confirmation, and only its owner does', async () => {
    const list = (await get('/account/tokens', ada)).text;
    const id = /revoke\?id=([0-9a-f-]+)"/.exec(list)?.[1] ?? '';
    expect((await get(`/account/tokens/revoke?id=${id}`, ben)).status).toBe(404);
    expect((await post('/account/tokens/revoke', ben, { id })).status).toBe(404);
    expect((await get(`/account/tokens/revoke?id=${id}`, ada)).text).toContain('can’t be undone');
    expect(location(await post('/account/tokens/revoke', ada, { id }))).toBe('/account/tokens?done=revoked');
    expect((await post('/account/tokens/revoke', ada, { id })).status).toBe(404);
    expect((await get('/account/tokens', ada)).text).toContain('No tokens');
  });

  it('list sessions, end one or all others, and none of somebody else', async () => {
    const { userName = '' } = ada.account;
    const again = async (agent: string): Promise<SignedIn> => {
      const other = await signIn(world);
      await world.service.db.query(
        'update sessions set account_id = $1, user_agent = $3 where account_id = $2',
        [...[ada.account.id, other.account.id, agent]],
      );
      await world.service.db.query(
        `update sessions set data = replace(data::text, $1::text, $2::text)::json where account_id::text = $2`,
        [other.account.id, ada.account.id],
      );
      return { account: ada.account, cookie: other.cookie };
    };
    const [second, third] = [await again(nasty), await again('Third')];
    const page = (await get('/account/sessions', ada)).text;
    expect(page).not.toMatch(/<script>|<img src=x/);
    const hashes = [...page.matchAll(/name="session" value="([0-9a-f]{64})"/g)].map(([, hash]) => hash ?? '');
    expect(hashes).toHaveLength(3);
    for (const session of hashes) await post('/account/sessions/end', ben, { session }).expect(303);
    expect((await get('/account', second)).text).toContain(userName);

    const row = page.split('<tr>').find((part) => part.includes('Third')) ?? '';
    const session = /value="([0-9a-f]{64})"/.exec(row)?.[1] ?? '';
    await post('/account/sessions/end', ada, { session }).expect(303);
    expect((await get('/account', third)).status).toBe(303);
    expect((await get('/account', second)).status).toBe(200);
    await post('/account/sessions/end-others', ada).expect(303);
    expect((await get('/account', second)).status).toBe(303);
    expect((await get('/account', ada)).status).toBe(200);
    expect((await get('/account', ben)).status).toBe(200);
  });

  it('add a key by proof, once, to one account', async () => {
    expect(location(await addKey(ada, key, { publish: 'yes' }))).toBe('/account/keys?done=added');
    const page = (await get('/account/keys', ada)).text;
    expect(page).toContain(key.identity.slice(-40).replaceAll(/(.{4})(?=.)/g, '$1 '));
    expect((await addKey(ada, key)).status).toBe(422);
    const theirs = await addKey(ben, key);
    expect([theirs.status, theirs.text]).toEqual([422, expect.stringContaining('hold that key already')]);
  });

  it('take no challenge that was made for another account, or for signing in', async () => {
    const other = await makeAuthor('Other');
    const now = new Date(world.time.now);
    const forAda = await signText(other, challengeIn((await get('/account/keys', ada)).text), now);
    const forSignIn = await signText(other, challengeIn((await get('/sign-in')).text), now);
    const certificate = other.certificate.armored;
    for (const document of [forAda, forSignIn]) {
      expect((await post('/account/keys', ben, { document, certificate })).status).toBe(422);
    }
    expect((await post('/sign-in/key', undefined, { document: forAda, certificate })).status).toBe(422);
  });

  it('name a key, refresh it, and touch none of another account', async () => {
    await post('/account/keys/label', ada, { key: key.identity, label: nasty }).expect(303);
    const page = (await get('/account/keys', ada)).text;
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/<script>|<img src=x/);
    for (const path of ['label', 'remove', 'revoke']) {
      const answer = await post(`/account/keys/${path}`, ben, {
        key: key.identity,
        label: 'mine',
        revocation: 'x',
      });
      expect(answer.status, path).toBe(404);
    }
    expect((await get(`/account/keys/remove?key=${encodeURIComponent(key.identity)}`, ben)).status).toBe(404);
    await post('/account/keys/refresh', ada, { refreshed: key.certificate.armored }).expect(303);
    const foreign = await post('/account/keys/refresh', ben, { refreshed: key.certificate.armored });
    expect([foreign.status, foreign.text]).toEqual([422, expect.stringContaining('none of your keys')]);
  });

  it('say what deleting leaves, ask, and delete all the rest', async () => {
    const cleo = await signIn(world, { userName: 'cleo' });
    const author = await makeAuthor('Cleo');
    await addKey(cleo, author, { publish: 'yes' });
    const document = await sign(author, review('pkg:npm/left@1.0.0'));
    const { id } = await world.service.ingest.submitStatement(document);
    const page = (await get('/account/delete', cleo)).text;
    expect(page).toContain(`<a href="/identities/${encodeURIComponent(author.identity)}">1 statement</a>`);
    const unsure = await post('/account/delete', cleo, { password: 'x' });
    expect([unsure.status, unsure.text]).toEqual([422, expect.stringContaining('Tick that you have read')]);
    expect(location(await post('/account/delete', cleo, { confirm: 'yes' }))).toBe('/');
    expect((await get('/account', cleo)).status).toBe(303);
    for (const table of ['account_keys', 'sessions', 'api_tokens', 'drafts', 'passkeys', 'account_logins']) {
      const { rows } = await world.service.db.query(`select 1 from ${table} where account_id = $1`, [
        cleo.account.id,
      ]);
      expect(rows, table).toHaveLength(0);
    }
    await request(world.app).get(`/api/v1/statements/${id}`).expect(200);
    // The key is free again.
    expect(location(await addKey(ben, author))).toBe('/account/keys?done=added');
  });

  it('end a session on signing out, here and in the browser', async () => {
    const dora = await signIn(world);
    const answer = await post('/sign-out', dora);
    expect([answer.status, location(answer)]).toEqual([303, '/']);
    expect(answer.get('Set-Cookie')?.join()).toMatch(/sid=;.*Expires=Thu, 01 Jan 1970/);
    expect((await get('/account', dora)).status).toBe(303);
    expect((await request(world.app).get('/sign-out').set('Cookie', ada.cookie)).status).toBe(404);
  });
});

import request, { type Response } from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../../db/accounts.ts';
import { listSessions } from '../../../db/sessions.ts';
import { createGate } from '../../../server/auth/gate.ts';
import { checkPassword, hashPassword } from '../../../server/auth/password.ts';
import { describeDatabases } from '../../support/database.ts';
import { expectCode } from '../../support/matchers.ts';
import { rawGet } from '../support/raw-get.ts';
import { makeWorld, type World } from '../support/world.ts';

const password = 'correct horse battery staple';
const cheap = { ln: 14, r: 8, p: 1 };

describe('passwords', () => {
  it('are kept as scrypt hashes that say their parameters, each with its own salt', async () => {
    const [one, two] = [await hashPassword(password), await hashPassword(password)];
    expect(one).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}$/);
    expect(one).not.toBe(two);
    expect([await checkPassword(password, one), await checkPassword(`${password} `, one)]).toEqual([
      'right',
      'wrong',
    ]);
  });

  it('with other parameters are right and outdated, and unreadable hashes fit nothing', async () => {
    const old = await hashPassword(password, cheap);
    expect([await checkPassword(password, old), await checkPassword('x', old)]).toEqual([
      'outdated',
      'wrong',
    ]);
    expect(await checkPassword(password, 'plain')).toBe('wrong');
  });

  it('are the same in every form of the same characters', async () => {
    const hash = await hashPassword('Ångström is a unit', cheap);
    expect(await checkPassword('A\u030angstro\u0308m is a unit', hash)).toBe('outdated');
  });
});

describe('a gate', () => {
  it('lets so many through at once, keeps the order of the others, and refuses beyond the line', async () => {
    const gate = createGate(2, 2);
    const log: string[] = [];
    const releases: (() => void)[] = [];
    const enter = (name: string): Promise<void> =>
      gate.pass(async () => {
        log.push(name);
        await new Promise<void>((resolve) => releases.push(resolve));
      });
    const all = ['a', 'b', 'c', 'd'].map(enter);
    await expectCode('unavailable', () => enter('e'));
    expect(log).toEqual(['a', 'b']);
    releases.shift()?.();
    await all[0];
    expect(log).toEqual(['a', 'b', 'c']);
    while (releases.length > 0) {
      releases.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(all);
    await expect(gate.pass(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await gate.pass(() => Promise.resolve(1))).toBe(1);
  });
});

describeDatabases('signing in with a password', (open) => {
  let world: World;

  const post = (
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
    at = world,
  ) =>
    request(at.app)
      .post(path)
      .set({ Accept: 'text/html', ...headers })
      .type('form')
      .send(fields);
  const signIn = (userName: string, typed: string, headers: Record<string, string> = {}) =>
    post('/sign-in', { 'user-name': userName, password: typed }, headers);
  const sidOf = (response: Response): string => response.get('Set-Cookie')?.[0]?.split(';')[0] ?? '';
  const statusWith = async (cookie: string): Promise<number> =>
    (await request(world.app).get('/account').set('Cookie', cookie)).status;

  beforeAll(async () => {
    world = await makeWorld(await open());
  });

  it('joins, and lets in whoever knows the password', async () => {
    const joined = await post('/join', { 'user-name': 'ada', password, return: '/roots' });
    expect([joined.status, joined.headers['location']]).toEqual([303, '/roots']);
    expect(await statusWith(sidOf(joined))).toBe(200);
    const entered = await signIn('ada', password, { 'User-Agent': 'Browser <1>' });
    expect([entered.status, entered.headers['location']]).toEqual([303, '/account']);
    const { rows } = await world.service.db.query<{ id: string; password: string }>(
      'select id, password from accounts',
    );
    expect(rows[0]?.password).toMatch(/^\$scrypt\$ln=17/);
    const [newest] = await listSessions(world.service.db, rows[0]!.id, new Date(world.time.now + 1));
    expect(newest).toBeDefined();
    const sessions = await listSessions(world.service.db, rows[0]!.id, new Date(world.time.now));
    expect(sessions.map(({ userAgent }) => userAgent)).toContain('Browser <1>');
  });

  it('says the same of a wrong password and of a name that nobody has, after like work', async () => {
    const page = (text: string): string =>
      text
        .replaceAll(/(?:nonce|seal|expires): \S+/g, '')
        .replaceAll(/127\.0\.0\.1:\d+/g, '')
        .replaceAll(/ada|bob/g, '');
    const time = async (name: string): Promise<{ text: string; ms: number }> => {
      const begin = performance.now();
      const { status, text } = await signIn(name, 'not the password');
      expect(status).toBe(422);
      return { text: page(text), ms: performance.now() - begin };
    };
    const [known, unknown] = [await time('ada'), await time('bob')];
    expect(unknown.text).toBe(known.text);
    expect(unknown.ms).toBeGreaterThan(known.ms / 3);
    expect(known.text).not.toContain('not the password');
  });

  it('refuses short passwords and odd names, keeps what was typed but the password', async () => {
    const answer = await post('/join', { 'user-name': 'Bad"><script>', password: 'too short 1' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('A password has at least 12 characters.');
    expect(answer.text).toContain('value="Bad&#34;&gt;&lt;script&gt;"');
    expect(answer.text).not.toContain('too short 1');
    const taken = await post('/join', { 'user-name': 'ada', password });
    expect([taken.status, taken.text]).toEqual([422, expect.stringContaining('That user name is taken')]);
    expect((await post('/join', { 'user-name': 'long', password: 'x'.repeat(257) })).status).toBe(422);
  });

  it('makes the hash anew when the parameters have changed', async () => {
    const { db } = world.service;
    const old = await hashPassword(password, cheap);
    const { id } = await createAccount(db, { userName: 'old', password: old, at: new Date() });
    const stored = async (): Promise<string> =>
      (await db.query<{ password: string }>('select password from accounts where id = $1', [id])).rows[0]!
        .password;
    await signIn('old', 'wrong');
    expect(await stored()).toBe(old);
    await signIn('old', password).expect(303);
    expect(await stored()).toMatch(/^\$scrypt\$ln=17/);
    await signIn('old', password).expect(303);
  });

  it('begins a new session: an id that was planted before is worth nothing', async () => {
    const mallory = sidOf(await post('/join', { 'user-name': 'mallory', password }));
    const victim = await signIn('ada', password, { Cookie: mallory });
    expect(victim.status).toBe(303);
    const own = sidOf(victim);
    expect(own).not.toBe(mallory);
    expect(await statusWith(own)).toBe(200);
    expect(await statusWith(mallory), 'the planted one is over').toBe(303);
    const made = await signIn('ada', password, { Cookie: 'sid=s%3Aplanted.signature' });
    expect(sidOf(made)).not.toContain('planted');
  });

  it('marks the cookie as secure under an https address, and gives readers none', async () => {
    const secure = await makeWorld(await open(), { http: { publicUrl: 'https://ledger.test' } });
    const joined = await post('/join', { 'user-name': 'ada', password }, {}, secure);
    expect(joined.get('Set-Cookie')?.[0]).toMatch(
      /^__Host-sid=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    );
    for (const path of ['/', '/sign-in', '/join']) {
      expect((await request(world.app).get(path)).get('Set-Cookie')).toBeUndefined();
    }
  });

  it('changes the password by the current one, and ends all other sessions', async () => {
    const one = sidOf(await post('/join', { 'user-name': 'eve', password }));
    const two = sidOf(await signIn('eve', password));
    const change = (current: string, next: string) =>
      post('/account/password', { current, password: next }, { Cookie: one });
    expect((await change('wrong', 'another long password')).text).toContain('not your current password');
    expect((await change(password, 'short')).status).toBe(422);
    await change(password, 'another long password').expect(303);
    expect([await statusWith(one), await statusWith(two)]).toEqual([200, 303]);
    await signIn('eve', password).expect(422);
    await signIn('eve', 'another long password').expect(303);
  });

  it('takes no password from a query, no JSON, no list, and no body without end', async () => {
    const query = `user-name=ada&password=${encodeURIComponent(password)}`;
    expect((await request(world.app).post(`/sign-in?${query}`).type('form').send('')).status).toBe(422);
    expect((await request(world.app).post('/sign-in').send({ 'user-name': 'ada', password })).status).toBe(
      415,
    );
    const twice = await request(world.app).post('/sign-in').type('form').send(`${query}&${query}`);
    expect(twice.status).toBe(422);
    expect((await signIn('ada', 'x'.repeat(10_000))).status).toBe(413);
    expect((await signIn("ada' or 1=1 --", password)).status).toBe(422);
    expect((await signIn('ada\u0000', password)).status).toBe(422);
  });

  it('is refused when another site sends the form', async () => {
    await signIn('ada', password, { 'Sec-Fetch-Site': 'cross-site' }).expect(403);
    await signIn('ada', password, { Origin: 'https://evil.test' }).expect(403);
  });

  it('answers a flood with 429, and a body that drips with 408', async () => {
    const narrow = await makeWorld(await open(), {
      http: { bodySeconds: 0.2, rateLimits: { submit: 0, check: 0, read: 0, tiles: 0, login: 3 } },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      const answer = await post('/sign-in', { 'user-name': '', password: '' }, {}, narrow);
      statuses.push(answer.status);
      if (answer.status === 429) expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    }
    expect(statuses).toEqual([422, 422, 422, 429, 429]);
    expect((await post('/sign-in/key', { document: 'x' }, {}, narrow)).status, 'one limit for all ways').toBe(
      429,
    );

    const server = world.app.listen(0);
    try {
      const { port } = server.address() as { port: number };
      const answer = await rawGet(`http://127.0.0.1:${port}`, '/livez');
      expect(answer.status).toBe(200);
    } finally {
      server.close();
    }
  });
});

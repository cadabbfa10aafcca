import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import request, { type Response as Answer } from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeDatabases } from '../../support/database.ts';
import { runTypeScript } from '../../support/run-typescript.ts';
import { signIn, type SignedIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const site = 'http://ledger.test';
const callback = '/sign-in/provider/callback';

/** Walks through the provider's own pages as a browser would, and comes back with the path it sends to. */
async function walk(start: string, name: string): Promise<string> {
  const cookies = new Map<string, string>();
  const ask = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const answer = await fetch(url, {
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
      headers: { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; ') },
      redirect: 'manual',
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(key, value);
    }
    return answer;
  };
  let url = start;
  let form: Record<string, string> | undefined;
  for (let step = 0; step < 20; step++) {
    const answer = await ask(url, form);
    const next = answer.headers.get('location');
    if (next?.startsWith(site) === true) return next.slice(site.length);
    form = undefined;
    if (next !== null) url = new URL(next, url).href;
    else {
      const page = await answer.text();
      if (!answer.ok) throw new Error(`The provider refuses: ${answer.status} ${page}`);
      url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', url).href;
      form = page.includes('value="login"')
        ? { prompt: 'login', login: name, password: 'any' }
        : { prompt: 'consent' };
    }
  }
  throw new Error('The provider sends in circles');
}

describeDatabases('signing in by a provider', (open) => {
  let provider: ChildProcess;
  let issuer: string;
  let world: World;

  const get = (path: string, cookie = '') =>
    request(world.app).get(path).set({ Host: 'ledger.test', Accept: 'text/html', Cookie: cookie });
  const cookiesOf = (answer: Answer): string =>
    (answer.get('Set-Cookie') ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
  const begin = async (back = ''): Promise<{ url: string; cookie: string }> => {
    const answer = await get(`/sign-in/provider${back}`);
    expect(answer.status).toBe(303);
    return { url: answer.headers['location'] as string, cookie: cookiesOf(answer) };
  };
  const refused = (answer: Answer): void => {
    expect(answer.status).toBe(422);
    expect(cookiesOf(answer)).not.toMatch(/sid=s/);
  };

  beforeAll(async () => {
    const main = join(import.meta.dirname, '../../support/oidc-provider-process.ts');
    provider = runTypeScript(main, [`${site}${callback}`], { stderr: 'pipe' });
    if (provider.stdout === null) throw new Error('no standard output');
    [issuer] = (await once(createInterface({ input: provider.stdout }), 'line')) as [string];
    world = await makeWorld(await open(), {
      http: {
        publicUrl: site,
        oidc: { issuer, clientId: 'ledger', clientSecret: 'a secret of tests', name: 'Example <SSO>' },
      },
    });
  });
  afterAll(() => {
    provider.kill();
  });

  it('is offered, makes an account at first, and leads to it afterwards', async () => {
    expect((await get('/sign-in')).text).toContain('Sign in with Example &lt;SSO&gt;');
    const first = await begin('?return=/roots');
    const asked = new URL(first.url).searchParams;
    expect([asked.get('code_challenge_method'), asked.get('scope'), asked.get('response_type')]).toEqual([
      'S256',
      'openid',
      'code',
    ]);
    expect(asked.get('state')).not.toBe(asked.get('nonce'));
    const back = await get(await walk(first.url, 'ada'), first.cookie);
    expect([back.status, back.headers['location']]).toEqual([303, '/roots']);
    expect((await get('/account', cookiesOf(back))).status).toBe(200);
    const second = await begin();
    const again = await get(await walk(second.url, 'ada'), second.cookie);
    expect(again.headers['location']).toBe('/account');
    const third = await begin();
    await get(await walk(third.url, 'ben'), third.cookie);
    const { rows } = await world.service.db.query(
      'select issuer, subject from account_logins order by subject',
    );
    expect(rows).toEqual([
      { issuer, subject: 'ada' },
      { issuer, subject: 'ben' },
    ]);
  });

  it('takes an answer only in the browser that asked, once, in time, and unchanged', async () => {
    const { url, cookie } = await begin();
    const path = await walk(url, 'ada');
    refused(await get(path));
    const other = await begin();
    refused(await get(path, other.cookie));
    refused(await get(path, cookie.replace(/=./, '=Z')));
    refused(await get(path.replace(/state=[^&]+/, 'state=x'), cookie));
    refused(await get(path.replace(/code=[^&]+/, 'code=x'), cookie));
    refused(await get(`${callback}?error=access_denied&state=x`, cookie));

    const fresh = await begin();
    const answer = await walk(fresh.url, 'ada');
    world.time.now += 600_000;
    refused(await get(answer, fresh.cookie));
    world.time.now -= 600_000;
    expect((await get(answer, fresh.cookie)).status).toBe(303);
    refused(await get(answer, fresh.cookie));
  });

  it('goes back only within this site', async () => {
    const { url, cookie } = await begin('?return=https://evil.test/');
    expect((await get(await walk(url, 'ada'), cookie)).headers['location']).toBe('/');
  });

  it('is connected with an account by its owner, after a page that asks', async () => {
    const cleo: SignedIn = await signIn(world);
    const post = (path: string, fields = {}) =>
      request(world.app)
        .post(path)
        .set({ Host: 'ledger.test', Accept: 'text/html', Cookie: cleo.cookie })
        .type('form')
        .send(fields);
    const asked = await post('/account/logins/connect');
    const href =
      /<a class="button primary" href="([^"]+)"/.exec(asked.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const path = await walk(href, 'cleo');
    refused(await get(path, cookiesOf(asked)));
    const connected = await get(path, `${cookiesOf(asked)}; ${cleo.cookie}`);
    expect(connected.headers['location']).toBe('/account/logins?done=connected');
    const entering = await begin();
    const entered = await get(await walk(entering.url, 'cleo'), entering.cookie);
    expect((await get('/account', cookiesOf(entered))).text).toContain(cleo.account.userName);
    expect((await get('/account/logins', cleo.cookie)).text).toContain('cleo');
    expect((await post('/account/logins/remove', { issuer, subject: 'ada' })).status).toBe(404);
    expect(
      (await post('/account/logins/remove', { issuer, subject: 'cleo' })).status,
      'the last way in',
    ).toBe(400);
    await world.service.db.query('update accounts set password = $2 where id = $1', [cleo.account.id, 'x']);
    expect((await post('/account/logins/remove', { issuer, subject: 'cleo' })).status).toBe(303);
  });

  it('is not there when nobody configured it, and says so when the provider is away', async () => {
    const plain = await makeWorld(await open());
    await request(plain.app).get('/sign-in/provider').expect(404);
    const away = await makeWorld(await open(), {
      http: {
        publicUrl: site,
        oidc: { issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: undefined, name: 'X' },
      },
    });
    await request(away.app).get('/sign-in/provider').expect(503);
  });
});

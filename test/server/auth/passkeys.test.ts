import request, { type Response } from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { Authenticator, type Asked } from '../../support/authenticator.ts';
import { describeDatabases } from '../../support/database.ts';
import { signIn, type SignedIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

const host = 'ledger.test';
const site = { origin: `http://${host}`, rpId: host };

describeDatabases('passkeys', (open) => {
  let world: World;
  let ada: SignedIn;
  const device = new Authenticator();

  const get = (path: string, who?: SignedIn) => {
    const asked = request(world.app).get(path).set({ Host: host, Accept: 'text/html' });
    return who === undefined ? asked : asked.set('Cookie', who.cookie);
  };
  const send = (path: string, answer: unknown, who?: SignedIn, more: Record<string, string> = {}) => {
    const asked = request(world.app).post(path).set({ Host: host, Accept: 'text/html' }).type('form');
    if (who !== undefined) asked.set('Cookie', who.cookie);
    return asked.send({ response: JSON.stringify(answer), ...more });
  };
  const options = async (
    path: string,
    who?: SignedIn,
  ): Promise<{ challenge: string; user: { id: string } }> =>
    (await get(path, who)).body as { challenge: string; user: { id: string } };
  const add = async (who: SignedIn, by: Authenticator, asked: Partial<Asked> = {}): Promise<Response> => {
    const { challenge, user } = await options('/account/passkeys/options', who);
    return send('/account/passkeys', by.create({ ...site, challenge, ...asked }, user.id), who, {
      name: '<b>Phone',
    });
  };
  const enter = async (by: Authenticator, asked: Partial<Asked> = {}): Promise<Response> => {
    const { challenge } = await options('/sign-in/passkey/options');
    return send('/sign-in/passkey', by.get({ ...site, challenge, ...asked }));
  };
  const refused = (answer: Response): void => {
    expect([answer.status, answer.get('Set-Cookie')]).toEqual([422, undefined]);
    expect(answer.text).toContain('challenge-invalid');
  };

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await signIn(world);
  });

  it('are added by who is signed in, and then let in', async () => {
    const added = await add(ada, device);
    expect([added.status, added.headers['location']]).toEqual([303, '/account/passkeys?done=added']);
    expect((await get('/account/passkeys', ada)).text).toContain('&lt;b&gt;Phone');
    const entered = await enter(device);
    expect([entered.status, entered.headers['location']]).toEqual([303, '/account']);
    const cookie = entered.get('Set-Cookie')?.[0]?.split(';')[0] ?? '';
    expect((await get('/account', { ...ada, cookie })).text).toContain(ada.account.userName);
  });

  it('answer each challenge once, in time, and only what this site asked', async () => {
    const { challenge } = await options('/sign-in/passkey/options');
    expect((await send('/sign-in/passkey', device.get({ ...site, challenge }))).status).toBe(303);
    refused(await send('/sign-in/passkey', device.get({ ...site, challenge })));

    const late = await options('/sign-in/passkey/options');
    world.time.now += 600_000;
    refused(await send('/sign-in/passkey', device.get({ ...site, challenge: late.challenge })));

    const adding = await options('/account/passkeys/options', ada);
    refused(await send('/sign-in/passkey', device.get({ ...site, challenge: adding.challenge })));
    const own = Buffer.from(challenge, 'base64url');
    own.writeUInt8(own.readUInt8(0) ^ 1);
    for (const made of [own.toString('base64url'), '', 'AAAA']) {
      refused(await send('/sign-in/passkey', device.get({ ...site, challenge: made })));
    }
  });

  it('count for the page and the name that they were asked by', async () => {
    refused(await enter(device, { origin: 'https://evil.test' }));
    refused(await enter(device, { rpId: 'evil.test' }));
    refused(await enter(device, { origin: 'http://sub.ledger.test' }));
    const other = new Authenticator();
    refused(await add(ada, other, { origin: 'https://evil.test' }));
    refused(await add(ada, other, { rpId: 'evil.test' }));
  });

  it('are refused when their count goes back: there may be a copy', async () => {
    device.counter = 100;
    expect((await enter(device)).status).toBe(303);
    device.counter = 100;
    refused(await enter(device));
    device.counter = 5;
    refused(await enter(device));
    device.counter = 200;
    expect((await enter(device)).status).toBe(303);
  });

  it('are refused without showing who uses them, under another account’s name, and when nobody has them', async () => {
    device.verifiesUser = false;
    refused(await enter(device));
    device.verifiesUser = true;
    const { challenge } = await options('/sign-in/passkey/options');
    const handle = Buffer.from('someone else').toString('base64url');
    refused(await send('/sign-in/passkey', device.get({ ...site, challenge }, handle)));
    refused(await enter(new Authenticator()));
  });

  it('belong to one account: neither added twice, nor by a challenge for another account', async () => {
    const ben = await signIn(world);
    expect((await add(ada, device)).status).toBe(400);
    expect((await add(ben, device)).status).toBe(400);
    const { challenge, user } = await options('/account/passkeys/options', ada);
    const made = new Authenticator().create({ ...site, challenge }, user.id);
    refused(await send('/account/passkeys', made, ben));
  });

  it('are removed by their owner only, and never as the last way in', async () => {
    const ben = await signIn(world);
    const id = /remove\?id=([\w-]+)"/.exec((await get('/account/passkeys', ada)).text)?.[1] ?? '';
    expect((await get(`/account/passkeys/remove?id=${id}`, ben)).status).toBe(404);
    expect((await send('/account/passkeys/remove', {}, ben, { id })).status).toBe(404);
    await world.service.db.query('update accounts set password = null where id = $1', [ada.account.id]);
    const last = await send('/account/passkeys/remove', {}, ada, { id });
    expect([last.status, last.text]).toEqual([400, expect.stringContaining('last way into your account')]);
    expect((await enter(device)).status).toBe(303);
    expect((await add(ada, new Authenticator())).status).toBe(303);
    expect((await send('/account/passkeys/remove', {}, ada, { id })).status).toBe(303);
    refused(await enter(device));
  });

  it('are bounded in what is read of them', async () => {
    for (const answer of [[], { id: 'x' }, { a: '{'.repeat(100) }, { id: 'x'.repeat(40_000) }]) {
      expect((await send('/sign-in/passkey', answer)).status).toBe(400);
    }
    const answer = await request(world.app).post('/sign-in/passkey').type('form').send({ response: '{x' });
    expect(answer.status).toBe(400);
    expect((await send('/sign-in/passkey', {}).set('Sec-Fetch-Site', 'cross-site')).status).toBe(403);
  });
});

import { beforeAll, expect, it } from 'vitest';
import { addToken, listTokens, revokeToken, type TokenScope } from '../../../db/api-tokens.ts';
import { hashToken, makeToken } from '../../../server/auth/require-token.ts';
import { describeDatabases } from '../../support/database.ts';
import { makeAuthor, review, sign } from '../support/authors.ts';
import { ask, type Answer } from '../support/contract.ts';
import { signIn, type SignedIn } from '../support/sign-in.ts';
import { makeWorld, type World } from '../support/world.ts';

describeDatabases('API tokens', (open) => {
  let world: World;
  let ada: SignedIn;

  const give = async (
    who: SignedIn,
    scopes: readonly TokenScope[],
    expiresAt?: Date,
    at: World = world,
  ): Promise<string> => {
    const token = makeToken();
    const added = await addToken(at.service.db, {
      ...{ accountId: who.account.id, name: 'test', hash: hashToken(token), scopes, expiresAt },
      now: new Date(at.time.now),
    });
    expect(added).toBe(true);
    return token;
  };
  const account = (authorization?: string, cookie?: string): Promise<Answer> =>
    ask(world.app, 'GET /api/v1/account', {
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(cookie !== undefined && { cookie }),
      },
    });

  beforeAll(async () => {
    world = await makeWorld(await open());
    ada = await signIn(world, { userName: 'ada' });
  });

  it('say whose account it is', async () => {
    const token = await give(ada, ['account:read']);
    const answer = await account(`Bearer ${token}`);
    expect(answer.json).toMatchObject({ id: ada.account.id, userName: 'ada', keys: [] });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('are kept as hashes, and the time of their last use is noted', async () => {
    const token = await give(ada, ['account:read']);
    await account(`Bearer ${token}`);
    const { rows } = await world.service.db.query<{ row: string }>(
      'select api_tokens::text as row from api_tokens',
    );
    expect(rows.map(({ row }) => row).join('\n')).not.toContain(token.slice(4));
    expect((await listTokens(world.service.db, ada.account.id)).some(({ usedAt }) => usedAt)).toBe(true);
  });

  it('are needed: neither nothing, nor a session, nor another scheme, nor a wrong one will do', async () => {
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer x',
      `Basic ${makeToken()}`,
      `Bearer ${makeToken()}`,
    ]) {
      const answer = await account(authorization, ada.cookie);
      expect([answer.status, answer.json]).toMatchObject([401, { code: 'unauthenticated' }]);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it('hold for their scope only', async () => {
    const token = await give(ada, ['submit', 'drafts']);
    const answer = await account(`Bearer ${token}`);
    expect([answer.status, answer.json]).toMatchObject([403, { code: 'forbidden' }]);
    expect(answer.headers['www-authenticate']).toContain('insufficient_scope');
    const reading = await give(ada, ['account:read']);
    for (const route of ['statements', 'certificates'] as const) {
      const refused = await ask(world.app, `POST /api/v1/${route}`, {
        ...{ type: 'text/plain', body: 'x', headers: { authorization: `Bearer ${reading}` } },
      });
      expect(refused.status).toBe(403);
    }
  });

  it('end when they expire, are revoked, or their account goes', async () => {
    const expiring = await give(ada, ['account:read'], new Date(world.time.now + 1000));
    expect((await account(`Bearer ${expiring}`)).status).toBe(200);
    world.time.now += 1001;
    expect((await account(`Bearer ${expiring}`)).status).toBe(401);

    const ben = await signIn(world);
    const token = await give(ben, ['account:read']);
    const [kept] = await listTokens(world.service.db, ben.account.id);
    expect(await revokeToken(world.service.db, ada.account.id, kept!.id), "another's").toBe(false);
    expect((await account(`Bearer ${token}`)).status).toBe(200);
    expect(await revokeToken(world.service.db, ben.account.id, kept!.id)).toBe(true);
    expect((await account(`Bearer ${token}`)).status).toBe(401);

    const cleo = await signIn(world);
    const orphan = await give(cleo, ['account:read']);
    await world.service.db.query('delete from accounts where id = $1', [cleo.account.id]);
    expect((await account(`Bearer ${orphan}`)).status).toBe(401);
  });

  it('let their accounts submit, each at its own pace, wherever they are', async () => {
    const narrow = await makeWorld(await open(), {
      http: { rateLimits: { submit: 2, check: 0, read: 0, tiles: 0, login: 0 } },
    });
    const [one, two] = [await signIn(narrow), await signIn(narrow)];
    const tokens = [
      await give(one, ['submit'], undefined, narrow),
      await give(two, ['submit'], undefined, narrow),
    ];
    const author = await makeAuthor('Ada');
    await narrow.service.ingest.submitCertificate(author.certificate.armored);
    const document = await sign(author, review('pkg:npm/left@1.0.0'));
    const submit = async (token?: string): Promise<number> =>
      (
        await ask(narrow.app, 'POST /api/v1/statements', {
          ...{ type: 'text/plain', body: document },
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        })
      ).status;
    expect([await submit(tokens[0]), await submit(tokens[0]), await submit(tokens[0])]).toEqual([
      201, 200, 429,
    ]);
    expect([await submit(tokens[1]), await submit(), await submit(), await submit()]).toEqual([
      200, 200, 200, 429,
    ]);
    expect(await submit(makeToken())).toBe(401);
  });
});

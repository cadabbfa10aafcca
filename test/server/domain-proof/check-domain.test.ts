import type { AddressInfo } from 'node:net';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { makeRoot, parseIdentity } from '../../../core/identity.ts';
import { createDomainChecker, type Finding } from '../../../server/domain-proof/check-domain.ts';
import { isPublicAddress } from '../../../server/domain-proof/public-address.ts';
import type { DomainResolver } from '../../../server/domain-proof/resolver.ts';
import { certificate, fixedResolver, startLoopbackServer } from './support/loopback-server.ts';

const domain = 'proof.example.org';
const root = makeRoot(parseIdentity(`openpgp:${'AB'.repeat(20)}`), 'reviewers');
const onLoopback = (address: string): boolean => address === '127.0.0.1' || isPublicAddress(address);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What a look finds at a server that answers so. */
async function look(
  listener: RequestListener,
  more: {
    resolver?: DomainResolver;
    isAllowed?: (address: string) => boolean;
    timeoutMs?: number;
    domain?: string;
  } = {},
): Promise<Finding & { connections: number }> {
  const server = await startLoopbackServer(listener);
  closing.push(() => server.close());
  const check = createDomainChecker({
    resolver: fixedResolver({ v4: ['127.0.0.1'] }),
    isAllowed: onLoopback,
    ...{ port: server.port, ca: certificate },
    ...more,
  });
  const found = await check(more.domain ?? domain, 'well-known', root);
  return { ...found, connections: server.connections() };
}

const answer =
  (text: string, type = 'text/plain; charset=utf-8'): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Type': type }).end(text);
  };

describe('the well-known file', () => {
  it('proves the set when its root stands on a line', async () => {
    let asked = '';
    const found = await look((request, response) => {
      asked = `${request.headers.host ?? ''}${request.url ?? ''}`;
      expect(request.headers.cookie).toBeUndefined();
      answer(`openpgp:${'CD'.repeat(20)}#other\r\n ${root} \r\n`)(request, response);
    });
    expect(found).toMatchObject({ proven: true, connections: 1 });
    expect(asked).toBe('proof.example.org/.well-known/trust-ledger.txt');
  });

  it.each([
    ['another root', answer(`openpgp:${'CD'.repeat(20)}#reviewers`), 'does not stand'],
    ['the root within a line', answer(`see ${root}`), 'does not stand'],
    ['the key without the set', answer(root.split('#')[0] ?? ''), 'does not stand'],
    ['HTML', answer(root, 'text/html'), 'text/plain'],
    ['no type', answer(root, ''), 'text/plain'],
    [
      'another encoding',
      (_q, r) => {
        r.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' }).end('x');
      },
      'uncompressed',
    ],
    [
      '404',
      (_q, r) => {
        r.writeHead(404, { 'Content-Type': 'text/plain' }).end(root);
      },
      '404',
    ],
    [
      'no UTF-8',
      (_q, r) => {
        r.writeHead(200, { 'Content-Type': 'text/plain' }).end(Buffer.from([0xff, 0xfe]));
      },
      'UTF-8',
    ],
  ])('proves nothing with %s', async (_what, listener, reason) => {
    const found = await look(listener);
    expect(found.proven).toBe(false);
    expect(found.detail).toContain(reason);
  });

  it('follows no redirect, to this host or another', async () => {
    for (const target of [
      'http://169.254.169.254/',
      'https://127.0.0.1/',
      '/elsewhere',
      `https://${domain}/x`,
    ]) {
      const found = await look((_request, response) => {
        response.writeHead(302, { Location: target }).end();
      });
      expect(found).toMatchObject({ proven: false, connections: 1 });
      expect(found.detail).toContain('redirect');
    }
  });

  it('is read to 64 KiB and no further, announced or not', async () => {
    const large = 'x'.repeat(64 * 1024 + 1);
    expect((await look(answer(large))).detail).toContain('larger than 64 KiB');
    const endless = await look((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(8192), () => setImmediate(more));
      };
      more();
    });
    expect(endless.detail).toContain('larger than 64 KiB');
  });

  it('is waited for no longer than the time allowed, however slowly it comes', async () => {
    const silent = await look(() => undefined, { timeoutMs: 400 });
    expect(silent.detail).toContain('took longer');
    const slow = await look(
      (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        const drip = setInterval(() => response.write('x'), 50);
        response.on('close', () => {
          clearInterval(drip);
        });
      },
      { timeoutMs: 500 },
    );
    expect(slow.detail).toContain('took longer');
  });

  it('has to come with a certificate for the domain', async () => {
    const found = await look(answer(root), { domain: 'other.example.org' });
    expect(found).toMatchObject({
      proven: false,
      detail: 'The server’s certificate is not valid for this domain.',
    });
  });

  it('has to come over https', async () => {
    const plain = createServer(answer(root));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      plain.closeAllConnections();
      await new Promise((resolve) => plain.close(resolve));
    });
    const { port } = plain.address() as AddressInfo;
    const check = createDomainChecker({
      ...{ resolver: fixedResolver({ v4: ['127.0.0.1'] }), isAllowed: onLoopback, port, ca: certificate },
    });
    expect((await check(domain, 'well-known', root)).proven).toBe(false);
  });
});

describe('a domain that leads elsewhere', () => {
  it.each([
    [{ v4: ['127.0.0.1'] }],
    [{ v4: ['10.0.0.5'] }],
    [{ v4: ['169.254.169.254'] }],
    [{ v4: ['100.64.0.1'] }],
    [{ v6: ['::1'] }],
    [{ v6: ['::ffff:127.0.0.1'] }],
    [{ v6: ['fd00::1'] }],
    // One bad address among good ones is enough.
    [{ v4: ['93.184.215.14', '192.168.0.1'] }],
    [{ v4: ['93.184.215.14'], v6: ['fe80::1'] }],
  ])('is refused before anything connects: %j', async (answers) => {
    const found = await look(answer(root), { resolver: fixedResolver(answers), isAllowed: isPublicAddress });
    expect(found).toMatchObject({ proven: false, connections: 0 });
    expect(found.detail).toContain('not on the public internet');
  });

  it('is asked for once: what the DNS says afterwards changes nothing', async () => {
    let asked = 0;
    const rebinding: DomainResolver = {
      ...fixedResolver({}),
      // Allowed the first time, the target of the attack afterwards.
      resolve4: () => Promise.resolve([++asked === 1 ? '127.0.0.1' : '169.254.169.254']),
    };
    const found = await look(answer(root), { resolver: rebinding });
    expect(found).toMatchObject({ proven: true, connections: 1 });
    expect(asked).toBe(1);
  });

  it('is not reached when the guard says no at the connection itself', async () => {
    let calls = 0;
    const found = await look(answer(root), { isAllowed: () => ++calls === 1 });
    expect(found.proven).toBe(false);
    expect(found.detail).toContain('not allowed');
  });

  it('that has no address, too many, or a DNS that fails or hangs, proves nothing', async () => {
    const none = await look(answer(root), { resolver: fixedResolver({}) });
    expect(none.detail).toContain('no address');
    const many = Array.from({ length: 33 }, (_, i) => `93.184.215.${i + 1}`);
    expect((await look(answer(root), { resolver: fixedResolver({ v4: many }) })).detail).toContain(
      'more than 32',
    );
    const failing = { ...fixedResolver({}), resolve4: () => Promise.reject(new Error('SERVFAIL')) };
    expect((await look(answer(root), { resolver: failing })).detail).toContain('did not answer');
    const hanging = { ...fixedResolver({}), resolve4: () => new Promise<string[]>(() => undefined) };
    expect((await look(answer(root), { resolver: hanging, timeoutMs: 200 })).detail).toContain('in time');
  });
});

describe('the DNS record', () => {
  const record = async (txt: readonly string[][] | undefined): Promise<Finding> => {
    const resolver = fixedResolver(txt === undefined ? {} : { txt });
    return createDomainChecker({ resolver })(domain, 'dns', root);
  };

  it('proves the set when it is the root, also in pieces and among others', async () => {
    expect(await record([['v=spf1 -all'], [root.slice(0, 20), root.slice(20)]])).toEqual({
      proven: true,
      detail: 'Found in the TXT records of _trust-ledger.proof.example.org.',
    });
  });

  it('proves nothing when it is missing or says something else', async () => {
    expect((await record(undefined)).detail).toBe(
      'There is no TXT record at _trust-ledger.proof.example.org.',
    );
    expect(await record([[`trust ${root}`]])).toMatchObject({ proven: false });
  });
});

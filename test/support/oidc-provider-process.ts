// A real OpenID Connect provider in a process of its own: says its address on standard output, takes any name and password.

import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [, , redirectUri = ''] = process.argv;

const server = createServer((request, response) => {
  handle(request, response);
});
let handle: ReturnType<Provider['callback']> = (_request, response) => {
  response.writeHead(503).end();
};
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const issuer = `http://127.0.0.1:${port}`;
  handle = new Provider(issuer, {
    clients: [{ client_id: 'ledger', client_secret: 'a secret of tests', redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    cookies: { keys: ['a key of tests'] },
  }).callback();
  process.stdout.write(`${issuer}\n`);
});

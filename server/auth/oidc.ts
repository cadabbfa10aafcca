// Signing in by an OpenID Connect provider: the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0
// section 3.1, RFC 7636). openid-client does the protocol; only issuer and subject of the person are kept.

import * as client from 'openid-client';
import { TrustError } from '../../core/errors.ts';
import type { Login } from '../../db/account-logins.ts';
import type { OidcConfig } from '../config.ts';

/** Where the provider sends people back to. */
export const callbackPath = '/sign-in/provider/callback';

/** What ties the provider's answer to the browser that asked. */
export interface OidcSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface OidcClient {
  /** Where the browser has to go, and what it has to bring back. Throws unavailable when the provider does not answer. */
  begin(): Promise<{ readonly url: string; readonly secrets: OidcSecrets }>;
  /** Who the provider says it is, by the path and query that the browser came back with. Throws challenge-invalid. */
  finish(path: string, secrets: OidcSecrets): Promise<Login>;
}

/** A client of a provider, which is asked for its addresses and keys when it is first needed. */
export function createOidcClient(config: OidcConfig, publicUrl: string): OidcClient {
  let discovered: Promise<client.Configuration> | undefined;
  const discover = (): Promise<client.Configuration> => {
    discovered ??= discoverProvider(config);
    // A provider that was away is asked again.
    discovered.catch(() => (discovered = undefined));
    return discovered;
  };
  return {
    async begin() {
      const provider = await discover().catch((cause: unknown) => {
        throw new TrustError('unavailable', `${config.name} does not answer.`, {
          help: 'Try again later, or sign in another way.',
          cause,
        });
      });
      const secrets = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: `${publicUrl}${callbackPath}`,
        scope: 'openid',
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(secrets.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, secrets };
    },
    async finish(path, { state, nonce, verifier }) {
      try {
        const tokens = await client.authorizationCodeGrant(await discover(), new URL(path, publicUrl), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined || claims.sub.length > 255) throw new Error('no usable subject');
        return { issuer: claims.iss, subject: claims.sub };
      } catch (cause) {
        throw new TrustError('challenge-invalid', `${config.name} did not sign you in.`, {
          help: 'Begin again on the page for signing in.',
          cause,
        });
      }
    },
  };
}

async function discoverProvider({
  issuer,
  clientId,
  clientSecret,
}: OidcConfig): Promise<client.Configuration> {
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
  return client.discovery(new URL(issuer), clientId, clientSecret, authentication, {
    // Only for a provider on the same machine; the operator has written http:// into the configuration.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    ...(issuer.startsWith('http:') && { execute: [client.allowInsecureRequests] }),
  });
}

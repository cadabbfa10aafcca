// What is the same on every page: who looks, which theme, where we are, and the addresses of style sheet and scripts.

import type { Request, Response } from 'express';
import { version } from '../project-root.ts';
import { assetPath } from './assets.ts';
import { accountName } from '../auth/account-name.ts';
import { viewerOf } from './viewer.ts';

export interface Frame {
  readonly version: string;
  /** Path and query of this page, for forms that come back here. */
  readonly path: string;
  readonly theme: 'system' | 'light' | 'dark';
  /** The account that is signed in, by its name. */
  readonly account: { readonly id: string; readonly name: string } | undefined;
  /** Whom the viewer trusts directly; empty when nothing was chosen. */
  readonly roots: readonly string[];
  readonly now: string;
  /** Where this service is reached, without a slash at the end: for commands. */
  readonly origin: string;
  /** Address of a built file by its name, such as `style.css`. */
  readonly asset: (name: string) => string;
}

/** The frame of the page that answers a request. */
export function frameOf(request: Request, response: Response): Frame {
  const { account, roots, theme, now, origin } = viewerOf(response);
  return {
    version,
    path: request.method === 'GET' && response.statusCode < 400 ? request.originalUrl : '/',
    theme,
    account: account && { id: account.id, name: accountName(account) },
    roots,
    now: now.toISOString(),
    origin,
    asset: assetPath,
  };
}

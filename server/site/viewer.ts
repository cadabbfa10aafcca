// Who looks at a page: the account that is signed in, whom the viewer trusts directly, and how pages shall look.
//
// Readers need no account and get no session: roots and theme that they choose are in cookies of their own, which say
// nothing else. Whoever is signed in has the roots of the account.

import type { RequestHandler, Response } from 'express';
import { parseRoot, type Root } from '../../core/identity.ts';
import type { Account } from '../../db/accounts.ts';
import type { AppDeps } from '../app-deps.ts';
import { readCookie } from './cookies.ts';
import { publicOrigin } from './public-origin.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Most roots that a cookie keeps. */
export const maxCookieRoots = 16;

export interface Viewer {
  readonly account: Account | undefined;
  readonly roots: readonly Root[];
  readonly theme: Theme;
  readonly now: Date;
  /** Where the viewer reaches this service, without a slash at the end: for commands that are shown. */
  readonly origin: string;
}

/** Reads who looks into the answer's locals; comes after the session. */
export function readViewer({ clock, config }: Pick<AppDeps, 'clock' | 'config'>): RequestHandler {
  return (request, response, next) => {
    const account = request.user;
    const viewer: Viewer = {
      account,
      roots: account?.roots ?? rootsOf(readCookie(request, 'roots')),
      theme: themes.find((theme) => theme === readCookie(request, 'theme')) ?? 'system',
      now: clock(),
      origin: publicOrigin(request, config.publicUrl),
    };
    response.locals['viewer'] = viewer;
    next();
  };
}

/** Who looks at the page that this answer is; somebody unknown where nobody asked. */
export function viewerOf(response: Response): Viewer {
  const viewer = response.locals['viewer'] as Viewer | undefined;
  return viewer ?? { account: undefined, roots: [], theme: 'system', now: new Date(), origin: '' };
}

/** The valid roots of a cookie's value; what is not one is left out. */
function rootsOf(value: string | undefined): Root[] {
  if (value === undefined) return [];
  return value
    .split(' ')
    .slice(0, maxCookieRoots)
    .flatMap((text) => {
      try {
        return [parseRoot(text)];
      } catch {
        return [];
      }
    });
}

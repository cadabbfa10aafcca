// Everything about accounts: ways in and out, and what their owners see and change.

import { joinRouter } from '../join.ts';
import { signInRouter } from '../sign-in.ts';

/** Routers of the pages about accounts. */
export const accountRouters = [signInRouter, joinRouter] as const;

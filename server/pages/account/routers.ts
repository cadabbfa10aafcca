// Everything about accounts: ways in and out, and what their owners see and change.

import { joinRouter } from '../join.ts';
import { signInRouter } from '../sign-in.ts';
import { signInPasskeyRouter } from '../sign-in-passkey.ts';
import { signInProviderRouter } from '../sign-in-provider.ts';
import { deleteRouter } from './delete.ts';
import { keysRouter } from './keys.ts';
import { overviewRouter } from './overview.ts';
import { passkeysRouter } from './passkeys.ts';
import { passwordRouter } from './password.ts';
import { revokeKeyRouter } from './revoke-key.ts';
import { rotateKeyRouter } from './rotate-key.ts';
import { sessionsRouter } from './sessions.ts';
import { tokensRouter } from './tokens.ts';

/** Routers of the pages about accounts. */
export const accountRouters = [
  signInRouter,
  joinRouter,
  overviewRouter,
  keysRouter,
  revokeKeyRouter,
  rotateKeyRouter,
  sessionsRouter,
  tokensRouter,
  passkeysRouter,
  signInPasskeyRouter,
  signInProviderRouter,
  passwordRouter,
  deleteRouter,
] as const;

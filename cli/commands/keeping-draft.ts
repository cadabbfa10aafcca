// What a person wrote in an editor is never lost: its file goes only when everything after it has worked.

import { TrustError } from '../../core/errors.ts';
import type { Draft } from '../compose/edit-text.ts';

/** Runs `act`; removes the draft afterwards, or on an error leaves it and says in the error's help where it is. */
export async function keepingDraft<T>(draft: Draft | undefined, act: () => Promise<T>): Promise<T> {
  if (draft === undefined) return act();
  try {
    const result = await act();
    await draft.discard();
    return result;
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    const kept = `Your text is kept in ${draft.path}; the same command with --draft ${draft.path} goes on with it.`;
    throw new TrustError(error.code, error.message, {
      help: error.help === undefined ? kept : `${error.help} ${kept}`,
      cause: error,
    });
  }
}

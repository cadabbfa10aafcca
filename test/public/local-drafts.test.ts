import { describe, expect, it } from 'vitest';
import {
  readLocalDraft,
  removeLocalDraft,
  removeSigned,
  writeLocalDraft,
  type DraftStore,
} from '../../public/modules/local-drafts.ts';

function makeStore(): DraftStore {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

const draft = { at: '2026-11-22T12:00:00Z', fields: [['comment', 'Hm.']] as const, signing: false };

describe('drafts in the browser', () => {
  it('are kept by form, and read back', () => {
    const store = makeStore();
    writeLocalDraft(store, '/review', draft);
    expect(readLocalDraft(store, '/review')).toEqual(draft);
    expect(readLocalDraft(store, '/trust')).toBeUndefined();
    removeLocalDraft(store, '/review');
    expect(readLocalDraft(store, '/review')).toBeUndefined();
  });

  it('go once something was published, if they were on the way to be signed', () => {
    const store = makeStore();
    writeLocalDraft(store, '/review', { ...draft, signing: true });
    writeLocalDraft(store, '/trust', draft);
    removeSigned(store, ['/review', '/trust']);
    expect(readLocalDraft(store, '/review')).toBeUndefined();
    expect(readLocalDraft(store, '/trust')).toEqual(draft);
  });

  it.each(['{', 'null', '[]', '{"at":"x","fields":[]}', '{"at":"2026-11-22T12:00:00Z"}'])(
    'is none when it reads %s',
    (text) => {
      const store = makeStore();
      store.setItem('draft:/review', text);
      expect(readLocalDraft(store, '/review')).toBeUndefined();
    },
  );

  it('are left out where the browser lets nothing be stored', () => {
    const refuse = (): never => {
      throw new DOMException('no', 'SecurityError');
    };
    const store: DraftStore = { getItem: refuse, setItem: refuse, removeItem: refuse };
    writeLocalDraft(store, '/review', draft);
    expect(readLocalDraft(store, '/review')).toBeUndefined();
    removeLocalDraft(store, '/review');
  });
});

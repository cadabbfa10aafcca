// Drafts of those who are not signed in, in this browser's own storage. Nothing is sent anywhere.

/** Where drafts are kept: localStorage, or anything like it in tests. */
export type DraftStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface LocalDraft {
  /** RFC 3339. */
  readonly at: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Whether it went on to be signed: then it is removed once something was published. */
  readonly signing: boolean;
}

const key = (path: string): string => `draft:${path}`;

/** The draft of a form, by its path; undefined when there is none that can be read. */
export function readLocalDraft(store: DraftStore, path: string): LocalDraft | undefined {
  try {
    const text = store.getItem(key(path));
    return text === null ? undefined : asDraft(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Keeps a draft; a browser that lets nothing be stored keeps none. */
export function writeLocalDraft(store: DraftStore, path: string, draft: LocalDraft): void {
  try {
    store.setItem(key(path), JSON.stringify(draft));
  } catch {
    // Full, or forbidden: then there is none.
  }
}

/** Removes a draft. */
export function removeLocalDraft(store: DraftStore, path: string): void {
  try {
    store.removeItem(key(path));
  } catch {
    // Forbidden: then there was none.
  }
}

/** Removes the drafts that went on to be signed, once something was published. */
export function removeSigned(store: DraftStore, paths: readonly string[]): void {
  for (const path of paths) {
    if (readLocalDraft(store, path)?.signing === true) removeLocalDraft(store, path);
  }
}

/** By hand, so that a page with a form need not load a library for it. */
function asDraft(value: unknown): LocalDraft | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { at, fields, signing } = value as Record<string, unknown>;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || !Array.isArray(fields)) return undefined;
  const pairs = fields.filter(
    (pair): pair is [string, string] =>
      Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string'),
  );
  return { at, fields: pairs, signing: signing === true };
}

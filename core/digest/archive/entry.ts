// What every archive reader gives: one entry after another, bodies in memory, nothing judged yet but size and form.

/** An entry in the order of the archive. Paths and targets are raw bytes, unchecked. */
export type ArchiveEntry =
  | { readonly kind: 'directory'; readonly path: Uint8Array }
  | {
      readonly kind: 'file';
      readonly path: Uint8Array;
      readonly executable: boolean;
      readonly size: number;
      readonly chunks: readonly Uint8Array[];
    }
  | { readonly kind: 'symlink'; readonly path: Uint8Array; readonly target: Uint8Array }
  /** Another name of an earlier file, given by that file's path from the archive's root. */
  | { readonly kind: 'hardlink'; readonly path: Uint8Array; readonly target: Uint8Array };

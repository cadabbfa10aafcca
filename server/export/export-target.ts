// Where the ledger is written to as static files: a folder, a bucket.

import type { FileForm } from '../log/file-forms.ts';

export interface ExportTarget {
  /** What it is, for messages. */
  readonly place: string;
  /** The file at a path, undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * Writes a file so that readers see all of it or what was there before; it has been stored when this resolves. A folder
   * can't keep the form: its web server is configured.
   */
  write(path: string, bytes: Uint8Array, form: FileForm): Promise<void>;
  /** Removes the files right below a path, at most `limit`; resolves with how many. */
  clear(path: string, limit: number): Promise<number>;
}

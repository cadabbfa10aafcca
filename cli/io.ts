// Everything the command line touches outside its own arguments, in one object, so that tests hand it over whole.

/** Where text goes. Writing never throws: a reader that went away (EPIPE) is no error of ours. */
export interface OutputStream {
  readonly isTTY: boolean;
  /** Width of the terminal in columns; 80 when it is none. */
  readonly columns: number;
  write(text: string): void;
}

/** Where text comes from. */
export interface InputStream {
  readonly isTTY: boolean;
  /** All bytes up to the end; throws usage when there are more than `limit`. */
  read(limit: number): Promise<Uint8Array>;
  /** Asks for a secret on the terminal without showing it; undefined when there is no terminal to ask on. */
  askSecret(question: string): Promise<string | undefined>;
}

export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: InputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory, absolute. */
  readonly cwd: string;
  readonly homedir: string;
  readonly clock: () => Date;
  readonly fetch: typeof globalThis.fetch;
  /** Calls `handler` on the first Ctrl-C or SIGTERM; the second ends the process as usual. Returns how to stop listening. */
  readonly onInterrupt: (handler: () => void) => () => void;
}

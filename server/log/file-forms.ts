// How the log's files are labelled, in the service and in what is exported: their type, and how long they may be kept.

export interface FileForm {
  readonly contentType: string;
  /** Cache-Control. */
  readonly cacheControl: string;
}

/** Tiles and entry bundles: what a path names never changes. */
export const immutableFile: FileForm = {
  contentType: 'application/octet-stream',
  cacheControl: 'public, max-age=31536000, immutable',
};

/** Document bundles do not change either, but a document may have to be withheld one day. */
export const documentsFile: FileForm = {
  contentType: 'application/x-ndjson',
  cacheControl: 'public, max-age=3600',
};

export const checkpointFile: FileForm = {
  contentType: 'text/plain; charset=utf-8',
  cacheControl: 'no-cache',
};

export const discoveryFile: FileForm = {
  contentType: 'application/json; charset=utf-8',
  cacheControl: 'no-cache',
};

// Sending an answer that is complete in memory, past Express's own way, which would hash it for an ETag that nobody needs.

import type { Response } from 'express';
import type { FileForm } from '../log/file-forms.ts';

/** Sets the headers of a form. */
export function setForm(response: Response, { contentType, cacheControl }: FileForm): void {
  response.setHeader('Content-Type', contentType);
  response.setHeader('Cache-Control', cacheControl);
}

/** Answers 200 with these bytes; a HEAD request gets the same headers. */
export function sendFile(response: Response, form: FileForm, bytes: Uint8Array): void {
  setForm(response, form);
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

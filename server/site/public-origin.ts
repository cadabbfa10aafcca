// Where readers reach this service: what the operator says, else what the request says, where that is a plain host name.

import type { Request } from 'express';
import { RequestError } from '../problems.ts';

/** Scheme, host and port without a slash at the end. Only plain host names get into commands, cookies and links. */
export function publicOrigin(request: Request, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  const origin = `${request.protocol}://${request.get('host') ?? ''}`;
  if (!/^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(origin) || !URL.canParse(origin)) {
    throw new RequestError('request-invalid', 'The Host header is not a host name.', { status: 400 });
  }
  return origin;
}

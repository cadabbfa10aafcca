// Forms of pages: application/x-www-form-urlencoded, bounded like every body, as plain fields.

import type { Request, RequestHandler } from 'express';
import { TrustError } from '../../core/errors.ts';
import { bodyText, readBody } from './body.ts';

/** Fields by name: a text, or a list of texts where a name came several times. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/** Most fields of a form: a reviewer set of some hundred members has about two thousand. */
const maxFields = 5000;
/** Enough for the largest statement with every byte percent-encoded. */
const maxFormBytes = 512 * 1024;

/** A middleware that reads a form; refuses with 408, 413 or 415. `formFields` gives what it says. */
export function readForm(seconds: number, maxBytes = maxFormBytes): RequestHandler {
  return readBody({ types: ['application/x-www-form-urlencoded'], maxBytes, seconds });
}

/** The fields of the form that `readForm` left, with LF line ends; throws request-invalid for too many. */
export function formFields(request: Request): FormFields {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  let count = 0;
  for (const [name, raw] of new URLSearchParams(bodyText(request))) {
    if (++count > maxFields)
      throw new TrustError('request-invalid', `A form of more than ${maxFields} fields.`);
    // Forms are sent with CRLF, whatever was typed.
    const value = raw.replaceAll('\r\n', '\n');
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [before, value];
  }
  return fields;
}

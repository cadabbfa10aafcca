// The account of whoever asks, as the API gives it: for the server and for every client.

import { z } from 'zod';
import { identitySchema } from '../identity-schema.ts';

const time = z.iso.datetime();

/** Answer of GET /api/v1/account. */
export const accountSchema = z
  .strictObject({
    id: z.uuid(),
    /** Only of those who sign in with a password. */
    userName: z.string().optional(),
    /** Keys whose possession was proven, the first one first. */
    keys: z.array(z.strictObject({ identity: identitySchema, label: z.string().optional(), provenAt: time })),
    createdAt: time,
  })
  .meta({ id: 'Account' });

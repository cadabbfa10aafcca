// The setting that answers everything from a mirror's folder, without any network.
//
//   --mirror DIR   TRUST_CHECK_MIRROR   mirror: in trust-check.yaml, relative to the file
//
// Of a server and a mirror the one that was named more closely counts; named in the same place, the mirror does.

import { z } from 'zod';
import type { OptionSpec } from '../command-spec.ts';
import type { Io } from '../io.ts';
import type { Layer, Setting } from './layers.ts';

export const mirrorOption: OptionSpec = {
  flags: '--mirror <dir>',
  description: 'answer from this mirror of the ledger, offline (TRUST_CHECK_MIRROR)',
};

const schema = z.object({ mirror: z.string().min(1).optional() });

/** The layers that the flag and the environment make. */
export function mirrorLayers(options: Readonly<Record<string, unknown>>, env: Io['env']): Layer[] {
  const { mirror } = schema.parse(options);
  const variable = env['TRUST_CHECK_MIRROR'];
  return [
    layer(mirror, '--mirror'),
    layer(variable === undefined || variable === '' ? undefined : variable, 'TRUST_CHECK_MIRROR'),
  ];
}

/** The mirror's folder as it was written, unless a server was named more closely. */
export function chosenMirror(mirror: Setting | undefined, server: Setting | undefined): string | undefined {
  if (typeof mirror?.value !== 'string') return undefined;
  return server !== undefined && closeness(server) > closeness(mirror) ? undefined : mirror.value;
}

function closeness({ origin }: Setting): number {
  if (origin.startsWith('--')) return 2;
  return origin.startsWith('TRUST_CHECK_') ? 1 : 0;
}

function layer(value: string | undefined, origin: string): Layer {
  return { values: new Map(value === undefined ? [] : [['mirror', value]]), origin: () => origin };
}

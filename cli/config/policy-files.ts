// The policy files that apply here: the nearest trust-check.yaml upwards, and the person's own.

import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { TrustError } from '../../core/errors.ts';
import { readPolicyFile } from '../../core/closure/policy-file.ts';
import { readPolicyYaml } from '../../core/closure/policy-yaml.ts';
import type { Io } from '../io.ts';
import { readTextBounded } from '../read-bounded.ts';
import { foldersUpwards } from './find-upwards.ts';
import { flatten, type Layer } from './layers.ts';

export const policyFileName = 'trust-check.yaml';
const maxBytes = 8 * 1024 * 1024;

/** Layers of the files that exist, the nearest first. `explicit` names the only file to read. Throws policy-invalid. */
export async function policyFileLayers(io: Io, explicit: string | undefined): Promise<Layer[]> {
  if (explicit !== undefined) return [await readLayer(io, resolve(io.cwd, explicit))];
  const layers: Layer[] = [];
  const folders = foldersUpwards(io.cwd, io.homedir);
  const nearest = folders.map((folder) => join(folder, policyFileName)).find((path) => existsSync(path));
  if (nearest !== undefined) layers.push(await readLayer(io, nearest));
  const own = userPolicyFile(io);
  if (own !== nearest && existsSync(own)) layers.push(await readLayer(io, own));
  return layers;
}

/** The person's own file: below XDG_CONFIG_HOME or ~/.config. */
export function userPolicyFile(io: Io): string {
  const base = io.env['XDG_CONFIG_HOME'];
  const config = base !== undefined && base.startsWith('/') ? base : join(io.homedir, '.config');
  return join(config, 'trust-check', policyFileName);
}

async function readLayer(io: Io, path: string): Promise<Layer> {
  const shown = showPath(io, path);
  const text = await readTextBounded(path, maxBytes, 'policy-invalid');
  try {
    const { policy, server, mirror, preset, logPolicy, logKeys } = readPolicyFile(text);
    const tree = readPolicyYaml(text);
    // What the file itself says; the defaults around it are nobody's setting.
    const given = flatten(typeof tree.value === 'object' && !Array.isArray(tree.value) ? tree.value : {});
    const typed = flatten({
      ...policy,
      server,
      mirror: mirror === undefined ? undefined : resolve(dirname(path), mirror),
      preset,
      'log-policy': logPolicy === undefined ? undefined : resolve(dirname(path), logPolicy),
      'log-key': logKeys,
    });
    const values = new Map([...given.keys()].map((key) => [key, typed.get(key)] as const));
    return {
      values,
      origin: (key) => {
        const line = tree.lineOf(key.split('.'));
        return line === undefined ? shown : `${shown}:${line}`;
      },
    };
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    throw new TrustError(error.code, `${shown}: ${error.message}`, {
      ...(error.help !== undefined && { help: error.help }),
      cause: error,
    });
  }
}

/** A path as people read it: relative to where they are, or from their home. */
export function showPath(io: Io, path: string): string {
  const below = relative(io.cwd, path);
  if (!below.startsWith('..')) return below;
  return path.startsWith(`${io.homedir}/`) ? `~${path.slice(io.homedir.length)}` : below;
}

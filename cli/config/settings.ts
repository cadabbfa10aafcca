// What applies here: which ledger, which policy, and where each setting came from.

import { z } from 'zod';
import { crevCompatible, policySchema, type Policy } from '../../core/closure/policy.ts';
import { TrustError } from '../../core/errors.ts';
import type { Context } from '../command-spec.ts';
import type { ApiClient } from '../http/api-client.ts';
import { openMirrorClient } from '../mirror/mirror-client.ts';
import { parseServerUrl } from '../http/server-url.ts';
import { logLayers, logSettingPaths, logSettings, type LogSettings } from './log-options.ts';
import { chosenMirror, mirrorLayers } from './mirror-option.ts';
import { flatten, mergeLayers, unflatten, type Setting } from './layers.ts';
import { policyFileLayers } from './policy-files.ts';
import { environmentLayer, flagsLayer, readSwitch } from './policy-options.ts';

const defaultTimeoutMs = 60_000;

export interface Settings {
  readonly server: URL | undefined;
  /** Folder of the mirror that answers instead of the server. */
  readonly mirror: string | undefined;
  readonly timeoutMs: number;
  readonly policy: Policy;
  /** How the ledger's log is checked. */
  readonly log: LogSettings;
  /** Every setting by path, defaults included, with its origin: what `config show` prints. */
  readonly all: ReadonlyMap<string, Setting>;
}

/** Reads flags, environment and files. Throws usage, config-invalid and policy-invalid. */
export async function resolveSettings(
  context: Context,
  options: Readonly<Record<string, unknown>>,
): Promise<Settings> {
  const { io } = context;
  const flags = flagsLayer(options);
  const environment = environmentLayer(io.env);
  const files = mergeLayers(
    await policyFileLayers(io, flags.config ?? nonEmpty(io.env['TRUST_CHECK_CONFIG'])),
  );
  const above = mergeLayers([flags.layer, environment]);
  const log = new Map(
    [...mergeLayers(logLayers(options, io.env)), ...files].filter(([path]) => isLogSetting(path)).reverse(),
  );
  const mirror = mergeLayers([...mirrorLayers(options, io.env)]).get('mirror') ?? files.get('mirror');
  const preset = presetOf(flags.crevCompatible, io.env, files.get('preset'));

  const fromFiles = parsePolicy(files);
  const policy = preset === undefined ? fromFiles : crevCompatible(fromFiles);
  // On top of the preset: who passes --crev-compatible --redundancy 2 means both.
  const settled = new Map<string, Setting>();
  for (const [path, value] of flatten(policy)) {
    const before = flatten(fromFiles).get(path);
    const isPreset = preset !== undefined && JSON.stringify(before) !== JSON.stringify(value);
    settled.set(path, { value, origin: isPreset ? preset.origin : (files.get(path)?.origin ?? 'default') });
  }
  for (const [path, setting] of above) if (path !== 'server') settled.set(path, setting);
  addRoots(settled, flags.addRoots);
  const final = parsePolicy(settled);

  const server = above.get('server') ?? files.get('server');
  const all = new Map<string, Setting>(server === undefined ? [] : [['server', server]]);
  if (mirror !== undefined) all.set('mirror', mirror);
  const timeout = timeoutOf(context);
  all.set('timeout', { value: timeout.value / 1000, origin: timeout.origin });
  for (const path of logSettingPaths) {
    const setting = log.get(path);
    if (setting !== undefined) all.set(path, setting);
    else if (path === 'log-check') all.set(path, { value: true, origin: 'default' });
  }
  if (preset !== undefined) all.set('preset', { value: 'crev-compatible', origin: preset.origin });
  for (const [path, value] of flatten(final)) {
    all.set(path, { value, origin: settled.get(path)?.origin ?? 'default' });
  }
  return {
    server: typeof server?.value === 'string' ? parseServerUrl(server.value) : undefined,
    mirror: chosenMirror(mirror, server),
    timeoutMs: timeout.value,
    policy: final,
    log: logSettings(log),
    all,
  };
}

/** The client for the configured mirror or ledger; throws usage, with how to set it, when there is none. */
export function connectTo(context: Context, settings: Settings): ApiClient {
  if (settings.mirror !== undefined) return openMirrorClient(context.io, settings.mirror);
  return connectToServer(context, settings);
}

/** The same, without looking for a mirror. */
export function connectToServer(context: Context, settings: Settings): ApiClient {
  if (settings.server === undefined) {
    throw new TrustError('usage', 'No ledger is configured.', {
      help:
        'Name it with --server URL, with TRUST_CHECK_SERVER, or as `server:` in trust-check.yaml ' +
        '(trust-check init writes one).',
    });
  }
  return context.connect(settings.server.href, settings.timeoutMs);
}

function presetOf(
  flag: boolean | undefined,
  env: Context['io']['env'],
  file: Setting | undefined,
): { readonly origin: string } | undefined {
  if (flag === true) return { origin: '--crev-compatible' };
  const variable = nonEmpty(env['TRUST_CHECK_CREV_COMPATIBLE']);
  if (variable !== undefined) {
    return readSwitch('TRUST_CHECK_CREV_COMPATIBLE', variable)
      ? { origin: 'TRUST_CHECK_CREV_COMPATIBLE' }
      : undefined;
  }
  return file?.value === 'crev-compatible' ? { origin: `${file.origin} (preset)` } : undefined;
}

function addRoots(settled: Map<string, Setting>, added: readonly string[]): void {
  if (added.length === 0) return;
  const before = settled.get('roots');
  const known = Array.isArray(before?.value) ? (before.value as readonly unknown[]) : [];
  const origin = known.length === 0 ? '--add-root' : `${before?.origin ?? ''} and --add-root`;
  settled.set('roots', { value: [...known, ...added], origin });
}

/** The policy of settings by path; a wrong value is told with its origin. */
function parsePolicy(settings: ReadonlyMap<string, Setting>): Policy {
  const own = new Map(
    [...settings].filter(
      ([path]) => path !== 'server' && path !== 'preset' && path !== 'mirror' && !isLogSetting(path),
    ),
  );
  const parsed = policySchema.safeParse(unflatten(own));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const [first = '', second = ''] = issue.path.map(String);
    const origin = own.get(`${first}.${second}`)?.origin ?? own.get(first)?.origin ?? first;
    return `${origin}: ${issue.message}`;
  });
  throw new TrustError('config-invalid', problems.join('\n'));
}

function isLogSetting(path: string): boolean {
  return logSettingPaths.some((known) => known === path);
}

function timeoutOf({ timeoutMs, io }: Context): { value: number; origin: string } {
  if (timeoutMs !== undefined) return { value: timeoutMs, origin: '--timeout' };
  const variable = nonEmpty(io.env['TRUST_CHECK_TIMEOUT']);
  if (variable === undefined) return { value: defaultTimeoutMs, origin: 'default' };
  const seconds = z.coerce.number().positive().max(86_400).safeParse(variable);
  if (!seconds.success)
    throw new TrustError('usage', 'TRUST_CHECK_TIMEOUT takes a number of seconds above 0.');
  return { value: seconds.data * 1000, origin: 'TRUST_CHECK_TIMEOUT' };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

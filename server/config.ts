// Configuration: one schema over the environment, checked once at start, with every problem named at once.
//
// docs/OPERATIONS.md and the README list the same names. Empty values count as absent, so `PORT= npm start` is the default.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { TrustError } from '../core/errors.ts';
import { isKeyName } from '../core/log/note-key.ts';
import type { S3Options } from './export/s3-target.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'Not a whole number.')
    .transform(Number)
    .pipe(z.number().min(least, `Must be at least ${least}.`).max(most, `Must be at most ${most}.`));

const postgresUrl = z
  .string()
  .regex(/^postgres(?:ql)?:\/\//, 'Must begin with postgres:// or postgresql://.')
  .refine((text) => URL.canParse(text), 'Not a URL.');

const httpUrl = z
  .string()
  .max(2048)
  .regex(/^https?:\/\//, 'Must begin with https:// or http://.')
  .refine((text) => URL.canParse(text), 'Not a URL.');

const publicUrl = httpUrl
  .refine(
    (text) => URL.canParse(text) && /^\/?$/.test(new URL(text).pathname + new URL(text).search),
    'Must be scheme, host and port alone, such as https://ledger.example.org.',
  )
  .transform((text) => new URL(text).origin);

/** Hops or addresses of the proxies in front. `true` is refused: then anybody could claim any address. */
const trustProxy = z.union([
  integer(0, 16),
  z.string().regex(/^[0-9a-fA-F.:/, ]*[.:][0-9a-fA-F.:/, ]*$|^loopback$/, {
    message: 'Must be the number of proxies in front, or their addresses (10.0.0.0/8, loopback).',
  }),
]);

const environmentSchema = z.object({
  /** 0 takes any free port, and the log says which. */
  PORT: integer(0, 65_535).default(8080),
  HOST: z.string().max(255).default('127.0.0.1'),
  /** Home of the embedded database; not used with DATABASE_URL. */
  DATA_DIR: z.string().max(4096).default('data'),
  DATABASE_URL: postgresUrl.optional(),
  /** The role that owns the tables and migrates them, when it is another than the one that serves. */
  DATABASE_OWNER_URL: postgresUrl.optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  TRUST_PROXY: trustProxy.default(0),
  /** Requests per client and minute; 0 switches a limit off. */
  RATE_LIMIT_SUBMIT: integer(0, 1_000_000).default(300),
  RATE_LIMIT_CHECK: integer(0, 1_000_000).default(60),
  RATE_LIMIT_READ: integer(0, 1_000_000).default(1200),
  RATE_LIMIT_TILES: integer(0, 1_000_000).default(6000),
  /** Signing in and joining, which costs a password hash or a signature. */
  RATE_LIMIT_LOGIN: integer(0, 1_000_000).default(20),
  /** Where people reach the service: scheme, host and port. From each request when left out. */
  PUBLIC_URL: publicUrl.optional(),
  /** An OpenID Connect provider by which people may sign in, and what the button calls it. */
  OIDC_ISSUER: httpUrl.optional(),
  OIDC_CLIENT_ID: z.string().max(1024).optional(),
  OIDC_CLIENT_SECRET: z.string().max(4096).optional(),
  OIDC_NAME: z.string().max(64).default('single sign-on'),
  /** Threads that verify signatures; 0 verifies in the main thread. */
  VERIFY_WORKERS: integer(0, 64).optional(),
  /** Seconds that a request body may take, and that a batch may pause. */
  BODY_TIMEOUT: integer(1, 3600).default(30),
  /** Seconds that requests in progress are given when the service stops. */
  SHUTDOWN_TIMEOUT: integer(0, 3600).default(10),
  /** Seconds for which the service waits for its database at start. */
  STARTUP_TIMEOUT: integer(0, 3600).default(60),
  /** First line of every checkpoint: the public address of the log without its scheme. Fixed once the log has started. */
  LOG_ORIGIN: z
    .string()
    .refine(isKeyName, 'Must be a name without spaces and plus signs, such as ledger.example.org.')
    .optional(),
  /** The log's private keys; in DATA_DIR when left out. */
  LOG_KEY_FILE: z.string().max(4096).optional(),
  /** What was signed last, outside the database; in DATA_DIR when left out. */
  LOG_FENCE_FILE: z.string().max(4096).optional(),
  /** Witnesses and quorum, as C2SP tlog-policy. */
  LOG_WITNESS_POLICY: z.string().max(4096).optional(),
  /** Whether a checkpoint without its quorum of cosignatures is published: `closed` no, `open` yes. */
  LOG_WITNESS_MODE: z.enum(['closed', 'open']).default('closed'),
  /** Seconds that a witness may take. */
  LOG_WITNESS_TIMEOUT: integer(1, 600).default(5),
  /** A checkpoint is signed anew after this many seconds without growth. */
  LOG_REFRESH: integer(1, 86_400).default(600),
  /** Least milliseconds from one checkpoint to the next; with witnesses 1000 when left out. */
  LOG_INTERVAL: integer(0, 60_000).optional(),
  /** A folder that is kept up to date with the log as static files. */
  EXPORT_DIR: z.string().max(4096).optional(),
  /** The same to an S3-compatible object storage: its address, without the bucket. */
  EXPORT_S3_ENDPOINT: z
    .string()
    .regex(/^https?:\/\//, 'Must begin with https:// or http://.')
    .refine((text) => URL.canParse(text), 'Not a URL.')
    .optional(),
  EXPORT_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'Not the name of a bucket.')
    .optional(),
  /** Put in front of every path. */
  EXPORT_S3_PREFIX: z
    .string()
    .regex(/^(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]+\/?$/, 'Must be names with slashes between.')
    .max(512)
    .default(''),
  EXPORT_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'Not the name of a region.')
    .default('us-east-1'),
  /** Under the names by which everything knows them, so they may be there for other programs. */
  AWS_ACCESS_KEY_ID: z.string().max(1024).optional(),
  AWS_SECRET_ACCESS_KEY: z.string().max(1024).optional(),
});

/** What an export to object storage can't do without. */
const s3Names = [
  'EXPORT_S3_ENDPOINT',
  'EXPORT_S3_BUCKET',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
] as const;

/** Every name that the environment may set. */
export const configNames = Object.keys(environmentSchema.shape);

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly databaseOwnerUrl: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly verifyWorkers: number;
  readonly shutdownSeconds: number;
  readonly startupSeconds: number;
  readonly http: HttpConfig;
  readonly ledgerLog: LogConfig;
  readonly exportTo: ExportConfig;
}

/** The part that the log needs. */
export interface LogConfig {
  readonly origin: string | undefined;
  readonly keyFile: string;
  readonly fenceFile: string;
  /** Path of a C2SP tlog-policy; undefined without witnesses. */
  readonly witnessPolicy: string | undefined;
  readonly witnessMode: 'closed' | 'open';
  readonly witnessSeconds: number;
  readonly refreshSeconds: number;
  readonly intervalMs: number;
}

/** Where the log is written to as static files. */
export interface ExportConfig {
  readonly folder?: string | undefined;
  readonly s3?: S3Options | undefined;
}

/** An OpenID Connect provider by which people may sign in. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** What the button says. */
  readonly name: string;
}

/** The part that the Express app needs. */
export interface HttpConfig {
  readonly trustProxy: number | string;
  readonly rateLimits: {
    readonly submit: number;
    readonly check: number;
    readonly read: number;
    readonly tiles: number;
    readonly login: number;
  };
  readonly bodySeconds: number;
  /** Scheme, host and port under which people reach the service; undefined takes each request's. */
  readonly publicUrl: string | undefined;
  readonly oidc: OidcConfig | undefined;
}

/**
 * The configuration that an environment gives; throws config-invalid with one line for every problem.
 * @param env names and values, such as process.env.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(
    configNames.flatMap((name) => (env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]])),
  );
  const parsed = environmentSchema.safeParse(present);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${messageOf(issue)}`);
  if (present['DATABASE_OWNER_URL'] !== undefined && present['DATABASE_URL'] === undefined) {
    problems.push('DATABASE_OWNER_URL: Only makes sense beside DATABASE_URL.');
  }
  for (const name of ['OIDC_CLIENT_ID', 'PUBLIC_URL'] as const) {
    if (present['OIDC_ISSUER'] !== undefined && present[name] === undefined) {
      problems.push(`${name}: Needed for signing in by OpenID Connect.`);
    }
  }
  if (s3Names.slice(0, 2).some((name) => present[name] !== undefined)) {
    for (const name of s3Names) {
      if (present[name] === undefined) problems.push(`${name}: Needed for an export to object storage.`);
    }
  }
  if (!parsed.success || problems.length > 0) {
    throw new TrustError('config-invalid', `The configuration is not valid:\n  ${problems.join('\n  ')}`, {
      help: 'Correct these environment variables; docs/OPERATIONS.md lists them all.',
    });
  }
  const values = parsed.data;
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: values.DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    databaseOwnerUrl: values.DATABASE_OWNER_URL,
    logLevel: values.LOG_LEVEL,
    verifyWorkers: values.VERIFY_WORKERS ?? availableParallelism(),
    shutdownSeconds: values.SHUTDOWN_TIMEOUT,
    startupSeconds: values.STARTUP_TIMEOUT,
    http: {
      trustProxy: values.TRUST_PROXY,
      rateLimits: {
        submit: values.RATE_LIMIT_SUBMIT,
        check: values.RATE_LIMIT_CHECK,
        read: values.RATE_LIMIT_READ,
        tiles: values.RATE_LIMIT_TILES,
        login: values.RATE_LIMIT_LOGIN,
      },
      bodySeconds: values.BODY_TIMEOUT,
      publicUrl: values.PUBLIC_URL,
      oidc: oidcConfig(values),
    },
    ledgerLog: {
      origin: values.LOG_ORIGIN,
      keyFile: values.LOG_KEY_FILE ?? join(values.DATA_DIR, 'log-key'),
      fenceFile: values.LOG_FENCE_FILE ?? join(values.DATA_DIR, 'log-fence'),
      witnessPolicy: values.LOG_WITNESS_POLICY,
      witnessMode: values.LOG_WITNESS_MODE,
      witnessSeconds: values.LOG_WITNESS_TIMEOUT,
      refreshSeconds: values.LOG_REFRESH,
      intervalMs: values.LOG_INTERVAL ?? (values.LOG_WITNESS_POLICY === undefined ? 0 : 1000),
    },
    exportTo: { folder: values.EXPORT_DIR, s3: s3Options(values) },
  };
}

/** The provider to sign in by; undefined when none is named. */
function oidcConfig(values: z.output<typeof environmentSchema>): OidcConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = values;
  if (issuer === undefined || clientId === undefined) return undefined;
  return { issuer, clientId, clientSecret: values.OIDC_CLIENT_SECRET, name: values.OIDC_NAME };
}

/** The object storage to export to; undefined when none is named. */
function s3Options(values: z.output<typeof environmentSchema>): S3Options | undefined {
  const { EXPORT_S3_ENDPOINT: endpoint, EXPORT_S3_BUCKET: bucket } = values;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (endpoint === undefined || bucket === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const prefix = values.EXPORT_S3_PREFIX.replace(/\/$/, '');
  return { endpoint, bucket, prefix, region: values.EXPORT_S3_REGION, accessKeyId, secretAccessKey };
}

/** The last and most specific message: a union reports the one of its last member. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const last = issue.errors.at(-1)?.at(-1);
  return last === undefined ? issue.message : messageOf(last);
}

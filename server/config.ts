// Configuration: one schema over the environment, checked once at start, with every problem named at once.
//
// docs/OPERATIONS.md and the README list the same names. Empty values count as absent, so `PORT= npm start` is the default.

import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { TrustError } from '../core/errors.ts';

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
  /** Threads that verify signatures; 0 verifies in the main thread. */
  VERIFY_WORKERS: integer(0, 64).optional(),
  /** Seconds that a request body may take, and that a batch may pause. */
  BODY_TIMEOUT: integer(1, 3600).default(30),
  /** Seconds that requests in progress are given when the service stops. */
  SHUTDOWN_TIMEOUT: integer(0, 3600).default(10),
  /** Seconds for which the service waits for its database at start. */
  STARTUP_TIMEOUT: integer(0, 3600).default(60),
});

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
}

/** The part that the Express app needs. */
export interface HttpConfig {
  readonly trustProxy: number | string;
  readonly rateLimits: { readonly submit: number; readonly check: number; readonly read: number };
  readonly bodySeconds: number;
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
      },
      bodySeconds: values.BODY_TIMEOUT,
    },
  };
}

/** The last and most specific message: a union reports the one of its last member. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const last = issue.errors.at(-1)?.at(-1);
  return last === undefined ? issue.message : messageOf(last);
}

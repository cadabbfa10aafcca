import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configNames, readConfig } from '../../server/config.ts';
import { expectCode } from '../support/matchers.ts';

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      dataDir: 'data',
      databaseUrl: undefined,
      databaseOwnerUrl: undefined,
      logLevel: 'info',
      verifyWorkers: availableParallelism(),
      shutdownSeconds: 10,
      startupSeconds: 60,
      http: {
        trustProxy: 0,
        rateLimits: { submit: 300, check: 60, read: 1200, tiles: 6000, login: 20 },
        bodySeconds: 30,
        publicUrl: undefined,
        oidc: undefined,
      },
      ledgerLog: {
        origin: undefined,
        keyFile: join('data', 'log-key'),
        fenceFile: join('data', 'log-fence'),
        witnessPolicy: undefined,
        witnessMode: 'closed',
        witnessSeconds: 5,
        refreshSeconds: 600,
        intervalMs: 0,
      },
      exportTo: { folder: undefined, s3: undefined },
    });
  });

  it('reads what is set, and takes an empty value as absent', () => {
    const config = readConfig({
      PORT: '0',
      HOST: '',
      DATABASE_URL: 'postgres://u:p@db/ledger',
      VERIFY_WORKERS: '0',
      TRUST_PROXY: '10.0.0.0/8, ::1',
    });
    expect(config.port).toBe(0);
    expect(config.host).toBe('127.0.0.1');
    expect(config.databaseUrl).toBe('postgres://u:p@db/ledger');
    expect(config.verifyWorkers).toBe(0);
    expect(config.http.trustProxy).toBe('10.0.0.0/8, ::1');
  });

  it('names every problem at once, each with its variable, and never a value', async () => {
    const error = await expectCode('config-invalid', () =>
      readConfig({
        PORT: '70000',
        LOG_LEVEL: 'loud',
        TRUST_PROXY: 'true',
        SHUTDOWN_TIMEOUT: '-1',
        DATABASE_OWNER_URL: 'mysql://root:hunter2@db/ledger',
      }),
    );
    for (const name of ['PORT', 'LOG_LEVEL', 'TRUST_PROXY', 'SHUTDOWN_TIMEOUT', 'DATABASE_OWNER_URL']) {
      expect(error.message).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
    }
    expect(error.message).not.toContain('hunter2');
    expect(error.help).toContain('docs/OPERATIONS.md');
  });

  it('refuses an owner of the tables without a database to own', async () => {
    const error = await expectCode('config-invalid', () =>
      readConfig({ DATABASE_OWNER_URL: 'postgres://o@db/l' }),
    );
    expect(error.message).toContain('beside DATABASE_URL');
  });

  it('exports to an object storage only with all that this takes', async () => {
    const all = {
      EXPORT_S3_ENDPOINT: 'https://s3.example.org',
      EXPORT_S3_BUCKET: 'ledger',
      EXPORT_S3_PREFIX: 'a/b/',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'hunter2',
    };
    expect(readConfig(all).exportTo.s3).toEqual({
      endpoint: 'https://s3.example.org',
      bucket: 'ledger',
      prefix: 'a/b',
      region: 'us-east-1',
      accessKeyId: 'id',
      secretAccessKey: 'hunter2',
    });
    for (const name of [
      'EXPORT_S3_ENDPOINT',
      'EXPORT_S3_BUCKET',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
    ]) {
      const error = await expectCode('config-invalid', () => readConfig({ ...all, [name]: '' }));
      expect(error.message).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
      expect(error.message).not.toContain('hunter2');
    }
    for (const wrong of [
      { EXPORT_S3_ENDPOINT: 's3.example.org' },
      { EXPORT_S3_BUCKET: 'Not_A_Bucket' },
      { EXPORT_S3_PREFIX: '/a' },
      { EXPORT_S3_PREFIX: 'a//b' },
      { EXPORT_S3_REGION: 'eu west' },
    ]) {
      await expectCode('config-invalid', () => readConfig({ ...all, ...wrong }));
    }
    // Credentials alone may be there for another program.
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = all;
    expect(readConfig({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }).exportTo.s3).toBeUndefined();
  });

  it('is documented: every name stands in docs/OPERATIONS.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/OPERATIONS.md'), 'utf8');
    for (const name of configNames) expect(page).toContain(`| \`${name}\``);
  });

  it('knows the names that the issue promises', () => {
    expect(configNames).toEqual(
      expect.arrayContaining(['PORT', 'HOST', 'DATA_DIR', 'DATABASE_URL', 'LOG_LEVEL']),
    );
  });
});

// A bucket of an S3-compatible object storage as a target, by the optional dependency s3mini.
//
// Objects are put whole, so readers never see half of one. Requests are signed; bodies are not, so use https.

import type { S3mini } from 's3mini';
import { TrustError } from '../../core/errors.ts';
import type { ExportTarget } from './export-target.ts';

export interface S3Options {
  /** Address of the storage, without the bucket: https://s3.eu-central-1.amazonaws.com */
  readonly endpoint: string;
  readonly bucket: string;
  /** Put in front of every path, with a slash between; empty for none. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const timeoutMs = 60_000;

/** The bucket as a target. Throws config-invalid when s3mini is not installed or refuses the options. */
export async function openS3Target(options: S3Options): Promise<ExportTarget> {
  const { endpoint, bucket, prefix, region, accessKeyId, secretAccessKey } = options;
  const Client = await loadClient();
  const place = `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  let client: S3mini;
  try {
    client = new Client({
      endpoint: place,
      ...{ region, accessKeyId, secretAccessKey },
      requestAbortTimeout: timeoutMs,
    });
  } catch (cause) {
    throw new TrustError('config-invalid', `The object storage ${place} can't be used`, {
      help: 'See EXPORT_S3_ENDPOINT and its companions in docs/OPERATIONS.md.',
      cause,
    });
  }
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
  return {
    place: prefix === '' ? place : `${place}/${prefix}`,
    read: async (path) => {
      const bytes = await told(place, path, () => client.getObjectArrayBuffer(keyOf(path)));
      return bytes === null ? undefined : new Uint8Array(bytes);
    },
    write: async (path, bytes, { contentType, cacheControl }) => {
      // Its type allows x-amz-* only; it sends and signs what it is given.
      const headers = { 'cache-control': cacheControl };
      await told(place, path, () => client.putObject(keyOf(path), bytes, contentType, undefined, headers));
    },
    clear: async (path, limit) => {
      const found = (await told(place, path, () => client.listObjects('/', `${keyOf(path)}/`, limit))) ?? [];
      const keys = found.map(({ Key: key }) => key);
      if (keys.length > 0) await told(place, path, () => client.deleteObjects(keys));
      return keys.length;
    },
  };
}

/** Runs a request; what it throws is told as network, with the place and the path. */
async function told<Answer>(place: string, path: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TrustError('network', `The object storage ${place} refused ${path}: ${reason}`, {
      help: 'See EXPORT_S3_ENDPOINT and its companions in docs/OPERATIONS.md.',
      cause,
    });
  }
}

async function loadClient(): Promise<typeof S3mini> {
  try {
    return (await import('s3mini')).S3mini;
  } catch (cause) {
    throw new TrustError('config-invalid', 'Writing to object storage needs the package s3mini', {
      help: 'Run npm install s3mini, or write to a folder with EXPORT_DIR and let another tool copy it.',
      cause,
    });
  }
}

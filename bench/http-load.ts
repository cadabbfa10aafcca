// A worker thread that asks one server as fast as it answers: so many connections, each with one request under way.

import { Agent, get } from 'node:http';
import { parentPort } from 'node:worker_threads';

interface Load {
  readonly address: string;
  readonly paths: readonly string[];
  readonly connections: number;
  readonly milliseconds: number;
}

/** Answers with requests a second. */
async function run({ address, paths, connections, milliseconds }: Load): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const start = performance.now();
  let done = 0;
  let next = 0;
  const ask = (path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      get(`${address}${path}`, { agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode ?? 0}`));
        response.resume().on('end', resolve).on('error', reject);
      }).on('error', reject);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() - start < milliseconds) {
        await ask(paths[next++ % paths.length]!);
        done++;
      }
    }),
  );
  agent.destroy();
  return (1000 * done) / (performance.now() - start);
}

parentPort!.on('message', (load: Load) => {
  run(load).then(
    (rate) => {
      parentPort!.postMessage({ rate });
    },
    (error: unknown) => {
      parentPort!.postMessage({ error: String(error) });
    },
  );
});

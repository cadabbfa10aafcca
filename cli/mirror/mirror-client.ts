// The API of a ledger, answered from a mirror's folder: every command that reads works as with a server, without network.
//
// It answers by core, from what the mirror's index leads to, as the service does from its tables. Publishing is refused.

import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkRequestSchema } from '../../core/api/checks.ts';
import type { StoredStatement } from '../../core/api/statements.ts';
import type { Closure } from '../../core/closure/input.ts';
import { resolve } from '../../core/closure/resolve.ts';
import { TrustError } from '../../core/errors.ts';
import { readLockfile } from '../../core/formats/registry.ts';
import type { Identity } from '../../core/identity.ts';
import { formatSeconds } from '../../core/time.ts';
import type { ApiClient } from '../http/api-client.ts';
import type { Io } from '../io.ts';
import { makeFolderSource } from '../ledger/folder-source.ts';
import { MirrorLedger } from './mirror-ledger.ts';
import { gatherMirrorEvidence } from './mirror-evidence.ts';
import { searchMirror } from './mirror-search.ts';
import { MirrorStore, requireMirror } from './mirror-store.ts';
import { loadMirrorWeb } from './mirror-web.ts';

/** Opens the mirror in a folder, relative to the working directory. Throws usage when there is none. */
export function openMirrorClient(io: Io, path: string): ApiClient {
  const folder = resolvePath(io.cwd, path);
  const state = requireMirror(folder);
  const isRemote = /^https?:\/\//.test(state.place);
  let opened: Promise<MirrorLedger> | undefined;
  const ledger = (): Promise<MirrorLedger> =>
    (opened ??= MirrorStore.open(folder).then((store) => new MirrorLedger(store)));

  return {
    server: isRemote ? new URL(state.place) : pathToFileURL(state.place),
    // Keys are pinned for the ledger that is mirrored, wherever the copy lies.
    source: { ...makeFolderSource(folder), place: state.place },
    mirror: async () => {
      const { store } = await ledger();
      const last = store.size === 0 ? undefined : await store.leaf(store.size - 1);
      return {
        place: state.place,
        checkedAt: new Date(state.checkedAt),
        size: store.size,
        lastRecordedAt: last?.recordedAt,
      };
    },
    async check(request) {
      const known = await ledger();
      const { closure: given, policy, evidence: wantsEvidence } = checkRequestSchema.parse(request);
      const closure = closureOf(given);
      const [{ reviews, sources }, graph] = await Promise.all([
        gatherMirrorEvidence(known, closure),
        loadMirrorWeb(known, policy.roots),
      ]);
      const trust = graph.view(policy.roots, policy['trust-costs']);
      const evidence = { reviews, sources, trust, organisationsOf: trust.organisationsOf.bind(trust) };
      const at = io.clock();
      return {
        report: resolve(closure, policy, evidence, at),
        ledger: { size: known.store.size },
        at: formatSeconds(at),
        ...(wantsEvidence && {
          evidence: {
            statements: [...reviews, ...sources].map(({ id }) => id),
            trust: trust.usedStatements().map(({ id }) => id),
          },
        }),
      };
    },
    async lookup(ids) {
      const known = await ledger();
      const asked = [...new Set(ids)];
      const found = await Promise.all(asked.map((id) => known.statement(id)));
      const statements = found.flatMap((one) => one ?? []).sort((a, b) => a.index - b.index);
      const authors = new Set<Identity>();
      for (const { envelope, author } of statements) if (envelope === 'openpgp') authors.add(author);
      const certificates = await Promise.all([...authors].map((author) => known.certificate(author)));
      return {
        statements: await Promise.all(statements.map((one) => known.stored(one))),
        missing: asked.filter((_, position) => found[position] === undefined),
        certificates: certificates.flatMap((one) => one ?? []),
      };
    },
    async statement(id): Promise<StoredStatement> {
      const known = await ledger();
      const found = await known.statement(id);
      if (found === undefined) throw new TrustError('not-found', `The mirror holds no statement ${id}.`);
      return known.stored(found);
    },
    statementsOf: async (query) => searchMirror(await ledger(), query),
    certificate: async (identity) => (await ledger()).certificate(identity),
    publishStatement: () => Promise.reject(readOnly()),
    publishCertificate: () => Promise.reject(readOnly()),
    // eslint-disable-next-line require-yield -- it never gets that far
    publishBatch: async function* () {
      await Promise.reject(readOnly());
    },
  };
}

type GivenClosure = ReturnType<typeof checkRequestSchema.parse>['closure'];

function closureOf(closure: GivenClosure): Closure {
  if (!('lockfile' in closure)) return closure;
  const { name, lockfile, siblings = {} } = closure;
  return readLockfile({
    name,
    text: lockfile,
    sibling: (other) => (Object.hasOwn(siblings, other) ? siblings[other] : undefined),
  });
}

function readOnly(): TrustError {
  return new TrustError('usage', 'A mirror is a copy: nothing can be published to it.', {
    help: 'Leave out --mirror (or TRUST_CHECK_MIRROR, or mirror: in trust-check.yaml) and name the ledger with --server.',
  });
}

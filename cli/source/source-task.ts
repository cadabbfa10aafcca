// The bookkeeping of compute.ts: which sources of a closure can be looked for at all, and putting what was computed back
// where it belongs.

import type { Input } from '../../core/closure/input.ts';
import type { DigestSet } from '../../core/digest/digest-set.ts';
import { parsePurl } from '../../core/digest/purl.ts';
import { TrustError } from '../../core/errors.ts';
import { isCheckable } from './check-source.ts';
import type { SourceProvider, WantedSource } from './provider.ts';
import { sourceProvider } from './providers.ts';

/** Why an artefact got no computed digests. Codes: source-mismatch, source-unavailable, archive-…, tree-…. */
export interface SourceFinding {
  /** Positions of the input and of its artefact. */
  readonly input: number;
  readonly artefact: number;
  readonly error: TrustError;
}

export interface ComputedSources {
  /** The same inputs in the same order; those whose sources were had carry `equivalents` on their artefacts. */
  readonly inputs: readonly Input[];
  readonly findings: readonly SourceFinding[];
  /** How many artefacts got digests, by where the bytes came from. */
  readonly computed: Readonly<Record<Origin, number>>;
}

export type Origin = 'cache' | 'local' | 'fetched';

export interface Task {
  readonly input: number;
  readonly artefact: number;
  readonly purl: string;
  readonly wanted: WantedSource;
  readonly provider: SourceProvider;
}

export type Outcome =
  { readonly digests: DigestSet; readonly origin: Origin } | { readonly error: TrustError };

/** One task for each artefact with a strong digest, of an input whose ecosystem has a provider. */
export function sourceTasks(inputs: readonly Input[]): readonly Task[] {
  return inputs.flatMap(tasksOf);
}

function tasksOf(input: Input, position: number): Task[] {
  const purl = parsePurl(input.purl);
  const provider = sourceProvider(purl.type);
  if (input.local === true || provider === undefined) return [];
  return input.artefacts.flatMap(({ digests }, artefact) => {
    const wanted = isCheckable(digests) ? provider.wanted(purl, digests) : undefined;
    return wanted === undefined ? [] : [{ input: position, artefact, purl: input.purl, wanted, provider }];
  });
}

/** The finding for a source that no place had. */
export function notFound({ name, version }: WantedSource): TrustError {
  return new TrustError('source-unavailable', `The source of ${name} ${version} is not on this machine`, {
    help: 'Use --fetch, or name a folder that holds its archive with --sources.',
  });
}

/** The inputs with what was computed on their artefacts, and a finding for everything else that was looked for. */
export function withEquivalents(
  inputs: readonly Input[],
  tasks: readonly Task[],
  outcomes: ReadonlyMap<Task, Outcome>,
): ComputedSources {
  const completed = inputs.map((input) => ({ ...input, artefacts: [...input.artefacts] }));
  const findings: SourceFinding[] = [];
  const computed = { cache: 0, local: 0, fetched: 0 };
  for (const task of tasks) {
    const outcome = outcomes.get(task) ?? { error: notFound(task.wanted) };
    const artefacts = completed[task.input]?.artefacts ?? [];
    const before = artefacts[task.artefact];
    if ('error' in outcome || before === undefined) {
      if ('error' in outcome)
        findings.push({ input: task.input, artefact: task.artefact, error: outcome.error });
      continue;
    }
    computed[outcome.origin]++;
    const equivalent = { digests: outcome.digests, origin: { kind: 'computed' as const } };
    artefacts[task.artefact] = { ...before, equivalents: [...(before.equivalents ?? []), equivalent] };
  }
  return { inputs: completed, findings, computed };
}

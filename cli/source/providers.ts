// The ecosystems whose sources the command line can get at. Adding one is a file like npm.ts and a line here.

import { cargoSources } from './cargo.ts';
import { goSources } from './go.ts';
import { npmSources } from './npm.ts';
import type { SourceProvider } from './provider.ts';

const all: readonly SourceProvider[] = [npmSources, cargoSources, goSources];
const byType = new Map(all.map((provider) => [provider.ecosystem, provider]));

/** The provider for a purl type, if there is one. */
export function sourceProvider(type: string): SourceProvider | undefined {
  return byType.get(type);
}

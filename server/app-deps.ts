// What the app and every router are functions of.

import type { HttpConfig } from './config.ts';
import type { DomainChecker } from './domain-proof/check-domain.ts';
import type { Logger } from './logger.ts';
import type { RateLimits } from './middleware/rate-limits.ts';
import type { ServiceState } from './service-state.ts';

export interface AppOptions {
  readonly config: HttpConfig;
  readonly log: Logger;
  /** The service behind the app, which may still be starting. */
  readonly state: ServiceState;
  readonly clock: () => Date;
  /** Looks at domains of organisations; over the system's DNS and the public internet when left out. */
  readonly checkDomain?: DomainChecker;
}

export interface AppDeps extends AppOptions {
  readonly limits: RateLimits;
}

// The Express app: middlewares in their order, a router for each resource.
//
// It neither listens, nor reads the environment, nor opens a database, so tests take it as it is. The service behind it
// may still be starting: routes that need it refuse with 503 until it is there.

import { join } from 'node:path';
import express, { type Express } from 'express';
import type { AppDeps, AppOptions } from './app-deps.ts';
import { errorHandler, notFound } from './middleware/errors.ts';
import { createRateLimits } from './middleware/rate-limits.ts';
import { requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { projectRoot } from './project-root.ts';
import { accountRouter } from './routes/account.ts';
import { batchesRouter } from './routes/batches.ts';
import { certificatesRouter } from './routes/certificates.ts';
import { checksRouter } from './routes/checks.ts';
import { healthRouter } from './routes/health.ts';
import { ledgerRouter } from './routes/ledger.ts';
import { openapiRouter } from './routes/openapi.ts';
import { receiptsRouter } from './routes/receipts.ts';
import { statementsRouter } from './routes/statements.ts';
import { tlogRouter } from './routes/tlog.ts';
import { trustSetRouter } from './routes/trust-set.ts';
import { assets } from './site/assets.ts';
import { setUpViews } from './site/page.ts';
import { siteRouter } from './site/site.ts';

/** The app. Its routes are those of the route table (openapi/routes.ts). */
export function createApp(options: AppOptions): Express {
  const { config, log } = options;
  const deps: AppDeps = { ...options, limits: createRateLimits(config.rateLimits) };
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');
  setUpViews(app);

  app.use(securityHeaders());
  app.use(requestLog(log));
  app.use(healthRouter(deps));
  // Before the static files, which look at the disk for every path.
  app.use(tlogRouter(deps));
  app.use(receiptsRouter(deps));
  app.use(assets());
  app.get('/icon.svg', (_request, response) => {
    response.sendFile(join(projectRoot, 'public', 'icon.svg'), { maxAge: '1h' });
  });
  app.use(statementsRouter(deps));
  app.use(certificatesRouter(deps));
  app.use(batchesRouter(deps));
  app.use(checksRouter(deps));
  app.use(trustSetRouter(deps));
  app.use(ledgerRouter(deps));
  app.use(accountRouter(deps));
  app.use(openapiRouter(deps));
  app.use(siteRouter(deps));
  app.use(notFound());
  app.use(errorHandler(log));
  return app;
}

// Response headers that bound what a page of ours may do: nothing but our own style sheets, images and scripts.
//
// The directives stand here by hand, because helmet's defaults allow inline styles and any https: source.

import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Security headers for every answer. No inline script or style anywhere, so no nonce, and pages can be cached. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
        'require-trusted-types-for': ["'script'"],
      },
    },
    // Whether other names of the domain speak TLS is not for this service to say.
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}

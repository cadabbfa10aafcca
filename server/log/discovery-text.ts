// The discovery document as it is served and written to files: the same bytes.

import type { Discovery } from '../../core/api/ledger.ts';

/** JSON, in the order of the fields as they are given. */
export function discoveryText(discovery: Discovery): string {
  return JSON.stringify(discovery);
}

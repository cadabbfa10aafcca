// Names of the domain's own schemas in the OpenAPI document. The schemas of core/api carry theirs themselves.

import { z } from 'zod';
import { artefactSchema, inputSchema } from '../../core/closure/input.ts';
import { exemptionSchema, policySchema } from '../../core/closure/policy.ts';
import { inputVerdictSchema, originSchema, reportSchema, verdictSchema } from '../../core/closure/verdict.ts';
import { digestSetSchema } from '../../core/digest/digest-set.ts';
import { statementSchema } from '../../core/statement/statement.ts';

const names: readonly (readonly [z.ZodType, string])[] = [
  [statementSchema, 'Statement'],
  [digestSetSchema, 'DigestSet'],
  [inputSchema, 'Input'],
  [artefactSchema, 'Artefact'],
  [policySchema, 'Policy'],
  [exemptionSchema, 'Exemption'],
  [reportSchema, 'Report'],
  [inputVerdictSchema, 'InputVerdict'],
  [verdictSchema, 'Verdict'],
  [originSchema, 'Origin'],
];

/** Gives the schemas their names, once. */
export function nameSchemas(): void {
  for (const [schema, id] of names) {
    if (!z.globalRegistry.has(schema)) z.globalRegistry.add(schema, { id });
  }
}

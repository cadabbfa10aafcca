// The OpenAPI 3.1 document, built from the route table and the zod schemas that also validate.
//
// Schemas with an id become components. Everything is described as it stands on the wire, which for zod is the input
// side: what a transform makes of it afterwards is nobody else's business.

import { z } from 'zod';
import { problemSchema } from '../../core/api/problem.ts';
import { errorCodes, type ErrorCode } from '../../core/errors.ts';
import { statusOfCode } from '../problems.ts';
import { version } from '../project-root.ts';
import { nameSchemas } from './names.ts';
import { commonProblems, type Answer, type Content, type Route } from './route.ts';
import { routes } from './routes.ts';

type Json = Record<string, unknown>;

/** The OpenAPI document of the service, as plain JSON. The order is fixed, so that it can be compared. */
export function buildDocument(): Json {
  nameSchemas();
  const components = new Map<string, unknown>();
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, components) };
  }
  schemaOf(problemSchema, components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'trust-ledger',
      version,
      summary: 'Signed source reviews in a public ledger, and a verdict for every input of a build.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token (trl_…), made on /account/tokens for certain scopes.',
        },
      },
    },
  };
}

function operation(route: Route, components: Map<string, unknown>): Json {
  const inPath = Object.entries(route.params ?? {}).map(([name, { schema, description }]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: schemaOf(schema, components),
  }));
  const inQuery = Object.entries(route.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !z.safeParse(schema, undefined).success,
    schema: schemaOf(schema as z.ZodType, components),
  }));
  const parameters = [...inPath, ...inQuery];
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    ...(route.token !== undefined && {
      // OpenAPI 3.1 lets a bearer scheme name the roles that it needs. An empty requirement means that it goes without.
      security: [...(route.token.isNeeded ? [] : [{}]), { token: [route.token.scope] }],
    }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== undefined && {
      requestBody: {
        required: true,
        description: `${route.body.description}${route.body.maxBytes === undefined ? '' : ` At most ${route.body.maxBytes} bytes.`}`,
        content: contentOf(route.body.content, components),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [status, responseOf(answer, components)]),
      ),
      ...problemResponses(route),
    },
  };
}

function responseOf(answer: Answer, components: Map<string, unknown>): Json {
  return { description: answer.description, content: contentOf(answer.content, components) };
}

/** One response a status, naming the codes that come with it. */
function problemResponses(route: Route): Json {
  const codes: readonly ErrorCode[] = [...route.problems, ...commonProblems];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorCodes.filter((known) => codes.includes(known))) {
    const status = statusOfCode[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, among]) => [
        String(status),
        {
          description: `Codes: ${among.join(', ')}.`,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  );
}

function contentOf(content: Readonly<Record<string, Content>>, components: Map<string, unknown>): Json {
  return Object.fromEntries(
    Object.entries(content).map(([type, form]) => [
      type,
      form === 'text'
        ? { schema: { type: 'string' } }
        : form === 'binary'
          ? {}
          : { schema: schemaOf(form, components) },
    ]),
  );
}

/** JSON Schema of a zod schema; schemas with an id go to the components and are referred to. */
function schemaOf(schema: z.ZodType, components: Map<string, unknown>): unknown {
  const { $defs, ...root } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A preprocessed value is described by the schema behind the preprocessing.
      const def = zodSchema._zod.def;
      if (def.type === 'pipe' && 'in' in def && 'out' in def && isTransform(def.in) && isSchema(def.out)) {
        Object.assign(jsonSchema, z.toJSONSchema(def.out, { io: 'input', unrepresentable: 'any' }));
      }
    },
  });
  for (const [id, definition] of Object.entries($defs ?? {})) components.set(id, rewrite(definition));
  const id = schema.meta()?.id;
  if (id === undefined) return rewrite(root);
  // With an id of its own the root is a mere reference to its definition, which is among the others by now.
  if (!components.has(id)) components.set(id, rewrite(root));
  return { $ref: `#/components/schemas/${id}` };
}

function isSchema(value: unknown): value is z.core.$ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function isTransform(value: unknown): boolean {
  return isSchema(value) && value._zod.def.type === 'transform';
}

/** Points references at the components, and leaves out ids and dialects, which OpenAPI reads as addresses. */
function rewrite(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rewrite);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
      if ((key === 'id' || key === '$schema') && typeof value === 'string') return [];
      if (key === '$ref' && typeof value === 'string') {
        return [[key, value.replace('#/$defs/', '#/components/schemas/')]];
      }
      return [[key, rewrite(value)]];
    }),
  );
}

import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { Problem } from '../../schemas/api.ts';
import { BASE, type Route } from './surface.ts';

/** OpenAPI 3.1 of these routes, from the schemas by which they read. */
export function describe(routes: readonly Route[]): object {
  const api = new OpenAPIHono();
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  const refused = api.openAPIRegistry.register('Problem', Problem);
  for (const { spec } of routes) {
    const body = spec.body
      ? { content: { 'application/json': { schema: spec.body } }, required: true }
      : spec.bytes && { content: { 'application/octet-stream': { schema: z.string() } }, required: true };
    api.openAPIRegistry.registerPath(
      createRoute({
        method: spec.method,
        path: `${BASE}${spec.path}`,
        operationId: spec.id,
        summary: spec.summary,
        ...(Array.isArray(spec.who) && { security: [{ token: [] }] }),
        request: {
          ...(spec.params && { params: spec.params }),
          ...(spec.query && { query: spec.query }),
          ...(body && { body }),
          ...(spec.method === 'post' &&
            Array.isArray(spec.who) && { headers: z.object({ 'idempotency-key': z.string().max(255).optional() }) }),
        },
        responses: {
          ...Object.fromEntries(
            Object.entries(spec.answers).map(([status, { description, schema }]) => [
              status,
              { description, ...(schema && { content: { 'application/json': { schema } } }) },
            ]),
          ),
          default: {
            description: 'Refused: problem details (RFC 9457)',
            content: { 'application/problem+json': { schema: refused } },
          },
        },
      }),
    );
  }
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Onetrack', version: '1', description: 'Administrative dossiers from submission to signed result.' },
  });
}

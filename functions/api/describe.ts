import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { Actor } from '../../schemas/actor.ts';
import { Problem } from '../../schemas/api.ts';
import { BASE, type Route } from './surface.ts';

/** A type of event that subscribers are told of, and the CloudEvent that does it. */
export interface Told {
  type: string;
  schema: z.ZodObject;
}

const StandardWebhookHeaders = z.object({
  'webhook-id': z.string().describe('The same at each attempt: what has been seen can be dropped'),
  'webhook-timestamp': z.string().describe('Of the attempt, seconds since the epoch'),
  'webhook-signature': z
    .string()
    .describe('`v1,` (HMAC) or `v1a,` (ed25519) and base64; several while a secret is rotated'),
});

/** OpenAPI 3.1 of these routes and of what subscribers are told, from the schemas by which they read. */
export function describe(routes: readonly Route[], toldBy: (actor: z.ZodType) => readonly Told[]): object {
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
      : spec.bytes && {
          content: Object.fromEntries(spec.bytes.map((type) => [type, { schema: z.string() }])),
          required: true,
        };
    api.openAPIRegistry.registerPath(
      createRoute({
        method: spec.method,
        path: `${BASE}${spec.path}`,
        operationId: spec.id,
        summary: spec.summary,
        ...(Array.isArray(spec.who) && { security: [{ token: spec.scope ? [spec.scope] : [] }] }),
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
  for (const { type, schema } of toldBy(api.openAPIRegistry.register('Actor', Actor)))
    api.openAPIRegistry.registerWebhook({
      method: 'post',
      path: type,
      summary: `${type}, to who has subscribed; signed by Standard Webhooks`,
      request: {
        headers: StandardWebhookHeaders,
        body: { content: { 'application/cloudevents+json': { schema } }, required: true },
      },
      responses: {
        '2XX': { description: 'Taken; everything else is tried again, for about three days' },
        410: { description: 'Given up at once: nobody is there any more' },
      },
    });
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Onetrack', version: '1', description: 'Administrative dossiers from submission to signed result.' },
  });
}

import fc from 'fast-check';
import { openApiDocument } from '../../../functions/api/openapi.ts';
import { ApiHouse, PDF } from '../../builders/api-house.ts';

/** `ONETRACK_FUZZ=1000` is the long run. */
const BODIES = Number(process.env['ONETRACK_FUZZ'] ?? 60);

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  anyOf?: Schema[];
  pattern?: string;
  format?: string;
  additionalProperties?: unknown;
}
interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, { schema: Schema }> };
}
const document = openApiDocument() as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);

const anything = fc.jsonValue({ maxDepth: 4 });
const nasty = fc.constantFrom(
  '',
  ' ',
  '../..',
  "'; DROP TABLE event; --",
  '\0',
  '__proto__',
  '\u202e',
  'a'.repeat(3000),
);

/** What a schema describes: mostly right, so that the body gets past the edge and deeper in. */
function described(schema: Schema | undefined): fc.Arbitrary<unknown> {
  if (!schema) return anything;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(described));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return schema.properties
        ? fc.record(
            Object.fromEntries(Object.entries(schema.properties).map(([name, child]) => [name, described(child)])),
            { requiredKeys: schema.required ?? [] },
          )
        : fc.dictionary(fc.string({ maxLength: 12 }), anything, { maxKeys: 4 });
    case 'array':
      return fc.array(described(schema.items), { maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 2 ** 53, 0.5));
    case 'boolean':
      return fc.boolean();
    case 'string':
      return schema.pattern !== undefined && !/[?]<|\\p|\(\?/.test(schema.pattern)
        ? fc.stringMatching(new RegExp(schema.pattern))
        : schema.format === 'date-time'
          ? fc.constant('2026-11-16T05:00:00.000Z')
          : fc.string({ maxLength: 40 });
    default:
      return anything;
  }
}

/** A body with one place made wrong, or none. */
function bodyFor(schema: Schema | undefined): fc.Arbitrary<string> {
  const near = fc
    .tuple(described(schema), fc.oneof(anything, nasty), fc.nat(), fc.boolean())
    .map(([body, junk, at, spoil]) => {
      if (!spoil || typeof body !== 'object' || body === null) return JSON.stringify(body);
      const names = Object.keys(body);
      const name = names[at % Math.max(1, names.length)] ?? 'more';
      return JSON.stringify({ ...body, [name]: junk });
    });
  return fc.oneof(
    { weight: 6, arbitrary: near },
    { weight: 2, arbitrary: anything.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ maxLength: 200, unit: 'binary' }) },
  );
}

let house: ApiHouse;
let dossier: string;
let tokens: string[];

beforeAll(async () => {
  house = await ApiHouse.open();
  const applicant = await house.applicant();
  dossier = await house.submitted(applicant);
  tokens = [applicant, await house.official('thu-lam-reception', 'reception'), await house.admin()];
});
afterAll(() => house.close());

function addressOf(path: string): fc.Arbitrary<string> {
  const real = path
    .replace('/v1', '')
    .replace('/uploads/{id}', `/uploads/u${'0'.repeat(26)}`)
    .replace('/subscriptions/{id}', `/subscriptions/s${'0'.repeat(26)}`)
    .replace('/tasks/{id}', `/tasks/${dossier}.receive.1`)
    .replace('/procedures/{id}', '/procedures/library-card')
    .replace(/\/(units|officials|systems)\/\{id\}/, '/$1/thu-lam')
    .replace('{token}', 't'.repeat(43))
    .replace('{version}', '1.0.0')
    .replace('{codeOrReference}', 'NOTHING')
    .replace('{doc}', 'a'.repeat(64))
    .replace('{id}', dossier);
  const strange = fc
    .oneof(fc.string({ maxLength: 30 }), nasty)
    .map((text) => path.replace('/v1', '').replaceAll(/\{\w+\}/g, encodeURIComponent(text) || '%20'));
  const query = fc.dictionary(fc.constantFrom('limit', 'after', 'order', 'status', 'code', 'x'), fc.string(), {
    maxKeys: 2,
  });
  return fc
    .tuple(fc.oneof({ weight: 4, arbitrary: fc.constant(real) }, { weight: 1, arbitrary: strange }), query)
    .map(([at, parameters]) => {
      const text = new URLSearchParams(parameters).toString();
      return text === '' ? at : `${at}?${text}`;
    });
}

describe('whatever is sent', () => {
  it.each(operations.map((operation) => [operation.operationId, operation] as const))(
    '%s answers it, and stores nothing of what it refuses',
    async (_, { path, method, requestBody }) => {
      const schema = requestBody?.content['application/json']?.schema;
      let before = await house.stored();
      const request = fc.record({
        at: addressOf(path),
        body: bodyFor(schema),
        token: fc.constantFrom(undefined, ...tokens),
        key: fc.option(
          fc.string({ maxLength: 20 }).filter((key) => /^[\x20-\x7e]*$/.test(key)),
          { nil: undefined },
        ),
        signed: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ at, body, token, key, signed }) => {
          const sent = method === 'GET' ? {} : { body };
          const answer =
            path.startsWith('/v1/webhooks') && signed
              ? await house.webhook(at, withSystem(body))
              : await house.send(method, at, { token, ...sent, ...(key !== undefined && { key }) });
          expect(answer.status).toBeLessThan(500);
          const after = await house.stored();
          if (answer.status >= 400) {
            expect(answer.headers.get('content-type')).toBe('application/problem+json');
            expect(answer.body).toMatchObject({ status: answer.status });
            expect(after).toBe(before);
          }
          before = after;
        }),
        { numRuns: BODIES, endOnFailure: true },
      );
    },
    20_000 + BODIES * 200,
  );

  it('logs no defect', () => {
    expect(house.logged.filter(({ level }) => level !== 'warn')).toEqual([]);
  });

  it('keeps no bytes that nobody announced', async () => {
    const response = await house.app.request(`/v1/uploads/u${'1'.repeat(26)}?expires=9&signature=x`, {
      method: 'PUT',
      body: PDF,
    });
    expect(response.status).toBe(403);
  });
});

/** The body as a known system would send it, so that it gets past the signature. */
function withSystem(body: string): string {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? JSON.stringify({ ...value, system: 'ward-system' })
      : body;
  } catch {
    return body;
  }
}

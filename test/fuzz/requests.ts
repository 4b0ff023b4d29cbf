import fc from 'fast-check';
import { ACCESS, type Kind, type Operation, OPERATIONS, type Schema, SCOPES } from '../builders/access-table.ts';

/** Who sends a request, or as whom somebody pretends to. */
export const PARTIES = [
  'nobody',
  'forged',
  'expired',
  'unsigned',
  'login',
  'applicant',
  'another-applicant',
  'reception',
  'case-officer',
  'another-unit',
  'admin',
  'system',
  'system-without-scope',
] as const;
export type Party = (typeof PARTIES)[number];

export const KIND_OF_PARTY = {
  nobody: 'anyone',
  forged: 'anyone',
  expired: 'anyone',
  unsigned: 'anyone',
  login: 'anyone',
  applicant: 'applicant',
  'another-applicant': 'applicant',
  reception: 'official',
  'case-officer': 'official',
  'another-unit': 'official',
  admin: 'admin',
  system: 'system',
  'system-without-scope': 'anyone',
} as const satisfies Record<Party, Kind>;

/** What stands in the place of a parameter: what is there, what is another's, or something strange. */
type Place = 'own' | 'others' | { strange: string };

export interface FuzzRequest {
  operation: Operation;
  party: Party;
  place: Place;
  query: Readonly<Record<string, string>>;
  body: { type: string; text: string } | undefined;
  key: string | undefined;
  /** With a true signature, where a signature stands for a token. */
  proven: boolean;
}

const anything = fc.jsonValue({ maxDepth: 4 });
export const nasty = fc.constantFrom(
  '',
  ' ',
  '../..',
  '..%2f..%2fetc%2fpasswd',
  "'; DROP TABLE event; --",
  '\0',
  '__proto__',
  'constructor',
  '\u202e',
  'e\u0301',
  '\ud800',
  '=1+1',
  '${jndi:ldap://127.0.0.1/a}',
  '<script>alert(1)</script>',
  'http://169.254.169.254/latest/meta-data/',
  'a'.repeat(3000),
);
const nastyNumber = fc.constantFrom(0, -0, 1, -1, 2 ** 53, -(2 ** 53), 0.5, 1e308, 1e-308);

/** What a schema describes: mostly right, so that the body gets past the edge and deeper in. */
export function described(schema: Schema | undefined): fc.Arbitrary<unknown> {
  if (!schema) return anything;
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return fc.oneof(...either.map(described));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return schema.properties
        ? members(schema.properties, schema.required ?? [])
        : fc.dictionary(fc.string({ maxLength: 12 }), anything, { maxKeys: 4 });
    case 'array':
      return fc.array(described(schema.items), { minLength: Math.min(schema.minItems ?? 0, 3), maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer(between(schema)), fc.integer(), nastyNumber);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return text(schema);
    default:
      return anything;
  }
}

function between({ minimum = 0, maximum = minimum + 50 }: Schema): { min: number; max: number } {
  return { min: minimum, max: Math.max(minimum, Math.min(maximum, 2 ** 31 - 1)) };
}

/** Half of the time only what is required: else one of many optional fields is wrong nearly always. */
function members(properties: Readonly<Record<string, Schema>>, required: readonly string[]): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => [name, field(name, schema)] as const);
  const needed = fields.filter(([name]) => required.includes(name));
  return fc.oneof(
    fc.record(Object.fromEntries(needed)),
    fc.record(Object.fromEntries(fields), { requiredKeys: [...required] }),
  );
}

/** Filled in when it is sent, with a form that holds. */
const FORM_THERE = '@form';
/** What is there under the name of a field, so that a reference can hold; `@` is filled in when it is sent. */
const HINTS: Readonly<Record<string, readonly unknown[]>> = {
  id: ['@id'],
  procedure: ['library-card'],
  unit: ['thu-lam', 'dong-anh', 'canh-sat-pccc'],
  receivingUnit: ['thu-lam'],
  returnUnit: ['thu-lam', 'dong-anh'],
  from: ['thu-lam', 'dong-anh'],
  to: ['thu-lam-reception', 'thu-lam-officer-1', 'dong-anh-reception'],
  official: ['thu-lam-reception', 'thu-lam-officer-1', 'thu-lam-officer-2'],
  role: ['reception', 'case-officer', 'chairperson', 'admin'],
  calendar: ['vn'],
  level: ['commune'],
  codeScheme: ['vn-one-stop'],
  subject: ['thu-lam-reception', 'mai'],
  task: ['@task', '@othersTask'],
  tasks: [['@task'], ['@task', '@othersTask', '@task']],
  upload: ['@upload', '@othersUpload'],
  about: ['@dossier', '@othersDossier'],
  component: ['portrait'],
  outcome: ['accepted', 'incomplete', 'refused', 'valid'],
  missing: [['portrait']],
  stage: ['receive', 'verify', 'complete'],
  // Nobody listens there: names would be asked of a resolver outside.
  url: ['http://127.0.0.1:9/hook', 'http://[::1]:9/', 'https://169.254.169.254/', 'https://127.0.0.1:9/'],
  units: [['thu-lam'], ['thu-lam', 'dong-anh']],
  system: ['ward-system'],
  version: ['1.0.0'],
  reason: ['vì lý do', '{{form.name}}', '<b>'],
  mediaType: ['application/pdf', 'image/png'],
  form: [FORM_THERE],
  sha256: ['@sha256'],
  score: [1, 5],
  moves: [[{ from: 'dong-anh', to: ['thu-lam'] }]],
  documents: [[{ component: 'portrait', upload: '@upload' }], []],
  within: [{ workingDays: 3 }],
  announced: [{ at: '2026-11-16T05:00:00.000Z', where: 'báo' }],
  hours: [1, 24],
  size: [1, 32, 5_000_000],
  fileName: ['a.pdf', '../a.pdf', 'ảnh.png'],
  secrets: [['whsec_c2VjcmV0IG9mIGEgc3lzdGVtIGluIGEgdGVzdA==']],
  may: [['decide', 'pay']],
  parent: [null],
  area: [[]],
  symbol: ['TL'],
  place: ['Thư Lâm'],
  question: ['Ý kiến?'],
  holder: [{ unit: 'thu-lam', role: 'reception' }],
  for: [{ unit: 'thu-lam', role: 'case-officer' }],
  effectiveFrom: ['2026-12-01T00:00:00.000Z'],
};

function text({ pattern, format, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'date-time')
    return fc.constantFrom('2026-11-16T05:00:00.000Z', '1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z');
  if (format === 'date') return fc.constantFrom('2026-11-16', '2026-12-01', '0001-01-01', '2024-02-29');
  if (format === 'email') return fc.constantFrom('mai@example.com', 'mai@localhost', '"a b"@example.com');
  if (pattern === undefined || /[?]<|\\p|\(\?|\\[1-9]/.test(pattern))
    return fc.string({ minLength, maxLength: Math.min(maxLength, 40) });
  return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, maxLength));
}

/** A field: mostly what its schema says, or what the house knows under its name. */
function field(name: string, schema: Schema): fc.Arbitrary<unknown> {
  const known = (HINTS[name] ?? []).filter((hint) => fits(hint, schema));
  return known.length === 0
    ? described(schema)
    : fc.oneof({ weight: 1, arbitrary: described(schema) }, { weight: 3, arbitrary: fc.constantFrom(...known) });
}

function fits(hint: unknown, { type, pattern, format }: Schema): boolean {
  const types = Array.isArray(type) ? type : [type];
  if (hint === FORM_THERE) return types.includes('object');
  if (hint === null) return types.includes('null');
  if (Array.isArray(hint)) return types.includes('array');
  if (typeof hint === 'number') return types.includes('integer');
  if (typeof hint !== 'string') return types.includes('object');
  if (!types.includes('string') || (format !== undefined && format !== 'uri')) return false;
  return hint.startsWith('@') || pattern === undefined || new RegExp(pattern, 'u').test(hint);
}

/** A body with one place made wrong, or none. */
function near(schema: Schema | undefined): fc.Arbitrary<string> {
  return fc
    .tuple(described(schema), fc.oneof(anything, nasty), fc.nat(), fc.boolean())
    .map(([body, junk, at, spoil]) => {
      if (!spoil || typeof body !== 'object' || body === null) return JSON.stringify(body);
      const names = Object.keys(body);
      const name = names[at % Math.max(1, names.length)] ?? 'more';
      return JSON.stringify({ ...body, [name]: junk });
    });
}

const deep = fc
  .constantFrom(5, 31, 33, 5000)
  .map((levels) => `{"form":${'['.repeat(levels)}${']'.repeat(levels)},"__proto__":{"admin":true}}`);
const bytes = fc.string({ maxLength: 200, unit: 'binary' });
const fields = fc
  .dictionary(fc.constantFrom('outcome', 'comment', 'x'), fc.oneof(fc.string(), nasty), { maxKeys: 3 })
  .map((values) =>
    new URLSearchParams(
      Object.entries(values).map(([name, value]): [string, string] => [name, value.toWellFormed()]),
    ).toString(),
  );

function bodyOf({ requestBody }: Operation): fc.Arbitrary<FuzzRequest['body']> {
  const content = Object.entries(requestBody?.content ?? {});
  if (content.length === 0) return fc.constant(undefined);
  const each = content.map(([type, { schema }]) => {
    const fitting = type === 'application/json' ? near(schema) : type.includes('form') ? fields : bytes;
    const written = fc.oneof(
      { weight: 12, arbitrary: fitting },
      { weight: 3, arbitrary: anything.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: bytes },
      { weight: 1, arbitrary: deep },
    );
    return fc.record({
      type: fc.oneof(
        { weight: 20, arbitrary: fc.constant(type) },
        { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/xml', 'multipart/form-data; boundary=x') },
      ),
      text: written,
    });
  });
  return fc.option(fc.oneof(...each), { nil: undefined, freq: 20 });
}

function queryOf({ parameters = [] }: Operation): fc.Arbitrary<Record<string, string>> {
  const asked = parameters.filter((parameter) => parameter.in === 'query');
  const good = fc
    .tuple(
      ...asked.map(({ name, schema }) => fc.option(described(schema).map((value) => [name, String(value)] as const))),
    )
    .map((chosen) => Object.fromEntries(chosen.filter((each) => each !== null)));
  const strange = fc.dictionary(
    fc.constantFrom('limit', 'after', 'order', 'x', ...asked.map(({ name }) => name)),
    fc.oneof(fc.string(), nasty),
    { maxKeys: 2 },
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<Record<string, string>>({}) },
    { weight: 3, arbitrary: good },
    { weight: 1, arbitrary: strange },
  );
}

const place: fc.Arbitrary<Place> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('own' as const) },
  { weight: 2, arbitrary: fc.constant('others' as const) },
  { weight: 1, arbitrary: fc.oneof(fc.string({ maxLength: 30 }), nasty).map((strange) => ({ strange })) },
);

/** Those whom the table names. */
function partiesOf({ operationId }: Operation): readonly Party[] {
  const allowed: readonly Kind[] = [
    ...(ACCESS[operationId] ?? []),
    ...(operationId in SCOPES ? ['system' as const] : []),
  ];
  const named = PARTIES.filter((party) => allowed.includes(KIND_OF_PARTY[party]));
  return named.length === 0 ? PARTIES : named;
}

/** A request to this route. */
function requestTo(operation: Operation): fc.Arbitrary<FuzzRequest> {
  return fc.record({
    operation: fc.constant(operation),
    party: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...partiesOf(operation)) },
      { weight: 1, arbitrary: fc.constantFrom(...PARTIES) },
    ),
    place,
    query: queryOf(operation),
    body: bodyOf(operation),
    key: fc.option(
      fc.string({ maxLength: 20 }).filter((key) => /^[\x20-\x7e]*$/.test(key)),
      { nil: undefined, freq: 2 },
    ),
    proven: fc.boolean(),
  });
}

const byOperation = OPERATIONS.map(requestTo);

/** The requests of one seed, in the same order each time; every route as often as every other. */
export function* requestsOf(seed: number, count: number): Generator<FuzzRequest> {
  for (let from = 0; from < count; from += byOperation.length) {
    const round = byOperation.map((each, index) =>
      fc.sample(each, { seed: seed * 1_000_003 + from + index, numRuns: 1 }),
    );
    const order = fc.sample(fc.shuffledSubarray(round, { minLength: round.length }), { seed: seed + from, numRuns: 1 });
    yield* (order[0] ?? []).flat().slice(0, count - from);
  }
}

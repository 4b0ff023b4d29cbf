import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { MOST_ITEMS, MOST_LETTERS } from '../../schemas/form-limits.ts';
import { pointerSteps } from '../../schemas/json-pointer.ts';
import { SensitiveKind } from '../../schemas/procedure/sensitive.ts';
import { referenceProblems } from './form-references.ts';
import { isSlow } from './pattern-cost.ts';

/** What a form may say beyond JSON Schema: where a field is filled from, and who may see it. */
const FORM_KEYWORDS = ['x-from', 'x-sensitive', 'x-label', 'x-labels', 'x-order', 'x-widget', 'x-help'];

const ajv = newAjv();

function newAjv(): Ajv2020 {
  const instance = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
    addUsedSchema: false,
  });
  formats.default(instance);
  for (const keyword of FORM_KEYWORDS)
    instance.addKeyword({ keyword, schemaType: ['string', 'number', 'object', 'array', 'boolean'] });
  return instance;
}

/** What is wrong with a JSON Schema (draft 2020-12), each with the way to it. Unknown keywords and formats are wrong: they are misspellings. */
export function formSchemaProblems(schema: Readonly<Record<string, unknown>>): { path: string[]; message: string }[] {
  if (schema['$schema'] !== undefined && schema['$schema'] !== 'https://json-schema.org/draft/2020-12/schema') {
    return [{ path: ['$schema'], message: 'expected draft 2020-12' }];
  }
  if (ajv.validateSchema(schema) !== true) {
    const seen = new Map<string, string>();
    for (const error of ajv.errors ?? []) {
      if (!seen.has(error.instancePath)) seen.set(error.instancePath, error.message ?? 'is not valid');
    }
    return [...seen].map(([pointer, message]) => ({ path: pointerSteps(pointer), message }));
  }
  const references = referenceProblems(schema);
  if (references.length > 0) return references;
  try {
    ajv.compile(schema);
    return [...markProblems(schema, []), ...boundProblems(schema, [])];
  } catch (error) {
    return [{ path: [], message: error instanceof Error ? error.message : 'cannot be compiled' }];
  }
}

/** Below these a value has no name by which it could be left out. */
const NAMELESS = new Set(['patternProperties', 'additionalProperties', 'unevaluatedProperties', 'contains', 'not']);
/** Whose keys are names, not keywords. */
const NAMES = new Set(['properties', '$defs', 'dependentSchemas']);

/** Marks that say no known kind, or stand where nothing would come of them. */
function markProblems(schema: object, path: string[]): { path: string[]; message: string }[] {
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    const at = [...path, key];
    if (key === 'x-sensitive' && !NAMES.has(path.at(-1) ?? '')) return markProblem(value, at);
    return typeof value === 'object' && value !== null ? markProblems(value, at) : [];
  });
}

const LIMITS = new Map([
  ['minLength', MOST_LETTERS],
  ['maxLength', MOST_LETTERS],
  ['minItems', MOST_ITEMS],
  ['maxItems', MOST_ITEMS],
]);

/** Patterns by which whoever fills in the form could let the process stand still, and limits beyond what any form takes. */
function boundProblems(schema: object, path: string[]): { path: string[]; message: string }[] {
  const isNames = NAMES.has(path.at(-1) ?? '');
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    const at = [...path, key];
    const pattern = path.at(-1) === 'patternProperties' ? key : key === 'pattern' && !isNames ? value : undefined;
    const most = isNames ? Infinity : (LIMITS.get(key) ?? Infinity);
    const slow = typeof pattern === 'string' && isSlow(pattern) ? [{ path: at, message: SLOW }] : [];
    if (typeof value === 'number' && value > most)
      return [{ path: at, message: `expected at most ${most}: what is longer is a document` }];
    return [...slow, ...(typeof value === 'object' && value !== null ? boundProblems(value, at) : [])];
  });
}

const SLOW =
  'a text could be matched in too many ways: repeat nothing that repeats or offers a choice itself, and at most one part without a limit if it may begin anywhere, else two';

function markProblem(value: unknown, path: string[]): { path: string[]; message: string }[] {
  if (!SensitiveKind.safeParse(value).success)
    return [{ path, message: `expected one of ${SensitiveKind.options.join(', ')}` }];
  const nameless = path.find((step, index) => NAMELESS.has(step) && !NAMES.has(path[index - 1] ?? ''));
  return nameless === undefined
    ? []
    : [{ path, message: `nothing can be left out below ${nameless}: mark a named field, or the whole` }];
}

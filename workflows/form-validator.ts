import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { canonical } from '../domain/chain.ts';
import { RecordsDisagree } from '../domain/failures.ts';
import { isBlank } from '../domain/written-text.ts';
import { fitsPattern } from '../domain/fits-pattern.ts';
import { FORMAT_NAMES, kindName } from '../schemas/expected.ts';
import { MOST_ITEMS, MOST_LETTERS } from '../schemas/form-limits.ts';
import { lackedOf } from '../schemas/typeface.ts';
import { pointerStep } from '../schemas/json-pointer.ts';
import type { Definition } from '../schemas/procedure/definition.ts';
import type { FormRef } from '../schemas/procedure/values.ts';
import type { FieldError } from '../schemas/refusals.ts';

// ajv-formats is CommonJS: its default export arrives wrapped.
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;
/** More than a person corrects at one sitting. */
const MAX_ERRORS = 50;

/** ajv tells patterns apart by their text. */
const boundedPattern = Object.assign(
  (source: string, flags: string) => {
    const pattern = new RegExp(source, flags);
    return {
      test: (text: string) => fitsPattern(pattern, text),
      toString: () => String(pattern),
    };
  },
  { code: 'new RegExp' },
);

/**
 * Checks what was filled in against a form (JSON Schema 2020-12) of the definition; every fault is named by its RFC 6901 pointer. Schemas are compiled once. `taken`: what was taken on
 * before, of which nobody here can write less.
 */
export function createFormValidator(
  definition: Definition,
): (form: FormRef, value: unknown, taken?: unknown) => FieldError[] {
  // That a form is a valid schema was judged when the procedure was read: doing it again costs twenty times what compiling it does.
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false, code: { regExp: boundedPattern } });
  addFormats(ajv);
  // The package compares each item with each other: over the items that a body can hold, minutes.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    validate: (wanted: boolean, items: unknown[]) =>
      !wanted || new Set(items.map((each) => canonical(each))).size === items.length,
  });
  const validators = new Map<FormRef, ValidateFunction>();
  return (form, value, taken) => {
    let validate = validators.get(form);
    if (!validate) {
      const schema = typeof form === 'string' ? definition.forms[form] : form;
      if (!schema)
        throw new RecordsDisagree(
          `procedure ${definition.procedure.procedure}: form ${JSON.stringify(form)} is missing`,
        );
      validate = ajv.compile(schema);
      validators.set(form, validate);
    }
    const long = tooLong(value, taken);
    if (long.length > 0) return long.slice(0, MAX_ERRORS);
    const faults = validate(withoutBlanks(value)) ? [] : (validate.errors ?? []).slice(0, MAX_ERRORS).map(fieldError);
    return [...faults, ...undrawable(value)].slice(0, MAX_ERRORS);
  };
}

/** What is as long as a document, and longer than what was taken on in its place. */
function tooLong(value: unknown, taken: unknown, at = ''): FieldError[] {
  const most = (limit: number): number =>
    Math.max(limit, typeof taken === 'string' || Array.isArray(taken) ? taken.length : 0);
  if (typeof value === 'string')
    return value.length > most(MOST_LETTERS) ? [{ at, expected: `at most ${MOST_LETTERS} characters` }] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && value.length > most(MOST_ITEMS)) return [{ at, expected: `at most ${MOST_ITEMS} items` }];
  const before: Readonly<Record<string, unknown>> = typeof taken === 'object' && taken !== null ? { ...taken } : {};
  return Object.entries(value).flatMap(([name, part]) => tooLong(part, before[name], `${at}/${pointerStep(name)}`));
}

/** Papers are drawn from what is filled in: a letter that they cannot show is told to who can still write it otherwise, not to who signs. */
function undrawable(value: unknown, at = ''): FieldError[] {
  if (typeof value === 'string') {
    const lacked = lackedOf(value);
    return lacked === undefined ? [] : [{ at, expected: 'letters that a paper can show', found: lacked }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => undrawable(part, `${at}/${pointerStep(name)}`));
}

/** A text of which nothing can be seen is judged as an empty one. */
function withoutBlanks(value: unknown): unknown {
  if (typeof value === 'string') return isBlank(value) ? '' : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutBlanks);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutBlanks(part)]));
}

function fieldError(error: ErrorObject): FieldError {
  const { keyword, params, instancePath } = error;
  const at = keyword === 'required' ? `${instancePath}/${String(params['missingProperty'])}` : instancePath;
  return { at, expected: EXPECTED[keyword]?.(params) ?? error.message ?? keyword };
}

type Params = Readonly<Record<string, unknown>>;

/** What each keyword of JSON Schema wants, in words. */
const EXPECTED: Readonly<Record<string, (params: Params) => string>> = {
  required: () => 'an answer',
  dependentRequired: ({ missingProperty, property }) =>
    `an answer to ${String(missingProperty)} where ${String(property)} is answered`,
  type: ({ type }) => [type].flat().map(String).map(kindName).join(', or '),
  enum: ({ allowedValues }) => `one of ${JSON.stringify(allowedValues)}`,
  const: ({ allowedValue }) => JSON.stringify(allowedValue),
  format: ({ format }) => FORMAT_NAMES[String(format)] ?? `a ${String(format)}`,
  pattern: ({ pattern }) => `a text of the form ${String(pattern)}`,
  minLength: ({ limit }) => `at least ${String(limit)} characters`,
  maxLength: ({ limit }) => `at most ${String(limit)} characters`,
  minimum: ({ limit }) => `at least ${String(limit)}`,
  maximum: ({ limit }) => `at most ${String(limit)}`,
  exclusiveMinimum: ({ limit }) => `more than ${String(limit)}`,
  exclusiveMaximum: ({ limit }) => `less than ${String(limit)}`,
  multipleOf: ({ multipleOf }) => `a multiple of ${String(multipleOf)}`,
  minItems: ({ limit }) => `at least ${String(limit)} items`,
  maxItems: ({ limit }) => `at most ${String(limit)} items`,
  uniqueItems: () => 'items that differ',
  additionalProperties: ({ additionalProperty }) => `no field ${String(additionalProperty)}`,
  unevaluatedProperties: ({ unevaluatedProperty }) => `no field ${String(unevaluatedProperty)}`,
};

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { Definition } from '../schemas/procedure/definition.ts';
import type { FormRef } from '../schemas/procedure/values.ts';
import type { FieldError } from '../schemas/refusals.ts';

// ajv-formats is CommonJS: its default export arrives wrapped.
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => void;
/** More than a person corrects at one sitting. */
const MAX_ERRORS = 50;

/** Checks what was filled in against a form (JSON Schema 2020-12) of the definition; every fault is named by its RFC 6901 pointer. Schemas are compiled once. */
export function createFormValidator(definition: Definition): (form: FormRef, value: unknown) => FieldError[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats(ajv);
  const validators = new Map<FormRef, ValidateFunction>();
  return (form, value) => {
    let validate = validators.get(form);
    if (!validate) {
      const schema = typeof form === 'string' ? definition.forms[form] : form;
      if (!schema)
        throw new Error(`procedure ${definition.procedure.procedure}: form ${JSON.stringify(form)} is missing`);
      validate = ajv.compile(schema);
      validators.set(form, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []).slice(0, MAX_ERRORS).map(fieldError);
  };
}

function fieldError(error: ErrorObject): FieldError {
  const { keyword, params, instancePath, message } = error;
  const at = keyword === 'required' ? `${instancePath}/${String(params['missingProperty'])}` : instancePath;
  return {
    at,
    expected: keyword === 'enum' ? `one of ${JSON.stringify(params['allowedValues'])}` : (message ?? keyword),
  };
}

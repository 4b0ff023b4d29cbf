import { pointerStep, pointerSteps, referred } from '../../schemas/json-pointer.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A field of a form that says which register holds its answer (`x-from: population.birthDate`). */
export interface OwnField {
  /** RFC 6901 pointer into what is filled in. */
  at: string;
  /** The part of the form that it lies in: of one person, if of any. Empty: the form itself. */
  group: string;
  registry: string;
  /** As the connector names it. */
  field: string;
}

/** Forms are shallow; a reference to itself ends here. */
const DEPTH = 12;

/** The fields of a form with `x-from`, those that a condition asks too; none within lists, whose items have no place yet. */
export function ownFields({ forms }: Pick<Definition, 'forms'>, form: FormRef | undefined): OwnField[] {
  const root = typeof form === 'string' ? forms[form] : form;
  const found = new Map<string, OwnField>();
  if (root !== undefined) collect(root, { root, at: '', depth: 0, found });
  return [...found.values()];
}

interface Walk {
  root: Schema;
  at: string;
  depth: number;
  found: Map<string, OwnField>;
}

function collect(schema: Schema, walk: Walk): void {
  const { root, at, depth, found } = walk;
  if (depth > DEPTH) return;
  const reference = referred(root, schema['$ref']);
  const beside = [reference, schema['then'], schema['else'], ...listed(schema['allOf']), ...listed(schema['anyOf'])];
  const more = [...beside, ...listed(schema['oneOf']), ...Object.values(mapped(schema['dependentSchemas']))];
  for (const each of more.filter(isSchema)) collect(each, { ...walk, depth: depth + 1 });
  for (const [name, inner] of Object.entries(mapped(schema['properties']))) {
    if (!isSchema(inner)) continue;
    const place = `${at}/${pointerStep(name)}`;
    const [, registry, field] = /^([a-z][a-z0-9-]*)\.([A-Za-z][A-Za-z0-9]*)$/.exec(fromOf(root, inner)) ?? [];
    if (registry !== undefined && field !== undefined) found.set(place, { at: place, group: at, registry, field });
    collect(inner, { ...walk, at: place, depth: depth + 1 });
  }
}

function fromOf(root: Schema, schema: Schema): string {
  const from = schema['x-from'] ?? referred(root, schema['$ref'])?.['x-from'];
  return typeof from === 'string' ? from : '';
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function mapped(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value at a pointer, and nothing else. */
export function nested(at: string, value: unknown): Schema {
  return pointerSteps(at).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Schema;
}

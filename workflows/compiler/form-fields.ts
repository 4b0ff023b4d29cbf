import { pointerStep, referred } from '../../schemas/json-pointer.ts';
import { SensitiveKind, type WithheldField } from '../../schemas/procedure/sensitive.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields that a form's JSON Schema names: through references, lists, and alternatives. */
export class FormFields {
  readonly #root: Schema | undefined;

  constructor(definition: Pick<Definition, 'forms'>, form: FormRef) {
    this.#root = typeof form === 'string' ? definition.forms[form] : form;
  }

  /** The fields of the form itself. */
  top(): { name: string; schema: Schema }[] {
    return [...this.#fieldsOf(this.#root)].map(([name, [schema]]) => ({ name, schema: schema ?? {} }));
  }

  /** The path of every field at every depth; recursive references are followed once. */
  all(): string[][] {
    return this.#everyField().map(({ path }) => path);
  }

  /** The fields that are marked sensitive (`x-sensitive`), the form itself among them as an empty path. */
  sensitive(): { path: string[]; kind: SensitiveKind }[] {
    const fields = [...(this.#root === undefined ? [] : [{ path: [], schemas: [this.#root] }]), ...this.#everyField()];
    return fields.flatMap(({ path, schemas }) => {
      const kind = this.#markOf(schemas);
      return kind === undefined ? [] : [{ path, kind }];
    });
  }

  /** What was filled in without the values that are marked sensitive, and where those lie: a list of such values is left out as a whole. */
  withhold(form: Schema): { form: Schema; withheld: WithheldField[] } {
    const withheld: WithheldField[] = [];
    const visit = (schemas: readonly Schema[], value: unknown, at: string): unknown => {
      const kind = this.#markOf(schemas);
      if (kind !== undefined) {
        withheld.push({ at, kind });
        return undefined;
      }
      if (Array.isArray(value))
        return (value as unknown[]).map((item, index) => visit(schemas, item, `${at}/${index}`));
      if (!isSchema(value)) return value;
      const fields = this.#merged(schemas);
      const shown = Object.entries(value).map(([name, inner]): [string, unknown] => [
        name,
        visit(fields.get(name) ?? [], inner, `${at}/${pointerStep(name)}`),
      ]);
      return Object.fromEntries(shown.filter(([, inner]) => inner !== undefined));
    };
    const shown = this.#root === undefined ? form : visit([this.#root], form, '');
    return { form: isSchema(shown) ? shown : {}, withheld };
  }

  /** How many of the steps lead somewhere: all of them, if the path is in the schema. */
  known(steps: readonly string[]): number {
    let schemas: Schema[] = this.#root === undefined ? [] : [this.#root];
    for (const [index, step] of steps.entries()) {
      if (schemas.some((schema) => this.#isOpen(schema))) return steps.length;
      const next = schemas.flatMap((schema) => this.#fieldsOf(schema).get(step) ?? []);
      if (next.length === 0) return index;
      schemas = next;
    }
    return steps.length;
  }

  #everyField(): { path: string[]; schemas: Schema[] }[] {
    const found = new Map<string, { path: string[]; schemas: Schema[] }>();
    const visit = (schemas: readonly Schema[], path: string[], seen: ReadonlySet<Schema>): void => {
      for (const schema of schemas) {
        if (seen.has(schema)) continue;
        for (const [name, inner] of this.#fieldsOf(schema)) {
          const at = [...path, name];
          const known = found.get(at.join('.'))?.schemas ?? [];
          found.set(at.join('.'), { path: at, schemas: [...known, ...inner] });
          visit(inner, at, new Set([...seen, schema]));
        }
      }
    };
    if (this.#root !== undefined) visit([this.#root], [], new Set());
    return [...found.values()];
  }

  /** As what a value is marked; a word that an older release took stands for `other`. */
  #markOf(schemas: readonly Schema[]): SensitiveKind | undefined {
    const [mark] = schemas
      .flatMap((schema) => this.#variants(schema))
      .flatMap(({ 'x-sensitive': said }) => (said === undefined || said === false ? [] : [said]));
    return mark === undefined ? undefined : (SensitiveKind.safeParse(mark).data ?? 'other');
  }

  #merged(schemas: readonly Schema[]): Map<string, Schema[]> {
    const fields = new Map<string, Schema[]>();
    for (const schema of schemas)
      for (const [name, inner] of this.#fieldsOf(schema)) fields.set(name, [...(fields.get(name) ?? []), ...inner]);
    return fields;
  }

  /** A schema that says nothing of its fields but lets any in. */
  #isOpen(schema: Schema): boolean {
    return this.#variants(schema).some(
      (variant) => variant['additionalProperties'] === true || isSchema(variant['additionalProperties']),
    );
  }

  #fieldsOf(schema: Schema | undefined): Map<string, Schema[]> {
    const fields = new Map<string, Schema[]>();
    for (const variant of schema === undefined ? [] : this.#variants(schema)) {
      if (!isSchema(variant['properties'])) continue;
      for (const [name, field] of Object.entries(variant['properties'])) {
        fields.set(name, [...(fields.get(name) ?? []), isSchema(field) ? field : {}]);
      }
    }
    return fields;
  }

  /** The schema itself with everything that applies in its place. */
  #variants(schema: Schema, seen: Set<Schema> = new Set()): Schema[] {
    if (seen.has(schema)) return [];
    seen.add(schema);
    const inPlace: unknown[] = ['allOf', 'anyOf', 'oneOf', 'prefixItems'].flatMap((key) =>
      Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [],
    );
    inPlace.push(schema['if'], schema['then'], schema['else'], schema['items'], referred(this.#root, schema['$ref']));
    if (isSchema(schema['dependentSchemas'])) inPlace.push(...Object.values(schema['dependentSchemas']));
    return [schema, ...inPlace.filter(isSchema).flatMap((inner) => this.#variants(inner, seen))];
  }
}

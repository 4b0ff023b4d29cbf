import { MOST_ITEMS } from '../../schemas/form-limits.ts';
import { pointerStep, referred } from '../../schemas/json-pointer.ts';
import type { Unit } from '../../schemas/organisation.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';
import { type AreaChoice, areasOf } from './area.ts';
import type { Language } from '../languages/languages.ts';

type Schema = Readonly<Record<string, unknown>>;
type Data = Readonly<Record<string, unknown>>;

/** Characters from which on an answer gets several lines. */
const LONG = 300;

interface Named {
  /** RFC 6901 pointer into what is filled in: the name of the field on the page. */
  at: string;
  label: string;
  required: boolean;
  hint?: string;
}

/** A question of a form, as it is put. */
export type Question =
  | (Named & {
      kind: 'text';
      long: boolean;
      pattern?: string;
      minLength?: number;
      maxLength?: number;
    })
  | (Named & { kind: 'number'; whole: boolean; minimum?: number; maximum?: number })
  | (Named & { kind: 'date'; time: boolean })
  | (Named & { kind: 'yes-no'; fixed?: boolean })
  | (Named & { kind: 'choice'; choices: readonly { value: string; label: string }[] })
  | (Named & { kind: 'area'; choices: readonly AreaChoice[]; pattern?: string })
  | (Named & { kind: 'group'; questions: readonly Question[] })
  | (Named & { kind: 'list'; item: Schema; minItems: number; maxItems: number });

/** Reads the questions of a form from its JSON Schema: labels in this language, references followed. */
export class FormReader {
  readonly #root: Schema;
  readonly #language: Language;
  readonly #units: readonly Unit[];

  /** `units`: in force, by whose names areas are chosen; where there are none a code is typed. */
  constructor({ forms }: Pick<Definition, 'forms'>, form: FormRef, language: Language, units: readonly Unit[] = []) {
    this.#root = (typeof form === 'string' ? forms[form] : form) ?? {};
    this.#language = language;
    this.#units = units;
  }

  get title(): string {
    return this.#labelOf(this.#root, '');
  }

  /** The questions of the whole form, conditional ones as far as what is filled in asks them. */
  questions(values: Data): Question[] {
    return this.#questionsOf(this.#root, '', values);
  }

  /** Of one item of a list. */
  ofItem(list: Extract<Question, { kind: 'list' }>, index: number, value: unknown): Question {
    const at = `${list.at}/${index}`;
    const item = this.#resolved(list.item);
    return this.#question(item, { at, name: '', required: true, value });
  }

  #questionsOf(schema: Schema, at: string, values: Data): Question[] {
    const { properties, required } = this.#inForce(schema, values);
    const questions = Object.entries(properties).map(([name, field]) =>
      this.#question(this.#resolved(field), {
        at: `${at}/${pointerStep(name)}`,
        name,
        required: required.has(name),
        value: values[name],
      }),
    );
    return inOrder(questions, Object.values(properties));
  }

  /** What holds for these values: the schema, `allOf`, and the side of each `if` that applies. */
  #inForce(schema: Schema, values: Data): { properties: Record<string, Schema>; required: Set<string> } {
    const properties = { ...(isSchema(schema['properties']) ? (schema['properties'] as Record<string, Schema>) : {}) };
    const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as string[]) : []);
    const more: unknown[] = Array.isArray(schema['allOf']) ? [...(schema['allOf'] as unknown[])] : [];
    if (isSchema(schema['if'])) more.push(holds(schema['if'], values) ? schema['then'] : schema['else']);
    if (isSchema(schema['dependentSchemas']))
      for (const [name, dependent] of Object.entries(schema['dependentSchemas']))
        if (values[name] !== undefined) more.push(dependent);
    for (const each of more.filter(isSchema)) {
      const inner = this.#inForce(this.#resolved(each), values);
      for (const [name, field] of Object.entries(inner.properties))
        properties[name] = { ...properties[name], ...field };
      for (const name of inner.required) required.add(name);
    }
    return { properties, required };
  }

  #question(
    schema: Schema,
    { at, name, required, value }: { at: string; name: string; required: boolean; value: unknown },
  ): Question {
    const help = schema['x-help'];
    const hint = isSchema(help) ? help[this.#language] : help;
    const named = { at, label: this.#labelOf(schema, name), required, ...(typeof hint === 'string' && { hint }) };
    const type = [schema['type']].flat().find((each) => each !== 'null');
    if (Array.isArray(schema['enum']))
      return {
        ...named,
        kind: 'choice',
        choices: (schema['enum'] as unknown[]).map((each) => ({
          value: String(each),
          label: this.#labelOfChoice(schema, String(each)),
        })),
      };
    const area = this.#areaQuestion(named, schema);
    if (area) return area;
    if (type === 'boolean' || typeof schema['const'] === 'boolean')
      return { ...named, kind: 'yes-no', ...(typeof schema['const'] === 'boolean' && { fixed: schema['const'] }) };
    if (type === 'object' || isSchema(schema['properties']))
      return { ...named, kind: 'group', questions: this.#questionsOf(schema, at, isSchema(value) ? value : {}) };
    switch (type) {
      case 'integer':
      case 'number':
        return { ...named, kind: 'number', whole: type === 'integer', ...numbers(schema, 'minimum', 'maximum') };
      case 'array': {
        const { minItems = 0, maxItems = 50 } = numbers(schema, 'minItems', 'maxItems');
        const item = isSchema(schema['items']) ? schema['items'] : {};
        return { ...named, kind: 'list', item, minItems, maxItems: Math.min(maxItems, MOST_ITEMS) };
      }
      default:
        return textQuestion(named, schema);
    }
  }

  /** `x-widget: {units: commune}`: a code of an area, which people choose by the name of the unit that is competent there. */
  #areaQuestion(named: Named, schema: Schema): Question | undefined {
    const widget = schema['x-widget'];
    const level = isSchema(widget) ? widget['units'] : undefined;
    const choices = typeof level === 'string' ? areasOf(this.#units, level) : [];
    const { pattern } = schema;
    if (choices.length === 0) return undefined;
    return { ...named, kind: 'area', choices, ...(typeof pattern === 'string' && { pattern }) };
  }

  #labelOf(schema: Schema, name: string): string {
    const label = isSchema(schema['x-label']) ? schema['x-label'][this.#language] : undefined;
    if (typeof label === 'string') return label;
    return typeof schema['title'] === 'string' ? schema['title'] : name;
  }

  #labelOfChoice(schema: Schema, value: string): string {
    const labels = isSchema(schema['x-labels']) ? schema['x-labels'][value] : undefined;
    const label = isSchema(labels) ? labels[this.#language] : undefined;
    return typeof label === 'string' ? label : value;
  }

  #resolved(schema: Schema): Schema {
    if (schema['$ref'] === undefined) return schema;
    const found = referred(this.#root, schema['$ref']);
    const { $ref: _, ...beside } = schema;
    return found ? { ...this.#resolved(found), ...beside } : beside;
  }
}

function textQuestion(named: Named, schema: Schema): Question {
  const { format, pattern } = schema;
  if (format === 'date' || format === 'date-time') return { ...named, kind: 'date', time: format === 'date-time' };
  const lengths = numbers(schema, 'minLength', 'maxLength');
  return {
    ...named,
    kind: 'text',
    long: (lengths.maxLength ?? 0) > LONG,
    ...lengths,
    ...(typeof pattern === 'string' && { pattern }),
  };
}

/** Whether a condition of a form holds: the few keywords with which forms ask (`const`, `enum`, `required`, of fields). */
function holds(condition: Schema, value: unknown): boolean {
  if ('const' in condition && value !== condition['const']) return false;
  if (Array.isArray(condition['enum']) && !(condition['enum'] as unknown[]).includes(value)) return false;
  const fields = isSchema(value) ? value : {};
  if (
    Array.isArray(condition['required']) &&
    !(condition['required'] as string[]).every((name) => fields[name] !== undefined)
  )
    return false;
  const properties = isSchema(condition['properties']) ? condition['properties'] : {};
  return Object.entries(properties).every(
    ([name, inner]) => fields[name] === undefined || (isSchema(inner) && holds(inner, fields[name])),
  );
}

function inOrder(questions: Question[], schemas: readonly Schema[]): Question[] {
  const order = (index: number): number => {
    const wanted = schemas[index]?.['x-order'];
    return typeof wanted === 'number' ? wanted : index;
  };
  return questions
    .map((question, index) => ({ question, order: order(index) }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ question }) => question);
}

function numbers<K extends string>(schema: Schema, ...names: K[]): Partial<Record<K, number>> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof schema[name] === 'number' ? [[name, schema[name]]] : [])),
  ) as Partial<Record<K, number>>;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

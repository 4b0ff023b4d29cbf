import { BadExpression, compileTemplate } from './expression.ts';
import type { Template } from './expression.ts';
import type { StatesField } from './expression-rules.ts';
import type { Sources } from './jsonata.ts';

/** The definition is not one that Step Functions, or this engine, runs. `problems` names each place and what was expected there. */
export class InvalidDefinition extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Invalid State Machine Definition: ${problems.join('; ')}`);
    this.name = 'InvalidDefinition';
    this.problems = problems;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one object of the definition field by field, keeping every problem it meets. `done` refuses the fields that nobody read: Step Functions too
 * refuses unknown fields.
 */
export class FieldReader {
  readonly place: string;
  readonly #fields: Fields;
  readonly #problems: string[];
  readonly #sources: Sources;
  readonly #read = new Set<string>(['Comment']);

  constructor(value: unknown, place: string, context: { problems: string[]; sources: Sources }) {
    this.place = place;
    this.#problems = context.problems;
    this.#sources = context.sources;
    this.#fields = isObject(value) ? value : {};
    if (!isObject(value)) this.problem('', 'expected an object');
  }

  problem(field: string, text: string): void {
    this.#problems.push(`${this.place}${field === '' ? '' : `/${field}`}: ${text}`);
  }

  has(field: string): boolean {
    return this.#fields[field] !== undefined;
  }

  take(field: string): unknown {
    this.#read.add(field);
    return this.#fields[field];
  }

  /** Refuses a field that exists on Step Functions but that this engine does not run, with the reason. */
  refuse(field: string, reason: string): void {
    if (this.take(field) !== undefined) this.problem(field, reason);
  }

  text(field: string): string | undefined {
    const value = this.take(field);
    if (value === undefined || typeof value === 'string') return value;
    this.problem(field, 'expected a text');
    return undefined;
  }

  requiredText(field: string): string {
    const value = this.text(field);
    if (value === undefined || value === '') this.problem(field, 'expected a text that is not empty');
    return value ?? '';
  }

  list(field: string): readonly unknown[] {
    const value = this.take(field);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as unknown[];
    this.problem(field, 'expected a list');
    return [];
  }

  number(field: string, bounds: { min: number; max: number; whole: boolean }): number | undefined {
    const value = this.take(field);
    if (value === undefined) return undefined;
    const { min, max, whole } = bounds;
    if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    this.problem(field, `expected a ${whole ? 'whole ' : ''}number from ${String(min)} to ${String(max)}`);
    return undefined;
  }

  /** Any JSON value in which texts may be expressions. `available` says which fields of `$states` they may read. */
  template(field: string, available: readonly StatesField[] = ['input', 'context']): Template | undefined {
    const value = this.take(field);
    if (value === undefined) return undefined;
    try {
      return compileTemplate(value, `${this.place}/${field}`, { available, sources: this.#sources });
    } catch (error) {
      if (!(error instanceof BadExpression)) throw error;
      this.#problems.push(error.message);
      return undefined;
    }
  }

  /** A template that is an expression, or a constant that `isGood` accepts. */
  value(field: string, isGood: (constant: unknown) => boolean, expected: string): Template | undefined {
    const template = this.template(field);
    if (template?.constant !== undefined && !isGood(template.constant.value)) {
      this.problem(field, `expected ${expected} or a JSONata expression`);
    } else if (template !== undefined && template.constant === undefined && typeof this.#fields[field] !== 'string') {
      this.problem(field, `expected ${expected} or a JSONata expression`);
    }
    return template;
  }

  child(value: unknown, path: string): FieldReader {
    return new FieldReader(value, `${this.place}/${path}`, { problems: this.#problems, sources: this.#sources });
  }

  children(field: string): FieldReader[] {
    return this.list(field).map((value, i) => this.child(value, `${field}[${String(i)}]`));
  }

  done(): void {
    for (const field of Object.keys(this.#fields)) {
      if (!this.#read.has(field)) this.problem(field, 'is not a field that is known here');
    }
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

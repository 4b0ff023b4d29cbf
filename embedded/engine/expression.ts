import { refusalOf } from './expression-rules.ts';
import type { StatesField } from './expression-rules.ts';
import { ERROR, StateFailed } from './failure.ts';
import { parseExpression } from './jsonata.ts';
import type { Bindings, Sources } from './jsonata.ts';

/** What a template is evaluated over. The context object is made only when something reads it. */
export interface Scope {
  input: unknown;
  result?: unknown;
  errorOutput?: unknown;
  context: () => unknown;
  variables: Readonly<Record<string, unknown>>;
}

/** A value of the definition in which texts of the form `{% ... %}` stand for expressions. Evaluating throws or rejects with `StateFailed`. */
export interface Template {
  /** A value at once if only the closed subset of forms is used, otherwise a promise. Test with `instanceof Promise`. */
  evaluate: (scope: Scope) => unknown;
  /** Whether evaluating again over the same scope gives the same value: only the closed subset promises that. */
  repeatable: boolean;
  /** The value, if there is no expression in it. */
  constant: { value: unknown } | undefined;
}

const SLOW = Symbol('needs the full evaluator');
type Quick = (scope: Scope) => unknown;
type Slow = (scope: Scope) => Promise<unknown>;
interface Compiled {
  quick: Quick | undefined;
  slow: Slow;
  constant: boolean;
}

/** Refused when the machine is created; the message begins with the place. */
export class BadExpression extends Error {}

/** Compiles a value of the definition. Throws `BadExpression` when an expression in it does not parse or may not stand at this place. */
export function compileTemplate(
  value: unknown,
  place: string,
  options: { available: readonly StatesField[]; sources: Sources },
): Template {
  const { quick, slow, constant } = compileValue(value, place, options);
  return {
    constant: constant ? { value } : undefined,
    repeatable: quick !== undefined,
    evaluate: (scope) => {
      if (quick !== undefined) {
        const result = quick(scope);
        if (result !== SLOW) return result;
      }
      return slow(scope);
    },
  };
}

type Options = Parameters<typeof compileTemplate>[2];

function compileValue(value: unknown, place: string, options: Options): Compiled {
  if (typeof value === 'string' && (value.startsWith('{%') || value.endsWith('%}'))) {
    return compileText(value, place, options);
  }
  if (typeof value !== 'object' || value === null) return constantOf(value);
  const members = Object.entries(value).map(
    ([key, member]) => [key, compileValue(member, `${place}/${key}`, options)] as const,
  );
  if (members.every(([, member]) => member.constant)) return constantOf(value);
  return Array.isArray(value) ? compileArray(members.map(([, member]) => member)) : compileObject(members);
}

function constantOf(value: unknown): Compiled {
  return { quick: () => value, slow: () => Promise.resolve(value), constant: true };
}

function compileArray(items: readonly Compiled[]): Compiled {
  const quicks = items.map(({ quick }) => quick);
  return {
    constant: false,
    quick: quicks.includes(undefined)
      ? undefined
      : (scope) => {
          const values = quicks.map((quick) => quick?.(scope));
          return values.includes(SLOW) ? SLOW : values;
        },
    slow: async (scope) => {
      const values: unknown[] = [];
      for (const item of items) values.push(await item.slow(scope));
      return values;
    },
  };
}

function compileObject(members: readonly (readonly [string, Compiled])[]): Compiled {
  const quicks = members.flatMap(([key, { quick }]) => (quick === undefined ? [] : [[key, quick] as const]));
  return {
    constant: false,
    quick:
      quicks.length < members.length || members.some(([key]) => key === '__proto__')
        ? undefined
        : (scope) => {
            const values: Record<string, unknown> = {};
            for (const [key, quick] of quicks) {
              const value = quick(scope);
              if (value === SLOW) return SLOW;
              values[key] = value;
            }
            return values;
          },
    slow: async (scope) => {
      const values: [string, unknown][] = [];
      for (const [key, member] of members) values.push([key, await member.slow(scope)]);
      return Object.fromEntries(values);
    },
  };
}

function compileText(text: string, place: string, options: Options): Compiled {
  if (!text.startsWith('{%') || !text.endsWith('%}') || text.length < 4) {
    throw new BadExpression(`${place}: an expression begins with {% and ends with %}, without spaces around.`);
  }
  const source = text.slice(2, -2).trim();
  const parsed = parse(source, place, options.sources);
  const reason = refusalOf(parsed.ast, options.available);
  if (reason !== undefined) throw new BadExpression(`${place}: ${reason}`);
  const quick = compileQuick(source);
  return {
    constant: false,
    quick:
      quick &&
      ((scope) => {
        const value = quick(scope);
        return value === undefined ? nothing(place, source) : value;
      }),
    slow: async (scope) => {
      const value = await parsed.evaluate(bindingsOf(scope)).catch((error: unknown) => {
        throw new StateFailed(ERROR.query, `The expression ${source} failed: ${(error as Error).message}`, place);
      });
      return value === undefined ? nothing(place, source) : value;
    },
  };
}

function parse(source: string, place: string, sources: Sources): ReturnType<typeof parseExpression> {
  try {
    return parseExpression(source, sources);
  } catch (error) {
    throw new BadExpression(`${place}: ${(error as Error).message}`);
  }
}

function nothing(place: string, source: string): never {
  throw new StateFailed(ERROR.query, `The expression ${source} returned nothing (undefined).`, place);
}

function bindingsOf(scope: Scope): Bindings {
  const states: Bindings['states'] = { input: scope.input, context: scope.context() };
  if (scope.result !== undefined) states.result = scope.result;
  if (scope.errorOutput !== undefined) states.errorOutput = scope.errorOutput;
  return { states, variables: scope.variables };
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
const PATH = new RegExp(`^\\$(${NAME})((?:\\.${NAME})*)$`);
const COMPARISON = new RegExp(`^(\\$${NAME}(?:\\.${NAME})*)\\s*(!?=)\\s*(?:"([^"\\\\]*)"|'([^'\\\\]*)'|(true|false))$`);
/** Steps that mean something else to JSONata, or that objects inherit. */
const UNUSUAL = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function', ...inherited()]);

function inherited(): string[] {
  return Object.getOwnPropertyNames(Object.prototype);
}

/** The closed subset of forms that a compiled procedure uses: a path from `$states` or a variable, and its comparison with a literal. */
function compileQuick(source: string): Quick | undefined {
  const comparison = COMPARISON.exec(source);
  if (comparison === null) return compilePath(source);
  const [, left = '', operator, double, single, word] = comparison;
  const path = compilePath(left);
  if (path === undefined) return undefined;
  const literal = double ?? single ?? word === 'true';
  const whenEqual = operator === '=';
  return (scope) => {
    const value = path(scope);
    if (value === SLOW) return SLOW;
    // JSONata: a comparison with nothing is false, whichever way it is asked.
    return value === undefined ? false : (value === literal) === whenEqual;
  };
}

function compilePath(source: string): Quick | undefined {
  const match = PATH.exec(source);
  if (match === null) return undefined;
  const [, variable = '', rest = ''] = match;
  const steps = rest.split('.').slice(1);
  if (steps.some((step) => UNUSUAL.has(step)) || UNUSUAL.has(variable)) return undefined;
  if (variable !== 'states') return (scope) => walk(scope.variables[variable], steps);
  const [field, ...inner] = steps;
  if (field === 'input') return (scope) => walk(scope.input, inner);
  if (field === 'result') return (scope) => walk(scope.result, inner);
  if (field === 'errorOutput') return (scope) => walk(scope.errorOutput, inner);
  if (field === 'context') return (scope) => walk(scope.context(), inner);
  return undefined;
}

/** Follows a path through plain objects. An array on the way maps and flattens in JSONata: that is left to the full evaluator. */
function walk(start: unknown, steps: readonly string[]): unknown {
  let value = start;
  if (Array.isArray(value) && steps.length > 0) return SLOW;
  for (let i = 0; i < steps.length; i += 1) {
    if (typeof value !== 'object' || value === null) return undefined;
    const step = steps[i] as string;
    value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
    if (Array.isArray(value)) return SLOW;
  }
  return value;
}

import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { Kept } from '../../domain/kept.ts';

/** What an expression may see of the run: Step Functions' reserved variable `$states`, and the variables in scope (inherited ones included). */
export interface Bindings {
  states: { input: unknown; result?: unknown; errorOutput?: unknown; context: unknown };
  variables: Readonly<Record<string, unknown>>;
}

/** Where the engine takes time, ids and randomness from, so that a run in virtual time is repeatable. */
export interface Sources {
  now: () => number;
  /** A new version 4 UUID; also the unguessable part of a task token. */
  newId: () => string;
  /** A number of [0, 1). */
  random: () => number;
}

/** Bounds of one evaluation: nodes evaluated, and nodes nested. Step Functions bounds time; steps are the same on every machine. */
const MAX_STEPS = 100_000;
const MAX_DEPTH = 200;
/** Quotas of the functions that Step Functions adds: elements made by `$range`, characters taken by `$hash`. */
const MAX_RANGE = 1000;
const MAX_HASHED = 10_000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** How `$now` writes the instant of the engine's clock. */
const FORMAT = jsonata('$fromMillis($at, $picture, $zone)');

/** Where the counters of one evaluation lie in its frame: no expression can name a variable with a space. */
const COUNT = 'evaluation count';
interface Frame {
  lookup: (name: typeof COUNT) => { steps: number; depth: number };
}

/** Evaluates one parsed expression; rejects with an Error whose message says what went wrong. */
export type Evaluation = (bindings: Bindings) => Promise<unknown>;

/** What was parsed already, by the text: machines of one procedure share nearly all of their expressions. */
const parsed = new Kept<unknown>(5_000);

function astOf(text: string): unknown {
  return parsed.of(text, () => readable(() => jsonata(text)).ast());
}

/**
 * Parses an expression and gives it the functions of Step Functions, these when it is first evaluated: few ever are, the others are of the closed subset.
 * Throws an Error with JSONata's message when it does not parse.
 */
export function parseExpression(text: string, sources: Sources): { ast: unknown; evaluate: Evaluation } {
  let ready: jsonata.Expression | undefined;
  return {
    ast: astOf(text),
    evaluate: async ({ states, variables }) => {
      const expression = (ready ??= readyExpression(text, sources));
      const bounded = Object.create(variables) as Record<string, unknown>;
      bounded['states'] = states;
      bounded[COUNT] = { steps: 0, depth: 0 };
      try {
        return plain(await expression.evaluate(undefined, bounded));
      } catch (error) {
        throw new Error(messageOf(error));
      }
    },
  };
}

function readyExpression(text: string, sources: Sources): jsonata.Expression {
  const expression = jsonata(text);
  registerFunctions(expression, sources);
  bound(expression);
  return expression;
}

function readable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return typeof code === 'string' ? `${code}: ${text}` : text;
}

/** Counts every node that is evaluated, through the hooks of the evaluator. The counters lie in the frame: evaluations of two executions may overlap. */
function bound(expression: jsonata.Expression): void {
  const assign = expression.assign.bind(expression) as (name: string | symbol, value: unknown) => void;
  assign(Symbol.for('jsonata.__evaluate_entry'), (_node: unknown, _input: unknown, frame: Frame) => {
    const count = frame.lookup(COUNT);
    count.steps += 1;
    count.depth += 1;
    if (count.steps > MAX_STEPS) throw new Error(`The expression took more than ${String(MAX_STEPS)} steps.`);
    if (count.depth > MAX_DEPTH) throw new Error(`The expression is nested deeper than ${String(MAX_DEPTH)} levels.`);
  });
  assign(Symbol.for('jsonata.__evaluate_exit'), (_node: unknown, _input: unknown, frame: Frame) => {
    frame.lookup(COUNT).depth -= 1;
  });
}

/** A JSON copy without JSONata's hidden marks on arrays, so that a value reads the same now and after a restart. Functions are refused. */
function plain(value: unknown): unknown {
  if (typeof value === 'function') throw new Error('The result holds a function, which is not JSON.');
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error('The result holds a number that is not finite.');
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) {
    throw new Error('The result holds a function, which is not JSON.');
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, plain(member)]),
  );
}

/** `$partition`, `$range`, `$hash`, `$random`, `$uuid`, `$parse` (developer guide, "Transforming data with JSONata"); `$now` and `$millis` read the engine's clock. */
function registerFunctions(expression: jsonata.Expression, sources: Sources): void {
  expression.registerFunction('partition', partition, '<an:a<a>>');
  expression.registerFunction('range', range, '<nnn:a<n>>');
  expression.registerFunction('hash', hash, '<ss:s>');
  expression.registerFunction(
    'random',
    (seed?: number) => (seed === undefined ? sources.random() : seeded(seed)),
    '<n?:n>',
  );
  expression.registerFunction('uuid', () => sources.newId(), '<:s>');
  expression.registerFunction('parse', (text: string) => JSON.parse(text) as unknown, '<s:x>');
  expression.registerFunction('millis', () => sources.now(), '<:n>');
  expression.registerFunction(
    'now',
    (picture?: string, zone?: string) =>
      FORMAT.evaluate(undefined, { at: sources.now(), picture, zone }) as Promise<string>,
    '<s?s?:s>',
  );
}

function partition(items: unknown[], size: number): unknown[][] {
  if (!Number.isInteger(size) || size < 1)
    throw new Error(`$partition needs a positive whole size, got ${String(size)}.`);
  const parts: unknown[][] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}

function range(first: number, last: number, step: number): number[] {
  if (![first, last, step].every(Number.isInteger) || step === 0) {
    throw new Error('$range needs whole numbers and a step other than zero.');
  }
  const length = Math.floor((last - first) / step) + 1;
  if (length > MAX_RANGE) throw new Error(`$range makes at most ${String(MAX_RANGE)} elements, not ${String(length)}.`);
  return Array.from({ length: Math.max(0, length) }, (_, i) => first + i * step);
}

function hash(text: string, algorithm: string): string {
  const name = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (name === undefined) throw new Error(`$hash knows ${Object.keys(HASHES).join(', ')}, not ${algorithm}.`);
  if (text.length > MAX_HASHED) throw new Error(`$hash takes at most ${String(MAX_HASHED)} characters.`);
  return createHash(name).update(text, 'utf8').digest('hex');
}

/** One number of [0, 1) for a seed, always the same (mulberry32). Step Functions does not publish its generator: only the repeatability is shared. */
function seeded(seed: number): number {
  let state = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}

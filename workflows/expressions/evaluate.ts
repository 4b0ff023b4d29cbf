import type { Charge } from './analyse.ts';
import type { Compilation, CompiledExpression } from './compile-expression.ts';
import { NOTHING, UNDECIDED } from './fast-path.ts';
import { WrongArgument, languageFunctions } from './language-functions.ts';
import type { TableRead } from './language-functions.ts';
import type { ExpressionContext, View } from './view.ts';

/** More steps than any expression of a procedure takes, few enough to end within milliseconds. */
export const MAX_STEPS = 10_000;
/** Items of a list that something is made of: functions compare them with one another. */
export const MAX_ITEMS = 5_000;
/** Characters of a text that something is made of: one function can put it in the place of each character of another. */
export const MAX_TEXT = 10_000;
/** Characters of a text that is matched with a pattern: an instant. */
const MAX_PICKED_APART = 100;
/** A list counts as so many steps as it has items and fields within, a text as a hundredth of its characters, once they are large. */
const LARGE_LIST = 100;
const LARGE_TEXT = 1_000;
/** Milliseconds, where the context tells the time. */
export const MAX_MILLISECONDS = 250;

/** What was read: a path of the view or a row of a table; without `value` where there was nothing. */
export interface InputRead {
  readonly path: string;
  readonly value?: unknown;
}

interface Evaluated {
  readonly expression: string;
  readonly inputs: readonly InputRead[];
  readonly steps: number;
}

export type Evaluation =
  | (Evaluated & { readonly kind: 'value'; readonly value: unknown })
  /** Something that was needed is not there. Where yes or no is wanted this parks the dossier; it is never "no". */
  | (Evaluated & { readonly kind: 'nothing' })
  | (Evaluated & { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string });

export type FailureReason = 'too-many-steps' | 'too-long' | 'too-large' | 'wrong-kind' | 'not-yes-or-no';

export type ConditionEvaluation =
  Exclude<Evaluation, { kind: 'value' }> | (Evaluated & { readonly kind: 'value'; readonly value: boolean });

/**
 * Evaluates an expression (without its `=`). Gives what JSONata gives, except that a comparison, a logical operator, a
 * condition or a filter that meets nothing makes the whole nothing, where JSONata would say "no". Throws for a text that the
 * linter would have refused.
 */
export async function evaluate(text: string, view: View, context: ExpressionContext): Promise<Evaluation> {
  const compilation = await compiled(text);
  if (!compilation.ok) throw new Error(`expression was not checked: ${compilation.problems[0]?.message ?? 'refused'}`);
  const { expression } = compilation;
  const root = { ...view, now: context.now };
  const inputs = inputsOf(expression, root);
  if (expression.fast !== undefined) {
    const value = expression.fast(root);
    if (value === NOTHING || value === undefined) return { kind: 'nothing', expression: text, inputs, steps: 1 };
    if (value !== UNDECIDED) return { kind: 'value', value, expression: text, inputs, steps: 1 };
  }
  return evaluateFully(expression, root, context, inputs);
}

/** JSONata's parser is a tenth of what a function starts with, and most requests meet no expression: loaded at the first. */
let compile: ((text: string) => Compilation) | undefined;

async function compiled(text: string): Promise<Compilation> {
  if (!compile) ({ compileExpression: compile } = await import('./compile-expression.ts'));
  return compile(text);
}

/** Evaluates where yes or no is wanted: anything else but true and false fails. */
export async function evaluateCondition(
  text: string,
  view: View,
  context: ExpressionContext,
): Promise<ConditionEvaluation> {
  const evaluation = await evaluate(text, view, context);
  if (evaluation.kind !== 'value') return evaluation;
  const { value, ...rest } = evaluation;
  if (typeof value === 'boolean') return { ...rest, value };
  return { ...rest, kind: 'failed', reason: 'not-yes-or-no', message: `expected true or false, got ${kindOf(value)}` };
}

type BoundReason = 'too-many-steps' | 'too-long' | 'too-large';

class Bound extends Error {
  readonly reason: BoundReason;
  constructor(reason: BoundReason) {
    super(reason);
    this.reason = reason;
  }
}
class MetNothing extends Error {}

interface Run {
  steps: number;
  readonly charges: ReadonlyMap<object, Charge>;
  readonly strict: ReadonlySet<object>;
  readonly elapsed: (() => number) | undefined;
}

/** The name under which a run is bound; no expression can name it, because the analysis knows all variables. */
const RUN = 'onetrack run';
interface Environment {
  lookup(name: string): unknown;
}

function onEntry(_node: object, _input: unknown, environment: Environment): void {
  const run = environment.lookup(RUN) as Run;
  take(run, 1);
  if (run.elapsed !== undefined && run.elapsed() > MAX_MILLISECONDS) throw new Bound('too-long');
}

function take(run: Run, steps: number): void {
  run.steps += steps;
  if (run.steps > MAX_STEPS) throw new Bound('too-many-steps');
}

/** What a value costs whoever works on it next. The functions of jsonata take no steps of their own. */
function weightOf(value: unknown, charge: Charge): number {
  if (typeof value === 'string') return weightOfText(value.length, charge);
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value) && charge !== 'counted' && value.length > MAX_ITEMS) throw new Bound('too-large');
  const parts = partsOf(value, MAX_STEPS);
  if (charge === 'compared') return Math.ceil(parts ** 2 / 100);
  let weight = parts > LARGE_LIST ? parts : 0;
  // A path to one text comes as a list of one.
  if (Array.isArray(value))
    for (const item of value.slice(0, MAX_ITEMS))
      if (typeof item === 'string') weight += weightOfText(item.length, charge);
  return weight;
}

function weightOfText(length: number, charge: Charge): number {
  if (charge !== 'counted' && length > (charge === 'picked-apart' ? MAX_PICKED_APART : MAX_TEXT))
    throw new Bound('too-large');
  return length > LARGE_TEXT ? Math.ceil(length / 100) : 0;
}

/** Items and fields within, at whatever depth; not counted beyond `most`. */
function partsOf(value: object, most: number): number {
  let parts = 0;
  const left: object[] = [value];
  for (let next = left.pop(); next && parts < most; next = left.pop()) {
    const inner: unknown[] = Array.isArray(next) ? next : Object.values(next);
    parts += inner.length;
    if (parts < most) for (const each of inner) if (typeof each === 'object' && each !== null) left.push(each);
  }
  return parts;
}

function onExit(node: object, _input: unknown, environment: Environment, result: unknown): void {
  const run = environment.lookup(RUN) as Run;
  const charge = run.charges.get(node);
  if (charge !== undefined) take(run, Math.min(weightOf(result, charge), MAX_STEPS));
  if (!run.strict.has(node)) return;
  const empty = Array.isArray(result) && result.length === 0 && (result as { sequence?: boolean }).sequence === true;
  if (result === undefined || empty) throw new MetNothing();
}

const hooked = new WeakSet<object>();

/** jsonata looks its hooks up in the environment of the expression, once for all runs. */
function hook(expression: CompiledExpression): void {
  if (hooked.has(expression)) return;
  const assign = expression.jsonata.assign.bind(expression.jsonata) as (name: unknown, value: unknown) => void;
  assign(Symbol.for('jsonata.__evaluate_entry'), onEntry);
  assign(Symbol.for('jsonata.__evaluate_exit'), onExit);
  hooked.add(expression);
}

async function evaluateFully(
  expression: CompiledExpression,
  root: Readonly<Record<string, unknown>>,
  context: ExpressionContext,
  inputs: readonly InputRead[],
): Promise<Evaluation> {
  hook(expression);
  const reads: TableRead[] = [];
  const { charges, strict } = expression;
  const run: Run = { steps: 0, charges, strict, elapsed: context.elapsed?.bind(context) };
  const evaluated = (): Evaluated => ({ expression: expression.text, inputs: [...inputs, ...reads], steps: run.steps });
  try {
    const bindings = { ...languageFunctions(context, reads), [RUN]: run };
    const value: unknown = await expression.jsonata.evaluate(root, bindings);
    if (value === undefined) return { kind: 'nothing', ...evaluated() };
    return { kind: 'value', value: plain(value), ...evaluated() };
  } catch (error) {
    if (error instanceof MetNothing) return { kind: 'nothing', ...evaluated() };
    if (error instanceof Bound) return { kind: 'failed', reason: error.reason, message: error.reason, ...evaluated() };
    if (!(error instanceof WrongArgument) && !isJsonataError(error)) throw error;
    const code = isJsonataError(error) ? error.code : error.message;
    return {
      kind: 'failed',
      reason: 'wrong-kind',
      message: `the expression cannot be evaluated (${code})`,
      ...evaluated(),
    };
  }
}

/** jsonata throws plain objects with a code such as T2001; their messages may quote values, so only the code is kept. */
function isJsonataError(error: unknown): error is { code: string } {
  return typeof error === 'object' && error !== null && 'code' in error && /^[STDU]\d{4}$/.test(String(error.code));
}

/** jsonata's lists carry marks of their own; what is recorded is plain JSON. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function inputsOf(expression: CompiledExpression, root: Readonly<Record<string, unknown>>): InputRead[] {
  const reads = new Map<string, InputRead>();
  for (const { steps, fixed } of expression.paths) {
    const names = steps.slice(0, fixed);
    const path = names.join('.');
    if (path === '' || reads.has(path)) continue;
    const value = read(root, names);
    reads.set(path, value === undefined ? { path } : { path, value });
  }
  return [...reads.values()];
}

/** Follows names through maps and, as JSONata does, through lists. */
function read(value: unknown, names: readonly string[]): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.flatMap((item: unknown) => {
      const inner = read(item, names);
      return inner === undefined ? [] : [inner];
    });
    return found.length === 0 ? undefined : found;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return read((value as Record<string, unknown>)[name], rest);
}

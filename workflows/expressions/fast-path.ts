import type { ExpressionNode } from './analyse.ts';

/** Says that jsonata must decide: a list, or operands of an unusual kind. */
export const UNDECIDED = Symbol('undecided');
/** A comparison or a condition met nothing. */
export const NOTHING = Symbol('nothing');

/** Evaluates a trivial form over the view without jsonata; undefined is JSONata's nothing. */
export type FastForm = (view: Readonly<Record<string, unknown>>) => unknown;

/**
 * The forms that most conditions have: paths, literals, comparisons of them, `and`, `or`, `$not`, `$exists`. Whatever JSONata
 * treats in a special way (lists, mixed kinds) is left undecided, so that both ways always give the same value.
 */
export function fastForm(node: ExpressionNode): FastForm | undefined {
  if (node.predicate !== undefined || node.group !== undefined) return undefined;
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value': {
      const literal = node.value;
      return () => literal;
    }
    case 'path':
      return fastPath(node);
    case 'binary':
      return fastBinary(node);
    case 'function':
      return fastCall(node);
    default:
      return undefined;
  }
}

function fastPath(node: ExpressionNode): FastForm | undefined {
  const names: string[] = [];
  for (const step of node.steps ?? []) {
    if (step.type !== 'name' || step.stages !== undefined) return undefined;
    names.push(String(step.value));
  }
  return (view) => {
    let current: unknown = view;
    for (const name of names) {
      if (Array.isArray(current)) return UNDECIDED;
      if (typeof current !== 'object' || current === null) return undefined;
      current = (current as Record<string, unknown>)[name];
    }
    return Array.isArray(current) ? UNDECIDED : current;
  };
}

function fastBinary(node: ExpressionNode): FastForm | undefined {
  const left = node.lhs && !Array.isArray(node.lhs) ? fastForm(node.lhs as ExpressionNode) : undefined;
  const right = node.rhs && fastForm(node.rhs);
  if (left === undefined || right === undefined) return undefined;
  const { value: operator } = node;
  if (operator === 'and' || operator === 'or') return fastLogic(operator, left, right);
  const compare = COMPARE[String(operator)];
  if (compare === undefined) return undefined;
  return (view) => {
    const a = left(view);
    if (isSpecial(a)) return a;
    if (a === undefined) return NOTHING;
    const b = right(view);
    if (isSpecial(b)) return b;
    if (b === undefined) return NOTHING;
    return compare(a, b);
  };
}

function fastLogic(operator: 'and' | 'or', left: FastForm, right: FastForm): FastForm {
  const decisive = operator === 'or';
  return (view) => {
    const a = left(view);
    if (a === undefined) return NOTHING;
    if (typeof a !== 'boolean') return a === NOTHING ? NOTHING : UNDECIDED;
    if (a === decisive) return decisive;
    const b = right(view);
    if (b === undefined) return NOTHING;
    return typeof b === 'boolean' || b === NOTHING ? b : UNDECIDED;
  };
}

function fastCall(node: ExpressionNode): FastForm | undefined {
  const [argument, second] = node.arguments ?? [];
  if (argument === undefined || second !== undefined || node.procedure?.type !== 'variable') return undefined;
  const inner = fastForm(argument);
  if (inner === undefined) return undefined;
  if (node.procedure.value === 'exists') {
    return (view) => {
      const value = inner(view);
      return isSpecial(value) ? value : value !== undefined;
    };
  }
  if (node.procedure.value !== 'not') return undefined;
  return (view) => {
    const value = inner(view);
    if (value === undefined || value === NOTHING) return value;
    return typeof value === 'boolean' ? !value : UNDECIDED;
  };
}

function isSpecial(value: unknown): value is symbol {
  return value === UNDECIDED || value === NOTHING;
}

type Compare = (a: unknown, b: unknown) => boolean | symbol;
const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;
const equality =
  (same: boolean): Compare =>
  (a, b) =>
    isScalar(a) && isScalar(b) ? (a === b) === same : UNDECIDED;
const order =
  (holds: (sign: number) => boolean): Compare =>
  (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return holds(a < b ? -1 : a > b ? 1 : 0);
    if (typeof a === 'string' && typeof b === 'string') return holds(a < b ? -1 : a > b ? 1 : 0);
    return UNDECIDED;
  };
const COMPARE: Readonly<Record<string, Compare>> = {
  '=': equality(true),
  '!=': equality(false),
  '<': order((sign) => sign < 0),
  '<=': order((sign) => sign <= 0),
  '>': order((sign) => sign > 0),
  '>=': order((sign) => sign >= 0),
};

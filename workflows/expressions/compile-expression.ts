import jsonata from 'jsonata';
import { analyse } from './analyse.ts';
import type { Charge, ExpressionNode, ExpressionProblem, ReadPath } from './analyse.ts';
import { fastForm } from './fast-path.ts';
import type { FastForm } from './fast-path.ts';

export interface CompiledExpression {
  readonly text: string;
  readonly jsonata: jsonata.Expression;
  readonly paths: readonly ReadPath[];
  readonly shown: readonly ReadPath[];
  readonly charges: ReadonlyMap<object, Charge>;
  readonly strict: ReadonlySet<object>;
  /** Undefined where only jsonata can evaluate it. */
  readonly fast: FastForm | undefined;
}

export type Compilation = { ok: true; expression: CompiledExpression } | { ok: false; problems: ExpressionProblem[] };

const MAX_CACHED = 5000;
const cache = new Map<string, Compilation>();

/** Parses and judges an expression (without its `=`). The same text gives the same object while it is cached. */
export function compileExpression(text: string): Compilation {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const compilation = compileAnew(text);
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  cache.set(text, compilation);
  return compilation;
}

function compileAnew(text: string): Compilation {
  let parsed: jsonata.Expression;
  try {
    parsed = jsonata(text);
  } catch (error) {
    const reason =
      typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'unreadable';
    return { ok: false, problems: [{ rule: 'expression-syntax', message: reason }] };
  }
  const tree = parsed.ast();
  const { problems, paths, shown, charges, strict } = analyse(tree);
  if (problems.length > 0) return { ok: false, problems };
  const fast = fastForm(tree as unknown as ExpressionNode);
  return { ok: true, expression: { text, jsonata: parsed, paths, shown, charges, strict, fast } };
}

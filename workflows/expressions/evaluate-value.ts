import type { LegalBasis } from '../../schemas/procedure/values.ts';
import { evaluate, evaluateCondition } from './evaluate.ts';
import type { Evaluation } from './evaluate.ts';
import type { ExpressionContext, View } from './view.ts';

export type ValueEvaluation =
  | {
      readonly kind: 'value';
      readonly value: unknown;
      /** The place of the case that matched, counted from 0. */
      readonly matched?: number;
      readonly legalBasis?: LegalBasis;
      /** Everything that was evaluated on the way, in order. */
      readonly evaluated: readonly Evaluation[];
    }
  /** The last of `evaluated` says why; if all are values, no case matched. */
  | { readonly kind: 'nothing' | 'failed'; readonly evaluated: readonly Evaluation[] };

interface Case {
  readonly when?: string | undefined;
  readonly is: unknown;
  readonly legalBasis?: LegalBasis | undefined;
}

/**
 * Evaluates a value of the language: a literal, a text that begins with `=`, or a list of cases (first match). In a map, such as
 * a term, every field may be one. A case whose condition is nothing ends the search: it is not "no".
 */
export async function evaluateValue(value: unknown, view: View, context: ExpressionContext): Promise<ValueEvaluation> {
  if (typeof value === 'string' && value.startsWith('=')) {
    const evaluation = await evaluate(value.slice(1).trim(), view, context);
    if (evaluation.kind !== 'value') return { kind: evaluation.kind, evaluated: [evaluation] };
    return { kind: 'value', value: evaluation.value, evaluated: [evaluation] };
  }
  if (Array.isArray(value))
    return isCases(value) ? evaluateCases(value, view, context) : { kind: 'value', value, evaluated: [] };
  if (typeof value === 'object' && value !== null) return evaluateFields(value, view, context);
  return { kind: 'value', value, evaluated: [] };
}

/** Whether there is nothing to evaluate: no text that begins with `=` and no cases. */
export function isLiteral(value: unknown): boolean {
  if (typeof value === 'string') return !value.startsWith('=');
  if (Array.isArray(value)) return !isCases(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isLiteral);
}

function isCases(value: readonly unknown[]): value is readonly Case[] {
  return value.length > 0 && value.every((item) => typeof item === 'object' && item !== null && 'is' in item);
}

async function evaluateCases(cases: readonly Case[], view: View, context: ExpressionContext): Promise<ValueEvaluation> {
  const evaluated: Evaluation[] = [];
  for (const [index, { when, is, legalBasis }] of cases.entries()) {
    if (when !== undefined) {
      const condition = await evaluateCondition(when, view, context);
      evaluated.push(condition);
      if (condition.kind !== 'value') return { kind: condition.kind, evaluated };
      if (!condition.value) continue;
    }
    const inner = await evaluateValue(is, view, context);
    const all = [...evaluated, ...inner.evaluated];
    if (inner.kind !== 'value') return { kind: inner.kind, evaluated: all };
    return { ...inner, matched: index, ...(legalBasis !== undefined && { legalBasis }), evaluated: all };
  }
  return { kind: 'nothing', evaluated };
}

async function evaluateFields(value: object, view: View, context: ExpressionContext): Promise<ValueEvaluation> {
  const evaluated: Evaluation[] = [];
  const fields: [string, unknown][] = [];
  for (const [name, field] of Object.entries(value)) {
    const inner = await evaluateValue(field, view, context);
    evaluated.push(...inner.evaluated);
    if (inner.kind !== 'value') return { kind: inner.kind, evaluated };
    fields.push([name, inner.value]);
  }
  return { kind: 'value', value: Object.fromEntries(fields), evaluated };
}

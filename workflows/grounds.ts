import { OUTCOME_OF_RULE, type StageKind } from '../schemas/procedure/closed-sets.ts';
import type { Rule } from '../schemas/procedure/papers.ts';

/** Kinds of stage that judge grounds of admissibility. */
export type JudgingKind = keyof typeof OUTCOME_OF_RULE;

export function isJudging(kind: StageKind): kind is JudgingKind {
  return Object.hasOwn(OUTCOME_OF_RULE, kind);
}

/** The outcome to which a ground leads that does not hold; `warn` leads nowhere. */
export function outcomeOf(rule: Pick<Rule, 'else'>, kind: JudgingKind): string {
  return rule.else === 'warn' ? 'warn' : OUTCOME_OF_RULE[kind][rule.else];
}

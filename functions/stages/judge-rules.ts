import { inLanguage } from '../../domain/localised-text.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Rule } from '../../schemas/procedure/papers.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import { type JudgingKind, outcomeOf } from '../../workflows/grounds.ts';
import type { Evaluator } from '../dossiers/evaluator.ts';

/** A ground of admissibility that does not hold, or of which the dossier does not say whether it holds. */
export interface RuleFinding {
  rule: Rule;
  verdict: 'broken' | 'unknown';
}

/** Judges these grounds, in the order of the file; those that hold are not told. */
export async function judgeRules(rules: readonly Rule[], evaluator: Evaluator): Promise<RuleFinding[]> {
  const findings: RuleFinding[] = [];
  for (const rule of rules) {
    const result = await evaluator.condition(rule.must);
    if (result.kind !== 'value') findings.push({ rule, verdict: 'unknown' });
    else if (!result.value) findings.push({ rule, verdict: 'broken' });
  }
  return findings;
}

/** What an official at this stage has to know: its own grounds, and what warns at stages that the system has done, where nobody could see it. */
export function rulesToShow({ rules = [], stages }: Procedure, dossier: Dossier, stage: string): Rule[] {
  return rules.filter(({ at, else: otherwise }) => {
    const other = stages[at];
    const unseen = other !== undefined && 'by' in other && other.by === 'system' && dossier.stages[at] !== undefined;
    return at === stage || (otherwise === 'warn' && unseen);
  });
}

/** Why, for whoever reads the refusal: the sentence and its law. */
export function reasonOf({ say, legalBasis }: Pick<Rule, 'say' | 'legalBasis'>, language = 'vi'): string {
  const law = legalBasis === undefined ? '' : ` (${[legalBasis].flat().join('; ')})`;
  return `${typeof say === 'string' ? say : inLanguage(say, language)}${law}`;
}

/**
 * Whether an official may leave the stage by its way forward: not against a ground that is broken, and not past one that nobody can judge without saying
 * why in writing. A ground that only warns forbids nothing. Every other outcome is the official's own judgement.
 */
export function refuseAgainstRules(
  findings: readonly RuleFinding[],
  kind: JudgingKind,
  { outcome, comment }: { outcome: string; comment?: string | undefined },
): Refused | undefined {
  const binding = findings.filter(({ rule }) => rule.else !== 'warn');
  const broken = binding.filter(({ verdict }) => verdict === 'broken');
  if (broken.length > 0)
    return refuse(
      'inadmissible',
      `${outcome} is not possible: ${broken.map(({ rule }) => reasonOf(rule)).join('; ')}`,
      broken.map(({ rule }): FieldError => ({
        at: '/outcome',
        expected: `${outcomeOf(rule, kind)}: ${reasonOf(rule)}`,
        found: outcome,
      })),
    );
  if (binding.length === 0 || comment?.trim()) return undefined;
  return refuse(
    'reason-missing',
    `the dossier does not say whether this holds, so ${outcome} needs a written reason: ${binding.map(({ rule }) => reasonOf(rule)).join('; ')}`,
    [{ at: '/comment', expected: 'a written reason' }],
  );
}

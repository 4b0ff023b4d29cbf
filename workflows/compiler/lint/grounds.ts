import { isJudging, outcomeOf } from '../../grounds.ts';
import type { Problem } from '../problem.ts';
import { has, problem } from './subject.ts';
import type { Lint } from './subject.ts';

/** A ground must stand where somebody judges it, and lead to an outcome that the stage has. */
export const lintGrounds: Lint = (subject) =>
  (subject.procedure.rules ?? []).flatMap((rule, index): Problem[] => {
    const stage = has(subject.procedure.stages, rule.at) ? subject.procedure.stages[rule.at] : undefined;
    if (stage === undefined) return [];
    const related = ['stages', rule.at];
    if (!isJudging(stage.kind)) {
      const message = `a stage of kind ${stage.kind} judges no grounds`;
      return [problem(subject, 'rule-leads-nowhere', { at: ['rules', index, 'at'], message, related })];
    }
    const outcome = outcomeOf(rule, stage.kind);
    if (rule.else === 'warn' || ('then' in stage && has(stage.then, outcome))) return [];
    const message = `${rule.at} has no outcome ${outcome} to which this ground could lead`;
    return [problem(subject, 'rule-leads-nowhere', { at: ['rules', index, 'else'], message, related })];
  });

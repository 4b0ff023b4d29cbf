import { OUTCOMES } from '../../../schemas/procedure/closed-sets.ts';
import type { OutcomesOfKind } from '../../../schemas/procedure/closed-sets.ts';
import type { Stage } from '../../../schemas/procedure/stages.ts';
import { wayForward } from '../../route.ts';
import { isActing } from '../../acting.ts';
import { END, entryStages, namedTargets, nextStages } from '../graph.ts';
import type { Problem } from '../problem.ts';
import { has, problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';

/** Targets, outcomes, ends, loops. */
export const lintWays: Lint = (subject) => [
  ...stagesOf(subject).flatMap(([id, stage]) => [
    ...targetProblems(subject, id, stage),
    ...(stage.kind === 'decide' ? [] : outcomeProblems(subject, id, stage)),
  ]),
  ...reachProblems(subject),
  ...loopProblems(subject),
];

function targetProblems(subject: Subject, id: string, stage: Stage): Problem[] {
  const { stages } = subject.procedure;
  const next = nextStages(subject.procedure);
  return namedTargets(id, stage).flatMap(({ target, at }) => {
    if (target !== 'back') {
      if (has(stages, target)) return [];
      return [
        problem(subject, 'unknown-target', { at, message: `there is no stage ${target}`, related: ['stages', id] }),
      ];
    }
    if (stage.kind === 'decide' || [...next.values()].some((targets) => targets.has(id))) return [];
    return [
      problem(subject, 'back-to-nowhere', {
        at,
        message: `no stage leads to ${id}, so it cannot go back`,
        related: ['stages', id],
      }),
    ];
  });
}

function outcomeProblems(subject: Subject, id: string, stage: Exclude<Stage, { kind: 'decide' }>): Problem[] {
  const { outcomes, selfActing, own }: OutcomesOfKind = OUTCOMES[stage.kind];
  const at = ['stages', id];
  const problems: Problem[] = [];
  for (const outcome of Object.keys(stage.then ?? {})) {
    if (own || outcomes.includes(outcome)) continue;
    const message = `a stage of kind ${stage.kind} has no outcome ${outcome}`;
    const expected = outcomes.join(', ');
    problems.push(
      problem(subject, 'unknown-outcome', {
        at: [...at, 'then', outcome],
        message,
        related: at,
        expected,
        found: outcome,
      }),
    );
  }
  const forward = wayForward(stage);
  if (stage.kind !== 'notify' && !has(stage.then, forward)) {
    const message = `${id} must say where ${forward} leads`;
    problems.push(
      problem(subject, 'way-forward-missing', { at: stage.then === undefined ? at : [...at, 'then'], message }),
    );
  }
  for (const outcome of selfActing) {
    if (has(stage.then, outcome)) continue;
    const message = `${outcome} happens by itself: ${id} must say where it leads`;
    problems.push(
      problem(subject, 'self-acting-unhandled', { at: stage.then === undefined ? at : [...at, 'then'], message }),
    );
  }
  return [...problems, ...kindProblems(subject, id, stage)];
}

function kindProblems(subject: Subject, id: string, stage: Stage): Problem[] {
  const at = ['stages', id];
  const problems: Problem[] = [];
  if (stage.kind === 'notify' && !has(stage.then, 'delivered') && stage.result === undefined) {
    problems.push(
      problem(subject, 'end-without-result', { at, message: `the way ends at ${id}, which says no result` }),
    );
  }
  if (stage.kind === 'notify' && stage.effect !== undefined && subject.procedure.about === undefined) {
    const message = `${id} does something to an earlier paper, and the procedure is about none`;
    problems.push(problem(subject, 'effect-without-about', { at: [...at, 'effect'], message, expected: 'about' }));
  }
  if (stage.kind === 'ask' && stage.for === 'supplement' && stage.times === undefined) {
    const message = `${id} asks for a supplement and must say how many times`;
    problems.push(problem(subject, 'supplement-without-times', { at: [...at, 'for'], message, related: at }));
  }
  return problems;
}

/** Every stage, `decide` included, with what it can lead to directly. */
export function stageGraph(subject: Subject): Map<string, Set<string>> {
  const next = nextStages(subject.procedure);
  const graph = new Map<string, Set<string>>();
  for (const [id, stage] of stagesOf(subject)) {
    const direct = namedTargets(id, stage).flatMap(({ target }) => (target === 'back' ? [] : [target]));
    const ended = stage.kind === 'notify' && !has(stage.then, 'delivered') ? [END] : [];
    graph.set(id, new Set([...(next.get(id) ?? []), ...direct, ...ended]));
  }
  return graph;
}

/** Everything that can be reached, the start included. */
export function reachable(graph: ReadonlyMap<string, ReadonlySet<string>>, from: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(graph.get(id) ?? []));
  }
  return seen;
}

function reachProblems(subject: Subject): Problem[] {
  const graph = stageGraph(subject);
  const entries = entryStages(subject.procedure);
  const reached = reachable(graph, entries);
  return stagesOf(subject).flatMap(([id]) => {
    const at = ['stages', id];
    const problems: Problem[] = [];
    if (!reached.has(id)) {
      const message = `no way leads to ${id}`;
      problems.push(problem(subject, 'unreachable-stage', { at, message, related: ['stages', entries[0] ?? id] }));
    }
    if (!reachable(graph, [id]).has(END))
      problems.push(problem(subject, 'no-end', { at, message: `no way leads from ${id} to the end` }));
    return problems;
  });
}

/** A loop in which nobody acts and nothing counts would turn until Step Functions stops it at 25,000 events. */
function loopProblems(subject: Subject): Problem[] {
  const { stages } = subject.procedure;
  const turning = new Map<string, Set<string>>();
  const turns = (id: string): boolean => {
    const stage = stages[id];
    if (stage === undefined) return false;
    if (stage.kind === 'decide') return true;
    return (isActing(stage) || stage.kind === 'wait') && stage.times === undefined;
  };
  for (const [id, targets] of stageGraph(subject)) {
    if (turns(id)) turning.set(id, new Set([...targets].filter(turns)));
  }
  const reported = new Set<string>();
  return [...turning.keys()].flatMap((id) => {
    const loop = [...(turning.get(id) ?? [])].find((next) => reachable(turning, [next]).has(id));
    if (loop === undefined || reported.has(id)) return [];
    for (const member of reachable(turning, [id])) if (reachable(turning, [member]).has(id)) reported.add(member);
    const message = `${id} and ${loop} form a loop without a person and without \`times\``;
    return [problem(subject, 'endless-loop', { at: ['stages', id], message, related: ['stages', loop] })];
  });
}

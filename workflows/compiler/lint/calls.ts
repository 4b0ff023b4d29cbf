import { givesOf } from '../../../domain/dossier/children.ts';
import type { Anytime, StageOf } from '../../../schemas/procedure/stages.ts';
import { entryStages, nextStages, spread } from '../graph.ts';
import type { Problem } from '../problem.ts';
import { has, problem, stagesOf } from './subject.ts';
import type { Lint, Subject } from './subject.ts';
import { reachable, stageGraph } from './ways.ts';

type CallStage = StageOf<'call'>;

/** What was done elsewhere for a dossier that comes to nothing is taken back on every way there. */
export const lintCalls: Lint = (subject) => {
  const calls = stagesOf(subject).flatMap(([id, stage]): [string, CallStage][] =>
    stage.kind === 'call' ? [[id, stage]] : [],
  );
  return calls.flatMap(([id, { undo, undoes = [] }]) => [
    ...undoes.flatMap((name, index) => {
      const named = has(subject.procedure.stages, name) ? subject.procedure.stages[name] : undefined;
      if (named === undefined || (named.kind === 'call' && named.undo !== undefined)) return [];
      const message = `${name} is no call that says how it is taken back`;
      const at = ['stages', id, 'undoes', index];
      return [problem(subject, 'undo-without-call', { at, message, related: ['stages', name], expected: 'undo' })];
    }),
    ...(undo === undefined ? [] : standingProblems(subject, id, calls)),
  ]);
};

function standingProblems(subject: Subject, call: string, calls: readonly [string, CallStage][]): Problem[] {
  const undoers = new Set(calls.filter(([, { undoes }]) => undoes?.includes(call)).map(([id]) => id));
  if (undoers.size === 0) {
    const message = `${call} says how it is taken back, and no stage does it`;
    return [problem(subject, 'undo-nowhere', { at: ['stages', call, 'undo'], message, related: ['stages', call] })];
  }
  const { stages } = subject.procedure;
  const next = nextStages(subject.procedure);
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const breakingInAt = (id: string): string[] =>
    breakingIn(subject, call, id).flatMap(([name, { go }]) => {
      if (go === undefined) problems.push(leftStanding(subject, call, ['anytime', name, 'stop']));
      return go ?? [];
    });
  const open = [...breakingInAt(call), ...effective(subject, call, next)];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...breakingInAt(id));
    const stage = stages[id];
    if (undoers.has(id) || stage === undefined) continue;
    if (stage.kind === 'notify' && stage.result !== undefined) {
      if (givesOf(stage.result) === 'nothing') problems.push(leftStanding(subject, call, ['stages', id, 'result']));
      continue;
    }
    open.push(...(next.get(id) ?? []));
  }
  return problems.filter(({ path }, index) => problems.findIndex((each) => each.path === path) === index);
}

/** Where a call leads that has had its effect, or may have: a refused one has none. */
function effective({ procedure }: Subject, call: string, next: ReturnType<typeof nextStages>): string[] {
  const { then = {} } = procedure.stages[call] as CallStage;
  return Object.entries(then).flatMap(([outcome, target]) =>
    outcome === 'refused' ? [] : [...spread(procedure, target, call, next)],
  );
}

function leftStanding(subject: Subject, call: string, at: PropertyKey[]): Problem {
  const message = `a way leads here from ${call}, which nothing on it takes back`;
  return problem(subject, 'call-left-standing', { at, message, related: ['stages', call, 'undo'] });
}

/** What may break in at a stage after, or at, this call. */
function breakingIn(subject: Subject, call: string, id: string): [string, Pick<Anytime, 'go' | 'stop'>][] {
  const { anytime = {}, clock } = subject.procedure;
  const rules = Object.entries(anytime).filter(([, { during, until }]) =>
    during === undefined ? until === undefined || canPrecede(subject, call, until) : during.includes(id),
  );
  return clock.silence === undefined ? rules : [...rules, ['silence', { go: clock.silence.go }]];
}

/** Whether a call can be made before this stage is reached. */
function canPrecede(subject: Subject, call: string, until: string): boolean {
  if (call === until) return true;
  const graph = stageGraph(subject);
  graph.set(until, new Set());
  return reachable(graph, entryStages(subject.procedure)).has(call);
}

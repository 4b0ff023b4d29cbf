import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { wayForward } from '../route.ts';

/** Where a way ends. */
export const END = 'end';

/** The targets that a stage names, with the way to each: as written, `back` and `decide` included. Unknown targets too. */
export function namedTargets(id: string, stage: Stage): { target: string; at: PropertyKey[]; outcome?: string }[] {
  const at = ['stages', id];
  if (stage.kind === 'decide')
    return stage.choose.map(({ go }, index) => ({ target: go, at: [...at, 'choose', index, 'go'] }));
  const targets: { target: string; at: PropertyKey[]; outcome?: string }[] = Object.entries(stage.then ?? {}).map(
    ([outcome, target]) => ({ target, at: [...at, 'then', outcome], outcome }),
  );
  if (typeof stage.times === 'object' && stage.times.else !== undefined)
    targets.push({ target: stage.times.else, at: [...at, 'times', 'else'] });
  return targets;
}

/** The stages at which a dossier can stand: all but `decide`. */
export function standingStages(procedure: Procedure): string[] {
  return Object.keys(procedure.stages).filter((id) => procedure.stages[id]?.kind !== 'decide');
}

/**
 * For every stage at which a dossier can stand: where it can stand next, or `end`. Follows `decide`, stages that may be skipped
 * or are exhausted, and `back`. A target that does not exist is left out: the linter names it.
 */
export function nextStages(procedure: Procedure): Map<string, Set<string>> {
  const next = new Map(standingStages(procedure).map((id) => [id, new Set<string>()]));
  for (let changed = true; changed;) {
    changed = false;
    for (const [id, targets] of next) {
      const size = targets.size;
      for (const target of outcomeTargets(procedure, id)) {
        for (const reached of spread(procedure, target, id, next)) targets.add(reached);
      }
      changed ||= targets.size > size;
    }
  }
  return next;
}

/** What the outcomes of a stage lead to; `times.else` is not an outcome but a way of passing. */
function outcomeTargets(procedure: Procedure, id: string): string[] {
  const stage = procedure.stages[id];
  if (stage === undefined || stage.kind === 'decide') return [];
  const targets = Object.values(stage.then ?? {});
  return stage.kind === 'notify' && stage.then?.['delivered'] === undefined ? [...targets, END] : targets;
}

/** Where the dossier can stand if it is sent from `origin` to `target`; `next` is what `nextStages` says. */
export function spread(
  procedure: Procedure,
  target: string,
  origin: string,
  next: ReadonlyMap<string, ReadonlySet<string>>,
): Set<string> {
  const reached = new Set<string>();
  const seen = new Set<string>();
  const open = target === 'back' ? askersOf(origin, next) : [target];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (name === END) {
      reached.add(END);
      continue;
    }
    const stage = Object.hasOwn(procedure.stages, name) ? procedure.stages[name] : undefined;
    if (stage === undefined) continue;
    if (stage.kind !== 'decide') reached.add(name);
    for (const passing of passingTargets(stage)) open.push(passing === 'back' ? origin : passing);
  }
  return reached;
}

/** The stages to which `back` can lead from this one. */
export function askersOf(stage: string, next: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...next].filter(([, targets]) => targets.has(stage)).map(([id]) => id);
}

/** Where a stage sends a dossier on without its standing there. */
function passingTargets(stage: Stage): string[] {
  if (stage.kind === 'decide') return stage.choose.map(({ go }) => go);
  const targets: string[] = [];
  if (stage.when !== undefined)
    targets.push(stage.then?.[wayForward(stage)] ?? (stage.kind === 'notify' ? END : 'back'));
  if (typeof stage.times === 'object' && stage.times.else !== undefined) targets.push(stage.times.else);
  return targets;
}

/** Every stage from which a dossier can be sent elsewhere without an outcome: silence and what may break in. */
export function entryStages(procedure: Procedure): string[] {
  const [first] = Object.keys(procedure.stages);
  const entries = [first, procedure.clock.silence?.go, ...Object.values(procedure.anytime ?? {}).map(({ go }) => go)];
  return entries.filter((id) => id !== undefined);
}

import type { Procedure } from '../schemas/procedure.ts';
import { OUTCOMES } from '../schemas/procedure/closed-sets.ts';
import type { Stage } from '../schemas/procedure/stages.ts';
import type { ConditionEvaluation } from './expressions/evaluate.ts';

/** What the route needs to know of the dossier. */
export interface RouteFacts {
  /** The stage from which `stage` was last entered: where its `back` leads. */
  enteredFrom(stage: string): string | undefined;
  /** How often the stage has been entered. */
  visits(stage: string): number;
  /** Evaluates a condition (without `=`) over the dossier's view. */
  condition(expression: string): Promise<ConditionEvaluation>;
  /** Whether more of the clock has run than this term (`before`) allows. */
  precluded(before: unknown): Promise<boolean>;
}

/** A stage that was passed without being entered, and why. */
export interface Passed {
  readonly stage: string;
  /** A `decide`: the line that matched, counted from 0. `skipped`: its `when` is false. `exhausted`: entered often enough, left by its `else`. */
  readonly because: { readonly choice: number } | 'skipped' | 'exhausted';
  readonly evaluated: readonly ConditionEvaluation[];
}

export type Route =
  /** `next` is a stage to be entered, or `end`. */
  | { readonly kind: 'next'; readonly next: string; readonly passed: readonly Passed[] }
  /** A condition gave nothing or failed: the dossier is parked, a person decides. */
  | {
      readonly kind: 'park';
      readonly stage: string;
      readonly condition: ConditionEvaluation | undefined;
      readonly passed: readonly Passed[];
    }
  | {
      readonly kind: 'refused';
      readonly code: 'outcome-not-offered' | 'entered-too-often' | 'precluded';
      readonly stage: string;
    };

/** Where an outcome of a stage leads: `then`, `back`, stages whose `when` is false, `decide`, `times`. */
export async function route(
  procedure: Procedure,
  from: { stage: string; outcome: string },
  facts: RouteFacts,
): Promise<Route> {
  const stage = stageOf(procedure, from.stage);
  const target = targetOf(stage, from.outcome);
  if (target === undefined) return { kind: 'refused', code: 'outcome-not-offered', stage: from.stage };
  return follow(procedure, target, from.stage, facts);
}

/** Where a dossier stands that is sent to a stage: at the start, by silence, by what may break in, by a person. */
export function enter(procedure: Procedure, stage: string, facts: RouteFacts): Promise<Route> {
  return follow(procedure, stage, undefined, facts);
}

/** The stage at which a procedure starts: the first one listed. */
export function firstStage(procedure: Procedure): string {
  const [first] = Object.keys(procedure.stages);
  if (first === undefined) throw new Error(`${procedure.procedure}: a procedure has at least one stage`);
  return first;
}

/** The role to which applicants come; where the platform receives by itself, `reception`. */
export function receptionOf({ stages }: Procedure): string {
  const by = Object.values(stages).flatMap((stage) => (stage.kind === 'receive' ? [stage.by] : []))[0];
  const role = typeof by === 'object' && 'role' in by ? by.role : by;
  return typeof role === 'string' && role !== 'system' ? role : 'reception';
}

function stageOf(procedure: Procedure, name: string): Stage {
  const stage = Object.hasOwn(procedure.stages, name) ? procedure.stages[name] : undefined;
  if (stage === undefined) throw new Error(`${procedure.procedure}@${procedure.version}: no stage ${name}`);
  return stage;
}

/** The target that a stage gives an outcome; a `notify` that leads nowhere ends the way. */
function targetOf(stage: Stage, outcome: string): string | undefined {
  if (stage.kind === 'decide') return undefined;
  if (stage.then !== undefined && Object.hasOwn(stage.then, outcome)) return stage.then[outcome];
  return stage.kind === 'notify' && outcome === 'delivered' ? 'end' : undefined;
}

async function follow(
  procedure: Procedure,
  target: string,
  origin: string | undefined,
  facts: RouteFacts,
): Promise<Route> {
  const passed: Passed[] = [];
  // `back` of the stage that is left leads to the stage that asked; of a stage passed on the way, to where the dossier comes from.
  let asker = origin === undefined ? undefined : facts.enteredFrom(origin);
  let name = target;
  // Every stage is passed at most once; more is a loop, which the linter refuses, so it parks.
  for (let steps = 0; steps <= Object.keys(procedure.stages).length + 1; steps += 1) {
    if (name === 'back') {
      if (asker === undefined) return { kind: 'park', stage: origin ?? target, condition: undefined, passed };
      name = asker;
    }
    if (name === 'end') return { kind: 'next', next: 'end', passed };
    const step = await pass(stageOf(procedure, name), name, facts);
    if (step.kind === 'enter') return { kind: 'next', next: name, passed };
    if (step.kind === 'park') return { kind: 'park', stage: name, condition: step.condition, passed };
    if (step.kind === 'refused') return { kind: 'refused', code: step.code, stage: name };
    passed.push(step.passed);
    name = step.target;
    asker = origin;
  }
  return { kind: 'park', stage: name, condition: undefined, passed };
}

type Step =
  | { kind: 'enter' }
  | { kind: 'park'; condition: ConditionEvaluation }
  | { kind: 'refused'; code: 'entered-too-often' | 'precluded' }
  | { kind: 'pass'; target: string; passed: Passed };

async function pass(stage: Stage, name: string, facts: RouteFacts): Promise<Step> {
  if (stage.kind === 'decide') return choose(stage.choose, name, facts);
  if (stage.when !== undefined) {
    const condition = await facts.condition(stage.when);
    if (condition.kind !== 'value') return { kind: 'park', condition };
    if (!condition.value) {
      const target = targetOf(stage, wayForward(stage)) ?? 'end';
      return { kind: 'pass', target, passed: { stage: name, because: 'skipped', evaluated: [condition] } };
    }
  }
  if (stage.before !== undefined && (await facts.precluded(stage.before)))
    return { kind: 'refused', code: 'precluded' };
  const { times } = stage;
  if (times === undefined || facts.visits(name) < mostEntries(times)) return { kind: 'enter' };
  if (typeof times === 'number' || times.else === undefined) return { kind: 'refused', code: 'entered-too-often' };
  return { kind: 'pass', target: times.else, passed: { stage: name, because: 'exhausted', evaluated: [] } };
}

/** How often a stage may be entered, as long as nobody overrides it. */
export function mostEntries(times: NonNullable<Exclude<Stage, { kind: 'decide' }>['times']>): number {
  return typeof times === 'number' ? times : times.max;
}

/** The first outcome of a stage's kind. */
export function wayForward(stage: Exclude<Stage, { kind: 'decide' }>): string {
  return OUTCOMES[stage.kind].outcomes[0];
}

async function choose(
  lines: readonly { when?: string | undefined; go: string }[],
  name: string,
  facts: RouteFacts,
): Promise<Step> {
  const evaluated: ConditionEvaluation[] = [];
  for (const [choice, { when, go }] of lines.entries()) {
    if (when !== undefined) {
      const condition = await facts.condition(when);
      if (condition.kind !== 'value') return { kind: 'park', condition };
      evaluated.push(condition);
      if (!condition.value) continue;
    }
    return { kind: 'pass', target: go, passed: { stage: name, because: { choice }, evaluated } };
  }
  throw new Error(`${name}: no line without when`);
}

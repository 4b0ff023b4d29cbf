import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  FUNCTION_ENDED,
  LAMBDA_TRANSIENT,
  STATES_ALL,
  STATES_TIMEOUT,
  TASK_RETRYABLE,
  TASK_TERMINAL,
} from '../../schemas/error-names.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { ACTING_CONTRACT, isActing, isDoneAtOnce } from '../acting.ts';
import { END, nextStages, standingStages } from './graph.ts';

/** The generic functions by unversioned ARN: new code meets old machines. */
export interface CompileFunctions {
  /** Opens a task and keeps the token: stages of persons, parties, bodies, children and time. */
  readonly waitingStage: string;
  /** Does the stage at once: `call`, `notify` and what is done `by: system`. */
  readonly actingStage: string;
  /** Shows a dossier that cannot go on to a person, who resumes it. */
  readonly park: string;
}

export interface CompiledMachine {
  /** Procedure, version and content hash; at most 80 characters (quota of Step Functions). */
  readonly name: string;
  /** Amazon States Language as canonical JSON (RFC 8785): the same procedure gives the same bytes. */
  readonly definition: string;
}

type State = Readonly<Record<string, unknown>>;

const ROUTER = 'router';
const PARKED = 'parked';
const UNKNOWN = 'unknown';
const DOSSIER = '{% $dossierId %}';
const RUN = '{% $run %}';
const TOKEN = '{% $states.context.Task.Token %}';
/** Technical limits, in seconds; legal time is kept by the deadline sweep. A run that waits longer than a year is restarted. */
const ACTING_TIMEOUT = 60;
const WAITING_TIMEOUT = 31_536_000;

const RETRY = [
  {
    ErrorEquals: [TASK_RETRYABLE, ...LAMBDA_TRANSIENT, ...FUNCTION_ENDED, STATES_TIMEOUT],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
];

/**
 * Turns a linted procedure into a state machine of Tasks and Choices. Pure. Legal time, conditions and values stay with the
 * handlers; only `{dossierId, run, stage}` and the name of the next stage travel.
 */
export function compile(procedure: Procedure, { functions }: { functions: CompileFunctions }): CompiledMachine {
  const stages = standingStages(procedure);
  const next = nextStages(procedure);
  const states: Record<string, State> = { [ROUTER]: router(stages) };
  let ends = false;
  for (const id of stages) {
    const stage = procedure.stages[id];
    if (stage === undefined) continue;
    const targets = answersOf(procedure, id, next);
    states[id] = task(id, stage, functions, targets);
    if (targets.length > 1) {
      states[`${id}.next`] = chooser(id, targets);
      ends ||= targets.includes(END);
    }
  }
  if (ends) states[END] = { Type: 'Succeed' };
  states[PARKED] = parked(functions.park);
  states[UNKNOWN] = {
    Type: 'Fail',
    Error: 'UnknownStage',
    Cause: 'The stage that was asked for is not in this procedure.',
  };
  const machine = {
    Comment: `${procedure.procedure} ${procedure.version}`,
    QueryLanguage: 'JSONata',
    StartAt: ROUTER,
    States: states,
  };
  const definition = canonical(machine);
  return { name: machineName(procedure, definition), definition };
}

/** What the function of a stage may answer. After a stage that it does itself it goes on with those that are done at once: any of them, or what comes after. */
function answersOf(procedure: Procedure, id: string, next: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const stage = procedure.stages[id];
  const answers = new Set(next.get(id));
  if (stage !== undefined && isActing(stage)) {
    // Grows while it is walked.
    for (const answer of answers) {
      const after = procedure.stages[answer];
      if (after !== undefined && isDoneAtOnce(after)) next.get(answer)?.forEach((target) => answers.add(target));
    }
  }
  return [...answers].toSorted();
}

function router(stages: readonly string[]): State {
  const assign = {
    dossierId: '{% $states.input.dossierId %}',
    run: '{% $states.input.run %}',
    stage: '{% $states.input.stage %}',
  };
  return {
    Type: 'Choice',
    Choices: stages.map((id) => ({ Condition: `{% $states.input.stage = "${id}" %}`, Assign: assign, Next: id })),
    Default: UNKNOWN,
  };
}

function task(id: string, stage: Stage, functions: CompileFunctions, targets: readonly string[]): State {
  const acting = isActing(stage);
  const payload = { dossierId: DOSSIER, run: RUN, stage: id };
  return {
    Type: 'Task',
    Resource: acting ? 'arn:aws:states:::lambda:invoke' : 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: acting
      ? { FunctionName: functions.actingStage, Payload: { ...payload, contract: ACTING_CONTRACT } }
      : { FunctionName: functions.waitingStage, Payload: { ...payload, token: TOKEN } },
    TimeoutSeconds: acting ? ACTING_TIMEOUT : WAITING_TIMEOUT,
    Assign: { next: acting ? '{% $states.result.Payload.next %}' : '{% $states.result.next %}' },
    Output: {},
    Retry: RETRY,
    Catch: [TASK_TERMINAL, STATES_ALL].map((name) => ({
      ErrorEquals: [name],
      Assign: { stage: id },
      Output: {},
      Next: PARKED,
    })),
    ...onward(id, targets),
  };
}

function onward(id: string, targets: readonly string[]): State {
  const [only] = targets;
  if (only === undefined) throw new Error(`stage ${id} leads nowhere: the linter refuses it`);
  if (targets.length > 1) return { Next: `${id}.next` };
  return only === END ? { End: true } : { Next: only };
}

/** An answer outside the graph parks the dossier. */
function chooser(id: string, targets: readonly string[]): State {
  return {
    Type: 'Choice',
    Choices: targets.map((target) => ({ Condition: `{% $next = "${target}" %}`, Next: target })),
    Assign: { stage: id },
    Default: PARKED,
  };
}

function parked(park: string): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: park, Payload: { dossierId: DOSSIER, run: RUN, stage: '{% $stage %}', token: TOKEN } },
    TimeoutSeconds: WAITING_TIMEOUT,
    Output: { dossierId: DOSSIER, run: RUN, stage: '{% $states.result.next %}' },
    Retry: RETRY,
    Next: ROUTER,
  };
}

/** Name of the machine that a procedure compiles to: an evidence package is checked against it. */
export function machineName(procedure: Procedure, definition: string): string {
  const hash = createHash('sha256').update(canonical({ definition, procedure })).digest('hex').slice(0, 16);
  return `${procedure.procedure}_${procedure.version.replaceAll('.', '-')}_${hash}`;
}

function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('nothing to write as canonical JSON');
  return text;
}

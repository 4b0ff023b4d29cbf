import type { Catcher, ChoiceRule, Graph, Retrier, State, TaskState, Transfer } from './definition.ts';
import type { Template } from './expression.ts';
import type { StatesField } from './expression-rules.ts';
import { isObject } from './field-reader.ts';
import type { FieldReader } from './field-reader.ts';

/** Quota of Step Functions for any duration in seconds. */
export const MAX_SECONDS = 99_999_999;
const WITH_RESULT: readonly StatesField[] = ['input', 'context', 'result'];
const WITH_ERROR: readonly StatesField[] = ['input', 'context', 'errorOutput'];
const WITHOUT: readonly StatesField[] = ['input', 'context'];
/** Retriers wait at most 31,622,400 seconds (developer guide, "Retrying after an error"). */
const MAX_DELAY_SECONDS = 31_622_400;
const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

/** What a nested scope must know of the machine around it: state names are unique in the whole machine, variables of outer scopes are read-only. */
export interface Surroundings {
  names: Set<string>;
  outer: ReadonlySet<string>;
  compileGraph: (reader: FieldReader, around: Surroundings) => Graph;
}

type Compile = (name: string, reader: FieldReader, around: Surroundings) => State | undefined;

const COMPILE = {
  Task: compileTask,
  Choice: compileChoice,
  Wait: compileWait,
  Pass: (name, reader) => ({ type: 'Pass', name, ...transfer(reader, WITHOUT), next: nextOf(reader) }),
  Succeed: (name, reader) => ({ type: 'Succeed', name, output: reader.template('Output') }),
  Fail: (name, reader) => ({
    type: 'Fail',
    name,
    error: reader.value('Error', isText, 'a text'),
    cause: reader.value('Cause', isText, 'a text'),
  }),
  Parallel: compileParallel,
  Map: compileMap,
} satisfies Record<State['type'], Compile>;

/** Compiles one state; what is wrong with it is kept by the reader. */
export function compileState(name: string, reader: FieldReader, around: Surroundings): State | undefined {
  const type = reader.text('Type') ?? '';
  const language = reader.text('QueryLanguage');
  if (language !== undefined && language !== 'JSONata') reader.problem('QueryLanguage', 'expected JSONata');
  if (!Object.hasOwn(COMPILE, type)) {
    reader.problem('Type', `expected one of ${Object.keys(COMPILE).join(', ')}`);
    return undefined;
  }
  const state = COMPILE[type as State['type']](name, reader, around);
  reader.done();
  return state;
}

/** The states that may follow this one in its scope. */
export function targetsOf(state: State): string[] {
  if (state.type === 'Succeed' || state.type === 'Fail') return [];
  if (state.type === 'Choice') {
    return [...state.choices.map(({ next }) => next), ...(state.default === undefined ? [] : [state.default])];
  }
  const caught = 'catch' in state ? state.catch.map(({ next }) => next) : [];
  return state.next === undefined ? caught : [state.next, ...caught];
}

function compileTask(name: string, reader: FieldReader): TaskState {
  const resource = reader.requiredText('Resource');
  const integration = integrationOf(resource);
  if (integration === undefined) {
    reader.problem(
      'Resource',
      'expected arn:aws:states:::lambda:invoke, the same with .waitForTaskToken, or the ARN of a Lambda function',
    );
  }
  reader.refuse('Credentials', 'is not supported by the embedded engine');
  if (integration !== 'direct') checkInvokeArguments(reader);
  const timeoutSeconds = seconds(reader, 'TimeoutSeconds');
  const heartbeatSeconds = seconds(reader, 'HeartbeatSeconds');
  if (Number(heartbeatSeconds?.constant?.value) >= Number(timeoutSeconds?.constant?.value)) {
    reader.problem('HeartbeatSeconds', 'expected less than TimeoutSeconds');
  }
  const given = reader.template('Arguments');
  return {
    type: 'Task',
    name,
    resource,
    integration: integration ?? 'direct',
    arguments: given ?? inputTemplate(),
    timeoutSeconds,
    heartbeatSeconds,
    ...guards(reader),
    ...transfer(reader, WITH_RESULT),
    next: nextOf(reader),
  };
}

function integrationOf(resource: string): TaskState['integration'] | undefined {
  if (resource === 'arn:aws:states:::lambda:invoke') return 'invoke';
  if (resource === 'arn:aws:states:::lambda:invoke.waitForTaskToken') return 'callback';
  return /^arn:[a-z-]+:lambda:[^:]*:[^:]*:function:.+$/.test(resource) ? 'direct' : undefined;
}

function checkInvokeArguments(reader: FieldReader): void {
  const given = reader.take('Arguments');
  if (typeof given === 'string') return;
  if (!isObject(given) || given['FunctionName'] === undefined) {
    reader.problem('Arguments', 'expected an object with FunctionName');
    return;
  }
  for (const field of Object.keys(given)) {
    if (field !== 'FunctionName' && field !== 'Payload') {
      reader.problem(`Arguments/${field}`, 'the embedded engine takes FunctionName and Payload');
    }
  }
}

/** A Task without Arguments hands its input to the function. */
function inputTemplate(): Template {
  return { evaluate: ({ input }) => input, repeatable: true, constant: undefined };
}

function compileChoice(name: string, reader: FieldReader): State {
  const choices = reader.children('Choices').map((rule): ChoiceRule => {
    const condition = rule.value('Condition', (value) => typeof value === 'boolean', 'true, false');
    if (!rule.has('Condition')) rule.problem('Condition', 'expected a JSONata expression');
    const compiled = { ...transfer(rule, WITHOUT), next: rule.requiredText('Next') };
    rule.done();
    return { ...compiled, condition: condition ?? inputTemplate() };
  });
  if (choices.length === 0) reader.problem('Choices', 'expected at least one rule');
  return { type: 'Choice', name, choices, default: reader.text('Default'), ...transfer(reader, WITHOUT) };
}

function compileWait(name: string, reader: FieldReader): State {
  const isDelay = (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_SECONDS;
  const wait = {
    seconds: reader.value('Seconds', isDelay, `a whole number from 0 to ${String(MAX_SECONDS)}`),
    timestamp: reader.value('Timestamp', (value) => instantOf(value) !== undefined, 'an RFC 3339 timestamp'),
  };
  if (reader.has('Seconds') === reader.has('Timestamp'))
    reader.problem('', 'expected Seconds or Timestamp, one of them');
  return { type: 'Wait', name, ...wait, ...transfer(reader, WITHOUT), next: nextOf(reader) };
}

/** Milliseconds since the epoch of an RFC 3339 timestamp with capital T and Z, as ASL asks for; nothing for anything else. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value)) return undefined;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? undefined : instant;
}

function compileParallel(name: string, reader: FieldReader, around: Surroundings): State {
  const branches = reader.children('Branches').map((branch) => {
    const graph = around.compileGraph(branch, around);
    branch.done();
    return graph;
  });
  if (branches.length === 0) reader.problem('Branches', 'expected at least one branch');
  const rest = { ...guards(reader), ...transfer(reader, WITH_RESULT), next: nextOf(reader) };
  return { type: 'Parallel', name, branches, arguments: reader.template('Arguments'), ...rest };
}

function compileMap(name: string, reader: FieldReader, around: Surroundings): State {
  const distributed = 'belongs to Distributed Map, which the embedded engine does not run';
  for (const field of [
    'ItemReader',
    'ItemBatcher',
    'ResultWriter',
    'ToleratedFailurePercentage',
    'ToleratedFailureCount',
    'Label',
  ]) {
    reader.refuse(field, distributed);
  }
  const processor = reader.child(reader.take('ItemProcessor'), 'ItemProcessor');
  const config = processor.take('ProcessorConfig');
  if (config !== undefined && (!isObject(config) || (config['Mode'] ?? 'INLINE') !== 'INLINE')) {
    processor.problem('ProcessorConfig', distributed);
  }
  const graph = around.compileGraph(processor, around);
  processor.done();
  const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
  return {
    type: 'Map',
    name,
    processor: graph,
    items: reader.value('Items', (value) => Array.isArray(value) || isObject(value), 'a list, an object'),
    itemSelector: reader.template('ItemSelector'),
    maxConcurrency: reader.value('MaxConcurrency', isCount, 'a whole number that is not negative'),
    ...guards(reader),
    ...transfer(reader, WITH_RESULT),
    next: nextOf(reader),
  };
}

function transfer(reader: FieldReader, available: readonly StatesField[]): Transfer {
  const assign = reader.take('Assign');
  if (assign !== undefined && !isObject(assign)) reader.problem('Assign', 'expected an object of variables');
  for (const name of isObject(assign) ? Object.keys(assign) : []) {
    if (name === 'states') reader.problem('Assign/states', '$states is reserved');
    else if (!VARIABLE.test(name)) reader.problem(`Assign/${name}`, 'expected an identifier of at most 80 characters');
  }
  return { assign: reader.template('Assign', available), output: reader.template('Output', available) };
}

function nextOf(reader: FieldReader): string | undefined {
  const next = reader.text('Next');
  const end = reader.take('End');
  if (end !== undefined && end !== true) reader.problem('End', 'expected true');
  if ((next === undefined) === (end === undefined)) reader.problem('', 'expected Next or End, one of them');
  return next;
}

function seconds(reader: FieldReader, field: string): Template | undefined {
  const isGood = (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SECONDS;
  return reader.value(field, isGood, `a whole number from 1 to ${String(MAX_SECONDS)}`);
}

function guards(reader: FieldReader): { retry: Retrier[]; catch: Catcher[] } {
  const retriers = reader.children('Retry');
  const catchers = reader.children('Catch');
  return {
    retry: retriers.map((retrier, i) => compileRetrier(retrier, i === retriers.length - 1)),
    catch: catchers.map((catcher, i) => {
      const errorEquals = errorNames(catcher, i === catchers.length - 1);
      const compiled = { errorEquals, ...transfer(catcher, WITH_ERROR), next: catcher.requiredText('Next') };
      catcher.done();
      return compiled;
    }),
  };
}

function compileRetrier(reader: FieldReader, last: boolean): Retrier {
  const errorEquals = errorNames(reader, last);
  const intervalSeconds = reader.number('IntervalSeconds', { min: 1, max: MAX_SECONDS, whole: true }) ?? 1;
  const maxDelaySeconds = reader.number('MaxDelaySeconds', { min: 1, max: MAX_DELAY_SECONDS, whole: true });
  if (maxDelaySeconds !== undefined && maxDelaySeconds <= intervalSeconds) {
    reader.problem('MaxDelaySeconds', 'expected more than IntervalSeconds');
  }
  const jitter = reader.text('JitterStrategy') ?? 'NONE';
  if (jitter !== 'NONE' && jitter !== 'FULL') reader.problem('JitterStrategy', 'expected FULL or NONE');
  const retrier: Retrier = {
    errorEquals,
    intervalSeconds,
    maxDelaySeconds,
    maxAttempts: reader.number('MaxAttempts', { min: 0, max: MAX_SECONDS, whole: true }) ?? 3,
    backoffRate: reader.number('BackoffRate', { min: 1, max: Number.MAX_VALUE, whole: false }) ?? 2,
    fullJitter: jitter === 'FULL',
  };
  reader.done();
  return retrier;
}

/** `States.ALL` must stand alone and in the last retrier or catcher. */
function errorNames(reader: FieldReader, last: boolean): string[] {
  const names = reader.list('ErrorEquals').filter((name) => typeof name === 'string');
  if (names.length === 0 || names.length !== reader.list('ErrorEquals').length) {
    reader.problem('ErrorEquals', 'expected a list of error names that is not empty');
  }
  if (names.includes('States.ALL') && (names.length > 1 || !last)) {
    reader.problem('ErrorEquals', 'States.ALL must appear alone and last');
  }
  return names;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

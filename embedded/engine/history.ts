import type { HistoryEvent } from '../../domain/ports/workflow-engine.ts';

const STATES = ['Task', 'Choice', 'Wait', 'Pass', 'Succeed', 'Parallel', 'Map'] as const;

/** The `HistoryEventType`s of the Step Functions API that this engine writes. Stored by position: append only. */
const TYPES = [
  'ExecutionStarted',
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionAborted',
  'ExecutionTimedOut',
  'FailStateEntered',
  'TaskScheduled',
  'TaskStarted',
  'TaskSubmitted',
  'TaskSucceeded',
  'TaskFailed',
  'TaskTimedOut',
  'LambdaFunctionScheduled',
  'LambdaFunctionStarted',
  'LambdaFunctionSucceeded',
  'LambdaFunctionFailed',
  'LambdaFunctionTimedOut',
  'EvaluationFailed',
  'ParallelStateStarted',
  'ParallelStateSucceeded',
  'ParallelStateFailed',
  'MapStateStarted',
  'MapStateSucceeded',
  'MapStateFailed',
  'MapIterationStarted',
  'MapIterationSucceeded',
  'MapIterationFailed',
  'MapIterationAborted',
  ...STATES.flatMap((state) => [`${state}StateEntered`, `${state}StateExited`] as const),
] as const;

export type EventType = (typeof TYPES)[number];

const CODES = new Map<string, number>(TYPES.map((type, code) => [type, code]));

/** An event as it is stored: type by position, milliseconds, id of the event before it on its branch, details (0 for none). */
export type StoredEvent = [type: number, at: number, previous: number, details: StoredDetails | 0];

/**
 * Details with values as JSON, not as text. A missing `input` of an entered state or `output` of an exited state or a succeeded execution stands for
 * the value that the event before it carried: most values are thus stored once.
 * `r` stands for resource and resource type of a Lambda integration: 1 with a task token, 0 without.
 */
export type StoredDetails = Record<string, unknown>;

/** The region in the ARNs and events of this engine. */
export const REGION = 'local';

/** Quota of Step Functions: events in the history of one execution. */
export const MAX_EVENTS = 25_000;

/** The event in its stored form. */
export function storedEvent(type: EventType, at: number, previous: number, details: StoredDetails | 0): StoredEvent {
  return [CODES.get(type) ?? 0, at, previous, details];
}

const VALUES = ['input', 'output', 'parameters'] as const;

/** The whole history in the API's form: values as JSON text, each marked as not truncated. `events` begins with the first event. */
export function expandHistory(events: readonly StoredEvent[], executionInput: unknown): HistoryEvent[] {
  const carried: unknown[] = [executionInput];
  return events.map(([code, at, previous, stored], i) => {
    const id = i + 1;
    const type = TYPES[code] ?? 'ExecutionStarted';
    const details: StoredDetails = { ...(stored === 0 ? {} : stored) };
    if (type === 'ExecutionStarted' || (type.endsWith('StateEntered') && !('input' in details))) {
      details['input'] = carried[previous];
    }
    if ((type.endsWith('StateExited') || type === 'ExecutionSucceeded') && !('output' in details)) {
      details['output'] = carried[previous];
    }
    const integration = details['r'];
    if (integration !== undefined) {
      delete details['r'];
      details['resource'] = integration === 1 ? 'invoke.waitForTaskToken' : 'invoke';
      details['resourceType'] = 'lambda';
      if (type === 'TaskScheduled') details['region'] = REGION;
    }
    carried[id] = 'output' in details ? details['output'] : 'input' in details ? details['input'] : carried[previous];
    return { id, previousEventId: previous, timestamp: new Date(at).toISOString(), type, details: inApiForm(details) };
  });
}

function inApiForm(details: StoredDetails): StoredDetails {
  for (const key of VALUES) {
    if (!(key in details)) continue;
    details[key] = JSON.stringify(details[key]);
    if (key !== 'parameters') details[`${key}Details`] = { truncated: false };
  }
  const assigned = details['assignedVariables'];
  if (assigned !== undefined) {
    details['assignedVariables'] = Object.fromEntries(
      Object.entries(assigned as object).map(([name, value]) => [name, JSON.stringify(value)]),
    );
    details['assignedVariablesDetails'] = { truncated: false };
  }
  return details;
}

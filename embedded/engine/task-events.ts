import type { TaskState } from './definition.ts';
import type { EventType, StoredDetails } from './history.ts';

interface TaskEvents {
  scheduled: EventType;
  started: EventType;
  succeeded: EventType;
  failed: EventType;
  timedOut: EventType;
}

const INTEGRATION: TaskEvents = {
  scheduled: 'TaskScheduled',
  started: 'TaskStarted',
  succeeded: 'TaskSucceeded',
  failed: 'TaskFailed',
  timedOut: 'TaskTimedOut',
};

const DIRECT: TaskEvents = {
  scheduled: 'LambdaFunctionScheduled',
  started: 'LambdaFunctionStarted',
  succeeded: 'LambdaFunctionSucceeded',
  failed: 'LambdaFunctionFailed',
  timedOut: 'LambdaFunctionTimedOut',
};

/** The events that Step Functions writes for this way of calling a function. */
export function eventsOf(state: TaskState): TaskEvents {
  return state.integration === 'direct' ? DIRECT : INTEGRATION;
}

/** The details that all events of the task carry and, given what was scheduled, those of the scheduling. */
export function taskEventDetails(
  state: TaskState,
  scheduled?: { parameters: unknown; timeout: number | undefined; heartbeat: number | undefined },
): StoredDetails {
  const details: StoredDetails = state.integration === 'direct' ? {} : { r: state.integration === 'callback' ? 1 : 0 };
  if (scheduled === undefined) return details;
  if (state.integration === 'direct') {
    details['resource'] = state.resource;
    details['input'] = scheduled.parameters;
  } else {
    details['parameters'] = scheduled.parameters;
  }
  if (scheduled.timeout !== undefined) details['timeoutInSeconds'] = scheduled.timeout;
  if (scheduled.heartbeat !== undefined && state.integration !== 'direct')
    details['heartbeatInSeconds'] = scheduled.heartbeat;
  return details;
}

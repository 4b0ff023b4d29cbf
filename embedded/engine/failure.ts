/** Why a state failed: the error name that Retry and Catch match, and its cause. `heartbeat` marks a timeout for want of a heartbeat. */
export interface Failure {
  error: string;
  cause: string;
  heartbeat?: true;
}

/** Names of the Amazon States Language that the engine itself raises (Step Functions developer guide, "Error names"). */
export const ERROR = {
  dataLimit: 'States.DataLimitExceeded',
  noChoice: 'States.NoChoiceMatched',
  query: 'States.QueryEvaluationError',
  runtime: 'States.Runtime',
  timeout: 'States.Timeout',
} as const;

const ALL = 'States.ALL';
const TASK_FAILED = 'States.TaskFailed';
const HEARTBEAT = 'States.HeartbeatTimeout';

/** Thrown inside the interpreter to fail the state that is being worked on; never leaves the engine. */
export class StateFailed extends Error {
  readonly failure: Failure;
  /** The field of the state whose expression failed, such as `/Arguments/Payload/x`; only for failed evaluations. */
  readonly location: string | undefined;

  constructor(error: string, cause: string, location?: string) {
    super(cause);
    this.failure = { error, cause };
    this.location = location;
  }
}

/**
 * Whether a retrier or catcher with these names takes the failure. `States.ALL` takes everything but the two terminal errors, `States.TaskFailed`
 * everything but those and a timeout. A missed heartbeat is reported as `States.Timeout` and may be named either way.
 */
export function takes(errorEquals: readonly string[], failure: Failure): boolean {
  const terminal = failure.error === ERROR.dataLimit || failure.error === ERROR.runtime;
  return errorEquals.some(
    (name) =>
      name === failure.error ||
      (name === ALL && !terminal) ||
      (name === TASK_FAILED && !terminal && failure.error !== ERROR.timeout) ||
      (name === HEARTBEAT && failure.heartbeat === true),
  );
}

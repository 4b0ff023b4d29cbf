/**
 * Names of errors that Step Functions matches in `Retry` and `Catch`. Literals, defined once: minifiers rename classes.
 * Both ends are tested: the handler that throws, and a run that takes the branch.
 */
export const TASK_RETRYABLE = 'TaskRetryable';
export const TASK_TERMINAL = 'TaskTerminal';

/** What Lambda throws while it is busy or being updated; AWS advises to retry these (Step Functions, "Handle transient Lambda service exceptions"). */
export const LAMBDA_TRANSIENT = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
] as const;

/**
 * As what Step Functions reports a function that died or ran out of time: "unhandled errors in Lambda are reported as Lambda.Unknown; these include out-of-memory errors and
 * function timeouts" (Step Functions, "Handle transient Lambda service exceptions"), or by the name that Lambda itself gives.
 */
export const FUNCTION_ENDED = ['Lambda.Unknown', 'Runtime.ExitError', 'Sandbox.Timedout'] as const;

export const STATES_TIMEOUT = 'States.Timeout';
/** Matches every error; must stand last and alone. */
export const STATES_ALL = 'States.ALL';

/** With what error the platform stops executions itself: a new run takes over, or the dossier has ended. Whoever watches executions expects these. */
export const ENDED_BY_PLATFORM = { newRun: 'NewRun', ended: 'Ended' } as const;

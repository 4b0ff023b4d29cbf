import { TaskRetryable } from '../../domain/failures.ts';

/** Names of AWS errors after which the same request may succeed, beside those that say so by their status. */
const PASSING = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'LimitExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'SlowDown',
  'ConditionalRequestConflict',
  'InternalServerError',
  'TimeoutError',
]);

export function nameOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : undefined;
}

/** HTTP status of the answer that became this error; undefined where none came. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** True for what may pass by itself: throttling, conflicts with other requests, faults of the service, answers that never came. */
export function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (PASSING.has(nameOf(error) ?? '')) return true;
  const status = statusOf(error);
  if (('$fault' in error && error.$fault === 'server') || status === 429 || (status ?? 0) >= 500) return true;
  // No answer: a broken connection carries the system's code, such as ECONNRESET; Node's own ERR_ codes are defects.
  return status === undefined && 'code' in error && /^E(?!RR_)/.test(String(error.code));
}

/** Does one call of a service. What may pass by itself becomes `TaskRetryable`, with names only: a service's own message may quote what was sent. */
export async function calling<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isPassing(error) ? new TaskRetryable(`${what}: ${nameOf(error) ?? 'no answer'}`, { cause: error }) : error;
  }
}

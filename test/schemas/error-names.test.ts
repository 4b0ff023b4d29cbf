import { TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import { TASK_RETRYABLE, TASK_TERMINAL } from '../../schemas/error-names.ts';

describe('the names of errors', () => {
  it('are those that handlers throw and machines match', () => {
    expect([new TaskRetryable('x').name, new TaskTerminal('x').name]).toEqual([TASK_RETRYABLE, TASK_TERMINAL]);
  });
});

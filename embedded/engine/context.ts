import { machineArn, ROLE_ARN } from './arns.ts';
import type { Branch, Execution } from './execution.ts';

/** Step Functions' context object, as an expression reads it in `$states.context`. */
export function contextOf(execution: Execution, branch: Branch, token: string | undefined): Record<string, unknown> {
  const context: Record<string, unknown> = {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      RoleArn: ROLE_ARN,
      StartTime: new Date(execution.startedAt).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: machineArn(execution.machineName), Name: execution.machineName },
    State: {
      Name: branch.state.name,
      EnteredTime: new Date(branch.enteredAt).toISOString(),
      RetryCount: branch.retryCount,
    },
  };
  if (token !== undefined) context['Task'] = { Token: token };
  const item = itemOf(branch);
  if (item !== undefined) context['Map'] = { Item: item };
  return context;
}

/** Index and value of the innermost Map iteration around the branch. */
function itemOf(branch: Branch): { Index: number; Value: unknown } | undefined {
  for (let at = branch.parent; at !== undefined; at = at.branch.parent) {
    const { pending } = at.branch;
    if (pending?.kind === 'join' && pending.items !== undefined)
      return { Index: at.index, Value: pending.items[at.index] };
  }
  return undefined;
}

import { paginateListExecutions, paginateListStateMachines, type SFNClient } from '@aws-sdk/client-sfn';

/** ARNs of the executions that run, of all machines. */
export async function runningExecutions(client: SFNClient): Promise<string[]> {
  const found: string[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {}))
    for (const { stateMachineArn } of stateMachines) {
      const pages = paginateListExecutions({ client }, { stateMachineArn, statusFilter: 'RUNNING' });
      for await (const { executions = [] } of pages)
        found.push(...executions.map(({ executionArn }) => executionArn ?? ''));
    }
  return found;
}

import { stepFunctionsClient } from '../../adapters/aws/clients/step-functions.ts';
import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { StepFunctionsEngine } from '../../adapters/aws/step-functions/step-functions-engine.ts';
import type { WorkflowEngine } from '../../domain/ports/workflow-engine.ts';
import { readPart } from '../../schemas/environment.ts';
import type { PlatformConfig } from '../runtime/platform.ts';

/** Step Functions for who starts, stops and answers. To create a machine takes a role that this one does not know. */
export function openEngine(): WorkflowEngine {
  return new StepFunctionsEngine({ client: stepFunctionsClient(clientOptions(process.env)), roleArn: '' });
}

/** Step Functions for who creates machines, with the functions that they name. */
export function openMachines(): { engine: WorkflowEngine; functions: PlatformConfig['functions'] } {
  const part = readPart('machines', process.env);
  const engine = new StepFunctionsEngine({
    client: stepFunctionsClient(clientOptions(process.env)),
    roleArn: part.ONETRACK_MACHINE_ROLE,
    logging: {
      level: 'ERROR',
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: part.ONETRACK_MACHINE_LOGS } }],
    },
  });
  const functions = {
    waitingStage: part.ONETRACK_WAITING_STAGE,
    actingStage: part.ONETRACK_ACTING_STAGE,
    park: part.ONETRACK_PARK,
  };
  return { engine, functions };
}

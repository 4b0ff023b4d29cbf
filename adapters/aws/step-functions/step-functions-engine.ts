import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type HistoryEvent as SfnEvent,
  type LoggingConfiguration,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  type Tag,
} from '@aws-sdk/client-sfn';
import {
  type ExecutionDescription,
  type HistoryEvent,
  MachineConflict,
  type WorkflowEngine,
} from '../../../domain/ports/workflow-engine.ts';
import { calling, nameOf } from '../failures.ts';

export interface StepFunctionsOptions {
  client: SFNClient;
  /** Role of every machine: it may invoke the generic functions, nothing else. */
  roleArn: string;
  logging?: LoggingConfiguration;
  tags?: readonly Tag[];
}

/** Nobody waits for this token any more, or nobody ever did (API reference, SendTaskSuccess). */
const GONE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);
const NO_EXECUTION = new Set(['ExecutionDoesNotExist', 'InvalidArn']);
/** Most events that GetExecutionHistory answers at once. */
const PAGE = 1_000;
/** Longest cause that the API takes, in characters; its error has 256. */
const CAUSE = 32_768;
const ERROR = 256;

/** Step Functions, Standard. Machines are made by the API, never by a stack, and never updated. */
export class StepFunctionsEngine implements WorkflowEngine {
  readonly #client: SFNClient;
  readonly #options: StepFunctionsOptions;

  constructor(options: StepFunctionsOptions) {
    this.#client = options.client;
    this.#options = options;
  }

  async createMachine({ name, definition }: { name: string; definition: string }): Promise<{ arn: string }> {
    const { roleArn, logging, tags } = this.#options;
    const command = new CreateStateMachineCommand({
      name,
      definition,
      roleArn,
      type: 'STANDARD',
      ...(logging && { loggingConfiguration: logging }),
      ...(tags && { tags: [...tags] }),
    });
    try {
      const { stateMachineArn } = await calling('Step Functions CreateStateMachine', () => this.#client.send(command));
      return { arn: expected(stateMachineArn, 'stateMachineArn') };
    } catch (error) {
      if (nameOf(error) !== 'StateMachineAlreadyExists') throw error;
      return this.#existing(name, definition);
    }
  }

  /** Another logging or type makes the service refuse the same name too: what counts here is the definition alone. */
  async #existing(name: string, definition: string): Promise<{ arn: string }> {
    const arn = await this.#machineArn(name);
    const command = new DescribeStateMachineCommand({ stateMachineArn: arn });
    const machine = await calling('Step Functions DescribeStateMachine', () => this.#client.send(command));
    if (machine.definition !== definition) throw new MachineConflict(name);
    return { arn };
  }

  /** Machines live where their role does, in the client's region. */
  async #machineArn(name: string): Promise<string> {
    const [, partition, , , account] = this.#options.roleArn.split(':');
    return `arn:${partition}:states:${await this.#client.config.region()}:${account}:stateMachine:${name}`;
  }

  async start(execution: {
    machineArn: string;
    name: string;
    input: unknown;
  }): Promise<{ arn: string; result: 'started' | 'taken' }> {
    const { machineArn, name, input } = execution;
    const command = new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) });
    try {
      // The same name with the same input answers the execution that runs: so a lost answer is repeated without harm.
      const { executionArn } = await calling('Step Functions StartExecution', () => this.#client.send(command));
      return { arn: expected(executionArn, 'executionArn'), result: 'started' };
    } catch (error) {
      if (nameOf(error) !== 'ExecutionAlreadyExists') throw error;
      return { arn: `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`, result: 'taken' };
    }
  }

  complete(taskToken: string, output: unknown): Promise<'told' | 'gone'> {
    const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
    return tell('Step Functions SendTaskSuccess', () => this.#client.send(command));
  }

  fail(taskToken: string, { error, cause }: { error: string; cause: string }): Promise<'told' | 'gone'> {
    const command = new SendTaskFailureCommand({ taskToken, ...bounded({ error, cause }) });
    return tell('Step Functions SendTaskFailure', () => this.#client.send(command));
  }

  heartbeat(taskToken: string): Promise<'told' | 'gone'> {
    const command = new SendTaskHeartbeatCommand({ taskToken });
    return tell('Step Functions SendTaskHeartbeat', () => this.#client.send(command));
  }

  async stop(executionArn: string, reason: { error: string; cause: string }): Promise<void> {
    const command = new StopExecutionCommand({ executionArn, ...bounded(reason) });
    try {
      await calling('Step Functions StopExecution', () => this.#client.send(command));
    } catch (error) {
      if (!NO_EXECUTION.has(nameOf(error) ?? '')) throw error;
    }
  }

  async describe(executionArn: string): Promise<ExecutionDescription | undefined> {
    const command = new DescribeExecutionCommand({ executionArn });
    try {
      const found = await calling('Step Functions DescribeExecution', () => this.#client.send(command));
      const { stopDate, output, error, cause } = found;
      return {
        arn: executionArn,
        machineArn: expected(found.stateMachineArn, 'stateMachineArn'),
        name: expected(found.name, 'name'),
        status: statusOf(found.status),
        startedAt: expected(found.startDate, 'startDate').toISOString(),
        ...(stopDate && { stoppedAt: stopDate.toISOString() }),
        ...(output !== undefined && { output: JSON.parse(output) as unknown }),
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      };
    } catch (error) {
      if (NO_EXECUTION.has(nameOf(error) ?? '')) return undefined;
      throw error;
    }
  }

  /** The API knows no "after": newest first, as far as what is known already. */
  async history(executionArn: string, after = 0): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const command = new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        maxResults: PAGE,
        includeExecutionData: true,
        ...(nextToken !== undefined && { nextToken }),
      });
      const page = await calling('Step Functions GetExecutionHistory', () => this.#client.send(command));
      const found = (page.events ?? []).map(readEvent);
      events.push(...found.filter(({ id }) => id > after));
      nextToken = found.some(({ id }) => id <= after) ? undefined : page.nextToken;
    } while (nextToken !== undefined);
    return events.toSorted((a, b) => a.id - b.id);
  }
}

async function tell(what: string, send: () => Promise<unknown>): Promise<'told' | 'gone'> {
  try {
    await calling(what, send);
    return 'told';
  } catch (error) {
    if (GONE.has(nameOf(error) ?? '')) return 'gone';
    throw error;
  }
}

function bounded({ error, cause }: { error: string; cause: string }): { error: string; cause: string } {
  return { error: error.slice(0, ERROR), cause: cause.slice(0, CAUSE) };
}

function statusOf(status: string | undefined): ExecutionDescription['status'] {
  switch (status) {
    case 'RUNNING':
    case 'SUCCEEDED':
    case 'FAILED':
    case 'TIMED_OUT':
    case 'ABORTED':
      return status;
    case 'PENDING_REDRIVE':
      return 'RUNNING';
    default:
      throw new Error(`expected a status of an execution, found ${status}`);
  }
}

/** The details stand in a member named after the kind of event: `stateEnteredEventDetails`, `executionFailedEventDetails`. */
function readEvent(event: SfnEvent): HistoryEvent {
  const [, details = {}] = Object.entries(event).find(([member]) => member.endsWith('EventDetails')) ?? [];
  return {
    id: expected(event.id, 'id'),
    previousEventId: event.previousEventId ?? 0,
    timestamp: expected(event.timestamp, 'timestamp').toISOString(),
    type: expected(event.type, 'type'),
    details: details as HistoryEvent['details'],
  };
}

function expected<T>(value: T | undefined, member: string): T {
  if (value === undefined) throw new Error(`expected ${member} in an answer of Step Functions`);
  return value;
}

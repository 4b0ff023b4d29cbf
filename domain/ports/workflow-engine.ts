/**
 * The engine that conducts a dossier through its state machine: AWS Step Functions Standard, or the embedded engine.
 * It is not the record: any execution can be stopped and another started at the dossier's stage.
 */
export interface WorkflowEngine {
  /** Creates an immutable machine. The same name with the same definition answers the same machine; with another definition it throws `MachineConflict`. */
  createMachine(machine: { name: string; definition: string }): Promise<{ arn: string }>;
  /** Starts an execution. `name` is unique per machine for 90 days after its end (Step Functions quota): a taken name answers `taken`. */
  start(execution: {
    machineArn: string;
    name: string;
    input: unknown;
  }): Promise<{ arn: string; result: 'started' | 'taken' }>;
  /** Answers a waiting task. `gone` stands for `TaskTimedOut` and `TaskDoesNotExist`: the caller was not heard. */
  complete(token: string, output: unknown): Promise<'told' | 'gone'>;
  fail(token: string, failure: { error: string; cause: string }): Promise<'told' | 'gone'>;
  heartbeat(token: string): Promise<'told' | 'gone'>;
  /** Stops a running execution; stopping one that has ended or never was does nothing. */
  stop(executionArn: string, reason: { error: string; cause: string }): Promise<void>;
  describe(executionArn: string): Promise<ExecutionDescription | undefined>;
  /** History in Step Functions' event vocabulary, oldest first; `after` is the id of the last event already read. */
  history(executionArn: string, after?: number): Promise<HistoryEvent[]>;
}

export interface ExecutionDescription {
  arn: string;
  machineArn: string;
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  startedAt: string;
  stoppedAt?: string;
  output?: unknown;
  error?: string;
  cause?: string;
}

export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: string;
  /** A `HistoryEventType` of the Step Functions API, such as `TaskStateEntered`. */
  type: string;
  details: Readonly<Record<string, unknown>>;
}

/** A machine of this name exists with another definition: machines never change. */
export class MachineConflict extends Error {
  override readonly name = 'MachineConflict';
  constructor(machine: string) {
    super(`The state machine ${machine} exists with another definition: a changed procedure needs a new version.`);
  }
}

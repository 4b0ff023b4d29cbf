import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { stepFunctionsClient } from '../../../adapters/aws/clients/step-functions.ts';
import { StepFunctionsEngine } from '../../../adapters/aws/step-functions/step-functions-engine.ts';
import { awsFailure, PASSING } from '../../builders/aws-failure.ts';

const client = stepFunctionsClient({ region: 'ap-southeast-1' });
const sfn = mockClient(client);
const engine = new StepFunctionsEngine({
  client,
  roleArn: 'arn:aws-cn:iam::123456789012:role/machines',
  tags: [{ key: 'project', value: 'onetrack' }],
});
const machineArn = 'arn:aws-cn:states:ap-southeast-1:123456789012:stateMachine:m';
const executionArn = 'arn:aws-cn:states:ap-southeast-1:123456789012:execution:m:d1-1';

beforeEach(() => sfn.reset());

describe('a machine of Step Functions', () => {
  it('is refused under a taken name with another definition, and found where it is the same', async () => {
    sfn.on(CreateStateMachineCommand).rejects(awsFailure('StateMachineAlreadyExists', { status: 400 }));
    sfn.on(DescribeStateMachineCommand, { stateMachineArn: machineArn }).resolves({ definition: '{"a":1}' });
    await expect(engine.createMachine({ name: 'm', definition: '{"a":2}' })).rejects.toMatchObject({
      name: 'MachineConflict',
    });
    expect(await engine.createMachine({ name: 'm', definition: '{"a":1}' })).toEqual({ arn: machineArn });
  });

  it('is a Standard one under the role and the tags of all', async () => {
    sfn.on(CreateStateMachineCommand).resolves({ stateMachineArn: machineArn });
    expect(await engine.createMachine({ name: 'm', definition: '{}' })).toEqual({ arn: machineArn });
    expect(sfn.commandCalls(CreateStateMachineCommand)[0]!.args[0].input).toEqual({
      name: 'm',
      definition: '{}',
      type: 'STANDARD',
      roleArn: 'arn:aws-cn:iam::123456789012:role/machines',
      tags: [{ key: 'project', value: 'onetrack' }],
    });
  });
});

describe('an execution of Step Functions', () => {
  it('is taken under a name that has run', async () => {
    sfn.on(StartExecutionCommand).rejects(awsFailure('ExecutionAlreadyExists', { status: 400 }));
    const started = await engine.start({ machineArn, name: 'd1-1', input: {} });
    expect(started).toEqual({ arn: executionArn, result: 'taken' });
  });

  it('is not there when it cannot be started: an unknown machine is a defect, not bad weather', async () => {
    sfn.on(StartExecutionCommand).rejects(awsFailure('StateMachineDoesNotExist', { status: 400 }));
    await expect(engine.start({ machineArn, name: 'd1-1', input: {} })).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });

  it('is stopped and described without complaint where it never was', async () => {
    sfn.on(StopExecutionCommand).rejects(awsFailure('ExecutionDoesNotExist', { status: 400 }));
    sfn.on(DescribeExecutionCommand).rejects(awsFailure('ExecutionDoesNotExist', { status: 400 }));
    await engine.stop(executionArn, { error: 'E', cause: '' });
    expect(await engine.describe(executionArn)).toBeUndefined();
  });

  it('is stopped with a cause that fits', async () => {
    sfn.on(StopExecutionCommand).resolves({});
    await engine.stop(executionArn, { error: 'e'.repeat(300), cause: 'c'.repeat(40_000) });
    const { error, cause } = sfn.commandCalls(StopExecutionCommand)[0]!.args[0].input;
    expect([error?.length, cause?.length]).toEqual([256, 32_768]);
  });

  it('tells its history newest first as far as what is known, over pages', async () => {
    const event = (id: number) => ({
      id,
      previousEventId: id - 1,
      timestamp: new Date(0),
      type: 'TaskStateEntered' as const,
      stateEnteredEventDetails: { name: `s${id}`, input: '{}' },
    });
    sfn
      .on(GetExecutionHistoryCommand)
      .resolvesOnce({ events: [event(9), event(8)], nextToken: 'more' })
      .resolvesOnce({ events: [event(7), event(6)], nextToken: 'more still' });
    const history = await engine.history(executionArn, 6);
    expect(history.map(({ id, details }) => [id, details['name']])).toEqual([
      [7, 's7'],
      [8, 's8'],
      [9, 's9'],
    ]);
    expect(sfn.commandCalls(GetExecutionHistoryCommand)).toHaveLength(2);
  });
});

describe('a token of Step Functions', () => {
  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('is gone after %s', async (name) => {
    const failure = awsFailure(name, { status: 400 });
    sfn.on(SendTaskSuccessCommand).rejects(failure);
    sfn.on(SendTaskFailureCommand).rejects(failure);
    sfn.on(SendTaskHeartbeatCommand).rejects(failure);
    expect([
      await engine.complete('t', {}),
      await engine.fail('t', { error: 'E', cause: '' }),
      await engine.heartbeat('t'),
    ]).toEqual(['gone', 'gone', 'gone']);
  });

  it('carries what the stage comes to', async () => {
    sfn.on(SendTaskSuccessCommand).resolves({});
    expect(await engine.complete('t', { next: 'sign' })).toBe('told');
    expect(sfn.commandCalls(SendTaskSuccessCommand)[0]!.args[0].input).toEqual({
      taskToken: 't',
      output: '{"next":"sign"}',
    });
  });
});

it.each(PASSING)('Step Functions can be asked again after $name', async (failure) => {
  sfn.onAnyCommand().rejects(failure);
  for (const call of [
    engine.createMachine({ name: 'm', definition: '{}' }),
    engine.start({ machineArn, name: 'd1-1', input: {} }),
    engine.complete('t', {}),
    engine.fail('t', { error: 'E', cause: '' }),
    engine.stop(executionArn, { error: 'E', cause: '' }),
    engine.describe(executionArn),
    engine.history(executionArn),
  ])
    await expect(call).rejects.toMatchObject({ name: 'TaskRetryable' });
});

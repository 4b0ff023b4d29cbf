import type { WorkflowEngine } from '../../domain/ports/workflow-engine.ts';
import { describeCases, type Differences, type Promised } from './cases.ts';

/** An engine with one function. Given `{ key, fail?, token? }`, it throws an error named `fail`, or returns `{ key }`. */
export interface EngineUnderTest {
  engine: WorkflowEngine;
  functionArn: string;
  /** The token that the function was handed with this key; resolves once it has been. */
  tokenOf: (key: string) => Promise<string>;
  /** Resolves when the execution does nothing but wait, or has ended. */
  settled: (executionArn: string) => Promise<void>;
  close: () => Promise<void>;
}

/** What every engine behind the port does: the embedded one and Step Functions. Names are fresh in each case, so a shared account will do. */
export function workflowEngineContract(
  setUp: () => Promise<EngineUnderTest>,
  fresh: () => string,
  differs: Differences = {},
): void {
  describeCases(differs, (promise) => declareCases(setUp, fresh, promise));
}

function declareCases(setUp: () => Promise<EngineUnderTest>, fresh: () => string, promise: Promised): void {
  let under: EngineUnderTest;
  beforeEach(async () => {
    under = await setUp();
  });
  afterEach(() => under.close());

  const definition = (states: Record<string, object>): string =>
    JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states });
  const waiting = (fields: object = {}): object => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: under.functionArn,
      Payload: { key: '{% $states.input.key %}', token: '{% $states.context.Task.Token %}' },
    },
    ...('Next' in fields ? {} : { End: true }),
    ...fields,
  });
  const calling = (fields: object = {}): object => ({
    ...waiting(fields),
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: under.functionArn, Payload: '{% $states.input %}' },
  });
  const started = async (states: Record<string, object>, input: object): Promise<string> => {
    const { arn: machineArn } = await under.engine.createMachine({ name: fresh(), definition: definition(states) });
    const { arn } = await under.engine.start({ machineArn, name: fresh(), input });
    await under.settled(arn);
    return arn;
  };

  promise('refuses a machine whose definition is not valid', async () => {
    const bad = definition({ a: { Type: 'Pass', Next: 'nowhere' } });
    await expect(under.engine.createMachine({ name: fresh(), definition: bad })).rejects.toThrow();
  });

  promise('refuses another definition under a name that is taken, and answers the same one again', async () => {
    const name = fresh();
    const first = await under.engine.createMachine({ name, definition: definition({ a: { Type: 'Succeed' } }) });
    expect(await under.engine.createMachine({ name, definition: definition({ a: { Type: 'Succeed' } }) })).toEqual(
      first,
    );
    await expect(
      under.engine.createMachine({ name, definition: definition({ b: { Type: 'Succeed' } }) }),
    ).rejects.toMatchObject({ name: 'MachineConflict' });
  });

  promise('answers taken for a name that has run, and started for the same request while it runs', async () => {
    const { arn: machineArn } = await under.engine.createMachine({
      name: fresh(),
      definition: definition({ w: waiting() }),
    });
    const name = fresh();
    const request = { machineArn, name, input: { key: fresh() } };
    const { arn, result } = await under.engine.start(request);
    expect(result).toBe('started');
    await under.settled(arn);
    expect(await under.engine.start(request)).toEqual({ arn, result: 'started' });
    expect(await under.engine.start({ ...request, input: { key: 'other' } })).toMatchObject({ result: 'taken' });
    await under.engine.stop(arn, { error: 'Stopped', cause: '' });
    expect(await under.engine.start(request)).toMatchObject({ result: 'taken' });
  });

  promise('does not hear a token twice, nor one it never gave', async () => {
    const key = fresh();
    const arn = await started({ w: waiting() }, { key });
    const token = await under.tokenOf(key);
    expect(await under.engine.complete(token, { next: 'sign' })).toBe('told');
    expect(await under.engine.complete(token, { next: 'other' })).toBe('gone');
    expect(await under.engine.fail('1.never-given', { error: 'E', cause: '' })).toBe('gone');
    await under.settled(arn);
    expect(await under.engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { next: 'sign' } });
  });

  promise('does not hear a token of an execution that was stopped', async () => {
    const key = fresh();
    const arn = await started({ w: waiting() }, { key });
    const token = await under.tokenOf(key);
    await under.engine.stop(arn, { error: 'Withdrawn', cause: 'by the applicant' });
    await under.engine.stop(arn, { error: 'Again', cause: '' });
    expect(await under.engine.complete(token, {})).toBe('gone');
    expect(await under.engine.heartbeat(token)).toBe('gone');
    const described = await under.engine.describe(arn);
    expect(described).toMatchObject({ status: 'ABORTED', error: 'Withdrawn', cause: 'by the applicant' });
    expect((await under.engine.history(arn)).at(-1)?.type).toBe('ExecutionAborted');
  });

  promise('knows nothing of an execution that never was', async () => {
    const arn = await started({ a: { Type: 'Succeed' } }, {});
    expect(await under.engine.describe(`${arn}x`)).toBeUndefined();
    await under.engine.stop(`${arn}x`, { error: 'E', cause: '' });
  });

  promise('goes where the answer says', async () => {
    const states = {
      w: waiting({ Assign: { next: '{% $states.result.next %}' }, Next: 'w.next' }),
      'w.next': {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $next = "yes" %}', Next: 'yes' },
          { Condition: '{% $next = "no" %}', Next: 'no' },
        ],
      },
      yes: { Type: 'Pass', Output: 'yes', End: true },
      no: { Type: 'Pass', Output: 'no', End: true },
    };
    for (const next of ['yes', 'no']) {
      const key = fresh();
      const arn = await started(states, { key });
      await under.engine.complete(await under.tokenOf(key), { next });
      await under.settled(arn);
      expect(await under.engine.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: next });
    }
  });

  promise('fails with the error that a token reports, or takes the way that catches it', async () => {
    const states = {
      w: waiting({ Catch: [{ ErrorEquals: ['Refused'], Next: 'caught' }] }),
      caught: { Type: 'Succeed' },
    };
    for (const error of ['Refused', 'Other']) {
      const key = fresh();
      const arn = await started(states, { key });
      expect(await under.engine.fail(await under.tokenOf(key), { error, cause: 'why' })).toBe('told');
      await under.settled(arn);
      const described = await under.engine.describe(arn);
      expect(described).toMatchObject(
        error === 'Other'
          ? { status: 'FAILED', error: 'Other', cause: 'why' }
          : { status: 'SUCCEEDED', output: { Error: 'Refused', Cause: 'why' } },
      );
    }
  });

  promise('catches a function by the name of its error', async () => {
    const Catch = [
      { ErrorEquals: ['TaskTerminal'], Next: 'parked' },
      { ErrorEquals: ['States.ALL'], Next: 'defect' },
    ];
    const end = (Output: string) => ({ Type: 'Pass', Output, End: true });
    const states = { t: calling({ Catch }), parked: end('parked'), defect: end('defect') };
    for (const [fail, output] of [
      ['TaskTerminal', 'parked'],
      ['TypeError', 'defect'],
    ] as const) {
      const arn = await started(states, { key: 'k', fail });
      expect(await under.engine.describe(arn)).toMatchObject({ output });
    }
  });

  promise('tells what happened, in the words of Step Functions', async () => {
    const arn = await started({ t: calling() }, { key: 'k' });
    const history = await under.engine.history(arn);
    expect(history.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(history.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(history[1]?.details).toMatchObject({ name: 't', input: '{"key":"k"}' });
  });

  promise('goes on with a history after an event already read', async () => {
    const arn = await started({ t: calling() }, { key: 'k' });
    const history = await under.engine.history(arn);
    expect(history.length).toBeGreaterThan(4);
    expect(await under.engine.history(arn, 3)).toEqual(history.slice(3));
    expect(await under.engine.history(arn, history.length)).toEqual([]);
  });
}

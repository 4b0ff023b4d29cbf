import { Bench, callback, FUNCTION, machine, named, pass, task } from './harness.ts';

const tokenOf = (bench: Bench, call = 0): string => (bench.calls[call] as { token: string }).token;

describe('Task', () => {
  it('hands the payload to the function and its result on, as Step Functions wraps it', async () => {
    const bench = new Bench(({ n }) => ({ twice: Number(n) * 2 }));
    const arn = await bench.start(machine({ t: task() }), { n: 4 });
    expect((await bench.describe(arn)).output).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { twice: 8 },
      StatusCode: 200,
    });
    expect((await bench.history(arn)).map(({ type, details }) => [type, details])).toEqual([
      ['ExecutionStarted', { input: '{"n":4}', inputDetails: { truncated: false } }],
      ['TaskStateEntered', { name: 't', input: '{"n":4}', inputDetails: { truncated: false } }],
      [
        'TaskScheduled',
        {
          parameters: `{"FunctionName":"${FUNCTION}","Payload":{"n":4}}`,
          resource: 'invoke',
          resourceType: 'lambda',
          region: 'local',
        },
      ],
      ['TaskStarted', { resource: 'invoke', resourceType: 'lambda' }],
      ['TaskSucceeded', expect.objectContaining({ output: expect.stringContaining('"twice":8'), resource: 'invoke' })],
      ['TaskStateExited', expect.objectContaining({ name: 't', output: expect.stringContaining('"twice":8') })],
      ['ExecutionSucceeded', expect.objectContaining({ output: expect.stringContaining('"twice":8') })],
    ]);
  });

  it('links each event to the one before it; the first state follows nothing', async () => {
    const bench = new Bench();
    const history = await bench.history(await bench.start(machine({ t: task() })));
    expect(history.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
      [1, 0],
      [2, 0],
      [3, 2],
      [4, 3],
      [5, 4],
      [6, 5],
      [7, 6],
    ]);
  });

  it('calls a function by its ARN with the bare arguments and takes the bare result', async () => {
    const bench = new Bench(({ n }) => Number(n) + 1);
    const arn = await bench.start(
      machine({ t: task({ Resource: FUNCTION, Arguments: { n: '{% $states.input %}' } }) }),
      4,
    );
    expect((await bench.describe(arn)).output).toBe(5);
    expect((await bench.types(arn)).slice(2, 5)).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
    ]);
  });

  it('keeps what a function does to its payload out of the execution', async () => {
    const bench = new Bench((payload) => {
      (payload['list'] as number[]).push(9);
      return payload;
    });
    const definition = machine({
      t: task({ Output: ['{% $states.input.list %}', '{% $states.result.Payload.list %}'] }),
    });
    expect((await bench.run(definition, { list: [1] })).output).toEqual([[1], [1, 9]]);
  });

  it('fails with States.DataLimitExceeded when the result is too large, which States.ALL does not catch', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'caught' }];
    const bench = new Bench(() => 'x'.repeat(262_144));
    expect(await bench.run(machine({ t: task({ Catch }), caught: pass() }))).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });

  it('fails with States.Runtime when the arguments name no function', async () => {
    const definition = machine({ t: task({ Arguments: { FunctionName: '{% 5 %}' } }) });
    expect(await new Bench().run(definition)).toMatchObject({ error: 'States.Runtime' });
  });
});

describe('Retry', () => {
  const failing = (times: number, name = 'TaskRetryable') =>
    new Bench((_payload, attempt) => {
      if (attempt < times) throw named(name);
      return attempt;
    });
  const Output = '{% $states.result.Payload %}';

  it('gives up after the attempts it has, counting the first as none of them', async () => {
    const bench = failing(9);
    const Retry = [{ ErrorEquals: ['TaskRetryable'], MaxAttempts: 2, IntervalSeconds: 1 }];
    const arn = await bench.start(machine({ t: task({ Retry }) }));
    await bench.pass(100);
    expect(bench.calls).toHaveLength(3);
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'TaskRetryable' });
    expect((await bench.types(arn)).slice(2)).toEqual([
      ...Array.from({ length: 3 }, () => ['TaskScheduled', 'TaskStarted', 'TaskFailed']).flat(),
      'ExecutionFailed',
    ]);
  });

  it('does not retry with MaxAttempts 0', async () => {
    const Retry = [{ ErrorEquals: ['TaskRetryable'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    expect(await failing(1).run(machine({ t: task({ Retry }) }))).toMatchObject({ error: 'TaskRetryable' });
  });

  it('retries after 1, 2 and 4 seconds if nothing else is said', async () => {
    const bench = failing(3);
    const arn = await bench.start(machine({ t: task({ Output, Retry: [{ ErrorEquals: ['States.ALL'] }] }) }));
    const dues: number[] = [];
    for (let due = bench.engine.nextDue(); due !== undefined; due = bench.engine.nextDue()) {
      dues.push((due - bench.now) / 1000);
      await bench.pass((due - bench.now) / 1000);
    }
    expect(dues).toEqual([1, 2, 4]);
    expect((await bench.describe(arn)).output).toBe(3);
  });

  it('counts each retrier for itself, and again from zero when the state is entered again', async () => {
    const names = ['A', 'B', 'A', 'B', undefined, 'A', 'B', 'A', 'B', undefined];
    const bench = new Bench(() => {
      const name = names.shift();
      if (name !== undefined) throw named(name);
      return names.length;
    });
    const Retry = ['A', 'B'].map((name) => ({ ErrorEquals: [name], MaxAttempts: 2 }));
    const definition = machine({
      t: task({ Retry, Output, Next: 'again' }),
      again: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 5 %}', Next: 't' }], Default: 'end' },
      end: { Type: 'Succeed' },
    });
    const arn = await bench.start(definition);
    await bench.pass(100);
    expect((await bench.describe(arn)).status).toBe('SUCCEEDED');
  });

  it('evaluates the arguments again, with the number of the retry', async () => {
    const Arguments = { FunctionName: FUNCTION, Payload: '{% $states.context.State.RetryCount %}' };
    const bench = failing(2);
    await bench.start(machine({ t: task({ Arguments, Retry: [{ ErrorEquals: ['States.ALL'] }] }) }));
    await bench.pass(10);
    expect(bench.calls).toEqual([0, 1, 2]);
  });

  it('retries a failed evaluation, and catches it', async () => {
    const bench = new Bench(() => ({}));
    const definition = machine({
      t: task({
        Output: '{% $states.result.Payload.missing %}',
        Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'caught' }],
      }),
      caught: pass(),
    });
    const arn = await bench.start(definition);
    await bench.pass(10);
    expect(await bench.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await bench.types(arn)).slice(2)).toEqual([
      ...Array.from({ length: 2 }, () => ['TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'EvaluationFailed']).flat(),
      'TaskStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });
});

describe('Catch', () => {
  const caughtBy = async (ErrorEquals: string[], thrown: string) => {
    const bench = new Bench(() => {
      throw named(thrown);
    });
    const definition = machine({
      t: task({ Catch: [{ ErrorEquals, Next: 'caught' }] }),
      caught: pass({ Output: 'caught' }),
    });
    return (await bench.run(definition)).output === 'caught';
  };

  it.each([
    [['Other'], 'Mine', false],
    [['Mine'], 'Mine', true],
    [['mine'], 'Mine', false],
    [['States.ALL'], 'Mine', true],
    [['States.TaskFailed'], 'Mine', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.Timeout'], 'States.Timeout', true],
    [['States.ALL'], 'States.DataLimitExceeded', false],
    [['States.ALL'], 'States.Runtime', false],
    [['States.HeartbeatTimeout'], 'States.Timeout', false],
  ])('with %j takes %s: %s', async (names, thrown, taken) => {
    expect(await caughtBy(names, thrown)).toBe(taken);
  });

  it('hands on the error output if it says nothing else, with the cause as Lambda reports it', async () => {
    const bench = new Bench(() => {
      throw named('TaskTerminal', 'answer unusable');
    });
    const definition = machine({ t: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'p' }] }), p: pass() });
    const { output } = await bench.run(definition);
    expect(output).toEqual({
      Error: 'TaskTerminal',
      Cause: '{"errorType":"TaskTerminal","errorMessage":"answer unusable"}',
    });
  });

  it('evaluates its own output and variables over $states.errorOutput, not those of the state', async () => {
    const bench = new Bench(() => {
      throw named('Broken');
    });
    const Catch = [
      {
        ErrorEquals: ['Broken'],
        Next: 'p',
        Assign: { e: '{% $states.errorOutput.Error %}' },
        Output: '{% $states.input %}',
      },
    ];
    const definition = machine({
      t: task({ Catch, Assign: { other: 1 }, Output: 'not this' }),
      p: pass({ Output: ['{% $e %}', '{% $states.input %}', '{% $exists($other) %}'] }),
    });
    expect((await bench.run(definition, 'in')).output).toEqual(['Broken', 'in', false]);
  });

  it('comes after the retries', async () => {
    const bench = new Bench(() => {
      throw named('Broken');
    });
    const guards = {
      Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['Broken'], Next: 'p' }],
    };
    const arn = await bench.start(machine({ t: task(guards), p: pass() }));
    expect((await bench.describe(arn)).status).toBe('RUNNING');
    await bench.pass(1);
    expect((await bench.describe(arn)).status).toBe('SUCCEEDED');
    expect(bench.calls).toHaveLength(2);
  });

  it('fails the execution when its own output cannot be evaluated', async () => {
    const bench = new Bench(() => {
      throw named('Broken');
    });
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'p', Output: '{% $states.errorOutput.missing %}' }];
    expect(await bench.run(machine({ t: task({ Catch }), p: pass() }))).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });
});

describe('waitForTaskToken', () => {
  it('does not hear an unknown, a used or a misspelt token', async () => {
    const bench = new Bench();
    await bench.start(machine({ t: callback() }));
    const token = tokenOf(bench);
    expect(await bench.engine.complete('999.x', {})).toBe('gone');
    expect(await bench.engine.complete('nonsense', {})).toBe('gone');
    expect(await bench.engine.complete(`${token}x`, {})).toBe('gone');
    expect(await bench.engine.complete(token, {})).toBe('told');
    expect(await bench.engine.complete(token, {})).toBe('gone');
    expect(await bench.engine.fail(token, { error: 'E', cause: '' })).toBe('gone');
    expect(await bench.engine.heartbeat(token)).toBe('gone');
  });

  it('refuses an answer larger than 256 KiB and goes on waiting', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ t: callback() }));
    await expect(bench.engine.complete(tokenOf(bench), 'x'.repeat(262_143))).rejects.toThrow('256 KiB');
    expect((await bench.describe(arn)).status).toBe('RUNNING');
  });

  it('waits until the token is answered, and takes the answer as its result', async () => {
    const bench = new Bench(() => ({ opened: true }));
    const arn = await bench.start(
      machine({
        t: callback({ Assign: { next: '{% $states.result.next %}' }, Next: 'p' }),
        p: pass({ Output: '{% $next %}' }),
      }),
    );
    expect((await bench.types(arn)).slice(2)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted']);
    expect((await bench.history(arn)).at(-1)?.details['output']).toContain('"Payload":{"opened":true}');
    expect(bench.engine.nextDue()).toBeUndefined();
    expect(await bench.engine.complete(tokenOf(bench), { next: 'sign' })).toBe('told');
    expect((await bench.describe(arn)).output).toBe('sign');
    expect((await bench.types(arn)).slice(4, 7)).toEqual(['TaskSubmitted', 'TaskSucceeded', 'TaskStateExited']);
  });

  it('hears the answer before the function has returned, and then not the function', async () => {
    let release: (() => void) | undefined;
    const bench = new Bench(() => new Promise<void>((resolve) => (release = resolve)));
    const { arn: machineArn } = await bench.engine.createMachine({
      name: 'm',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...machine({ t: callback() }) }),
    });
    const { arn } = await bench.engine.start({ machineArn, name: 'e', input: {} });
    expect(await bench.engine.complete(tokenOf(bench), 'early')).toBe('told');
    release?.();
    await bench.engine.idle();
    expect((await bench.describe(arn)).output).toBe('early');
    expect(await bench.types(arn)).not.toContain('TaskSubmitted');
  });

  it('fails when the function fails; the token is then gone', async () => {
    const bench = new Bench(() => {
      throw named('TaskTerminal');
    });
    const arn = await bench.start(machine({ t: callback() }));
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'TaskTerminal' });
    expect(await bench.engine.complete(tokenOf(bench), {})).toBe('gone');
  });

  it('fails with the error that the token reports', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ t: callback({ Catch: [{ ErrorEquals: ['No'], Next: 'p' }] }), p: pass() }));
    expect(await bench.engine.fail(tokenOf(bench), { error: 'No', cause: 'because' })).toBe('told');
    expect((await bench.describe(arn)).output).toEqual({ Error: 'No', Cause: 'because' });
  });

  it('times out, and retries with a new token', async () => {
    const bench = new Bench();
    const arn = await bench.start(
      machine({ t: callback({ TimeoutSeconds: 30, Retry: [{ ErrorEquals: ['States.Timeout'] }] }) }),
    );
    await bench.pass(31);
    expect(await bench.engine.complete(tokenOf(bench), {})).toBe('gone');
    expect(await bench.engine.complete(tokenOf(bench, 1), 'late')).toBe('told');
    expect((await bench.describe(arn)).output).toBe('late');
    const timedOut = (await bench.history(arn)).find(({ type }) => type === 'TaskTimedOut');
    expect(timedOut?.details).toMatchObject({ error: 'States.Timeout' });
  });

  it('times out for want of a heartbeat, reported as States.Timeout and caught by either name', async () => {
    for (const name of ['States.HeartbeatTimeout', 'States.Timeout']) {
      const bench = new Bench();
      const Catch = [{ ErrorEquals: [name], Next: 'p' }];
      const arn = await bench.start(
        machine({ t: callback({ TimeoutSeconds: 600, HeartbeatSeconds: 10, Catch }), p: pass() }),
      );
      await bench.pass(9);
      expect(await bench.engine.heartbeat(tokenOf(bench))).toBe('told');
      await bench.pass(9);
      expect((await bench.describe(arn)).status).toBe('RUNNING');
      await bench.pass(1);
      expect(await bench.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.Timeout' } });
    }
  });

  it('times out a function that does not return', async () => {
    const bench = new Bench(() => new Promise(() => undefined));
    const definition = machine({ t: task({ TimeoutSeconds: '{% 5 %}' }) });
    const { arn: machineArn } = await bench.engine.createMachine({
      name: 'm',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...definition }),
    });
    const { arn } = await bench.engine.start({ machineArn, name: 'e', input: {} });
    bench.now += 5000;
    bench.engine.fireDue(bench.now);
    await bench.engine.idle();
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});

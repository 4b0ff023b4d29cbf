import { Bench, machine, pass } from './harness.ts';

const choice = (fields: object) => ({ Type: 'Choice', ...fields });

describe('Choice', () => {
  const router = machine({
    route: choice({
      Choices: [
        { Condition: '{% $states.input.stage = "verify" %}', Next: 'verify', Output: { by: 'rule' }, Assign: { x: 1 } },
        { Condition: '{% $states.input.n > 3 and $states.input.n < 9 %}', Next: 'verify' },
        { Condition: '{% $states.input.odd %}', Next: 'verify' },
      ],
    }),
    verify: pass({ Output: { got: '{% $states.input %}', x: '{% $exists($x) ? $x : "none" %}' } }),
  });

  it('fails with States.NoChoiceMatched when no rule matches and there is no default', async () => {
    const bench = new Bench();
    const arn = await bench.start(router, { stage: 'sign', n: 1, odd: false });
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    expect(await bench.types(arn)).toEqual(['ExecutionStarted', 'ChoiceStateEntered', 'ExecutionFailed']);
  });

  it.each([['text'], [1], [null], [[true]]])('refuses %j as a condition', async (odd) => {
    expect(await new Bench().run(router, { odd })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });

  it('refuses a condition that returns nothing', async () => {
    expect(await new Bench().run(router, { stage: 'sign' })).toMatchObject({ error: 'States.QueryEvaluationError' });
  });

  it('takes the first rule that matches, with its output and variables', async () => {
    expect((await new Bench().run(router, { stage: 'verify', n: 5 })).output).toEqual({ got: { by: 'rule' }, x: 1 });
  });

  it('hands on its input by a rule without output', async () => {
    expect((await new Bench().run(router, { stage: 's', n: 5 })).output).toEqual({
      got: { stage: 's', n: 5 },
      x: 'none',
    });
  });

  it('uses its own output and variables on the way of the default', async () => {
    const definition = machine({
      route: choice({
        Choices: [{ Condition: false, Next: 'end' }],
        Default: 'end',
        Assign: { x: 2 },
        Output: { by: 'state' },
      }),
      end: pass({ Output: ['{% $x %}', '{% $states.input.by %}'] }),
    });
    expect((await new Bench().run(definition)).output).toEqual([2, 'state']);
  });
});

describe('Assign and Output', () => {
  it('fails when an expression returns nothing', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ a: pass({ Output: { x: ['{% $states.input.missing %}'] } }) }));
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    const failed = (await bench.history(arn)).find(({ type }) => type === 'EvaluationFailed');
    expect(failed?.details).toMatchObject({ location: '/Output/x/0', state: 'a' });
  });

  it('fails when a variable was never assigned', async () => {
    expect(await new Bench().run(machine({ a: pass({ Output: '{% $x %}' }) }))).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });

  it('reads in both the variables as they were when the state was entered', async () => {
    const definition = machine({
      one: pass({ Assign: { x: 1, y: 'a' }, Next: 'two' }),
      two: pass({ Assign: { x: '{% $x + 1 %}', z: '{% $x %}' }, Output: '{% $x %}', Next: 'three' }),
      three: pass({ Output: { x: '{% $x %}', y: '{% $y %}', z: '{% $z %}', output: '{% $states.input %}' } }),
    });
    expect((await new Bench().run(definition)).output).toEqual({ x: 2, y: 'a', z: 1, output: 1 });
  });

  it('gives literals as they are, null and empty things included', async () => {
    const literal = { a: null, b: [], c: {}, d: 'text', e: 1.5, f: [null, { g: false }] };
    expect((await new Bench().run(machine({ a: pass({ Output: literal }) }))).output).toEqual(literal);
  });

  it('reads the context object', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ here: pass({ Output: '{% $states.context %}' }) }), { a: 1 });
    expect((await bench.describe(arn)).output).toEqual({
      Execution: {
        Id: arn,
        Input: { a: 1 },
        Name: 'run-1',
        RoleArn: 'arn:aws:iam::000000000000:role/onetrack',
        StartTime: '2026-11-23T08:00:00.000Z',
        RedriveCount: 0,
      },
      State: { Name: 'here', EnteredTime: '2026-11-23T08:00:00.000Z', RetryCount: 0 },
      StateMachine: { Id: 'arn:aws:states:local:000000000000:stateMachine:run-1', Name: 'run-1' },
    });
  });
});

describe('Wait', () => {
  it.each([[{ Seconds: '{% "soon" %}' }], [{ Seconds: '{% -1 %}' }], [{ Timestamp: '{% "2026-11-23" %}' }]])(
    'refuses %j when it comes to it',
    async (fields) => {
      expect(await new Bench().run(machine({ w: { Type: 'Wait', End: true, ...fields } }))).toMatchObject({
        status: 'FAILED',
        error: 'States.QueryEvaluationError',
      });
    },
  );

  it('waits as many seconds as it says', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ w: { Type: 'Wait', Seconds: '{% $states.input.s %}', End: true } }), {
      s: 60,
    });
    await bench.pass(59.999);
    expect((await bench.describe(arn)).status).toBe('RUNNING');
    await bench.pass(0.001);
    expect(await bench.describe(arn)).toMatchObject({
      status: 'SUCCEEDED',
      output: { s: 60 },
      stoppedAt: '2026-11-23T08:01:00.000Z',
    });
    expect(await bench.types(arn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('waits for an instant, and not at all for one that has passed', async () => {
    const bench = new Bench();
    const at = (Timestamp: string) => machine({ w: { Type: 'Wait', Timestamp, End: true } });
    const arn = await bench.start(at('2026-11-23T10:00:00+01:00'));
    expect(bench.engine.nextDue()).toBe(Date.parse('2026-11-23T09:00:00Z'));
    const past = await bench.start(at('2020-01-01T00:00:00Z'));
    await bench.pass(0);
    expect((await bench.describe(past)).status).toBe('SUCCEEDED');
    await bench.pass(3600);
    expect((await bench.describe(arn)).status).toBe('SUCCEEDED');
  });
});

describe('Fail and Succeed', () => {
  it('fails with error and cause, which may be expressions', async () => {
    const definition = machine({
      f: { Type: 'Fail', Error: '{% $states.input.e %}', Cause: '{% "no " & $states.input.e %}' },
    });
    const bench = new Bench();
    const arn = await bench.start(definition, { e: 'Refused' });
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'no Refused' });
    expect(await bench.types(arn)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });

  it('succeeds with its output', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ s: { Type: 'Succeed', Output: { done: '{% true %}' } } }));
    expect(await bench.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { done: true } });
    expect(await bench.types(arn)).toEqual([
      'ExecutionStarted',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });
});

describe('Limits of an execution', () => {
  it('fails past 25,000 events, the last of which says so', async () => {
    const definition = machine({
      a: pass({ Next: 'b' }),
      b: { Type: 'Choice', Choices: [{ Condition: true, Next: 'a' }] },
    });
    const bench = new Bench();
    const arn = await bench.start(definition);
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    const history = await bench.history(arn);
    expect(history).toHaveLength(25_000);
    expect(history.at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
    expect(history.at(-2)?.type).not.toBe('ExecutionFailed');
  });

  it('fails with States.DataLimitExceeded when an output is larger than 256 KiB', async () => {
    const grow = (n: number) => machine({ a: pass({ Output: `{% $pad("", ${String(n)}, "x") %}` }) });
    expect(await new Bench().run(grow(262_143 - 1))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await new Bench().run(grow(262_143))).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  it('counts bytes, not characters', async () => {
    const definition = machine({ a: pass({ Output: '{% $pad("", 140000, "ữ") %}' }) });
    expect(await new Bench().run(definition)).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  it('fails with States.DataLimitExceeded when one state assigns more than 256 KiB', async () => {
    const definition = machine({
      a: pass({ Assign: { x: '{% $pad("", 200000, "x") %}', y: '{% $pad("", 70000, "x") %}' } }),
    });
    expect(await new Bench().run(definition)).toMatchObject({ error: 'States.DataLimitExceeded' });
  });

  it('ends as timed out after the seconds that the machine has', async () => {
    const bench = new Bench();
    const arn = await bench.start({ ...machine({ w: { Type: 'Wait', Seconds: 100, End: true } }), TimeoutSeconds: 10 });
    await bench.pass(200);
    expect(await bench.describe(arn)).toMatchObject({ status: 'TIMED_OUT', stoppedAt: '2026-11-23T08:00:10.000Z' });
    expect((await bench.types(arn)).at(-1)).toBe('ExecutionTimedOut');
  });
});

import { Bench, callback, machine, named, pass, task } from './harness.ts';

const parallel = (Branches: object[], fields: object = {}) => ({
  Type: 'Parallel',
  Branches,
  ...('Next' in fields ? {} : { End: true }),
  ...fields,
});
const map = (ItemProcessor: object, fields: object = {}) => ({
  Type: 'Map',
  ItemProcessor,
  ...('Next' in fields ? {} : { End: true }),
  ...fields,
});
const tokens = (bench: Bench): string[] => bench.calls.map((call) => (call as { token: string }).token);

describe('Parallel', () => {
  it('fails with the error of the first branch that fails, and hears no other', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ p: parallel([machine({ a: callback() }), machine({ b: callback() })]) }));
    const [first = '', second = ''] = tokens(bench);
    expect(await bench.engine.fail(second, { error: 'No', cause: 'why' })).toBe('told');
    expect(await bench.engine.complete(first, 1)).toBe('gone');
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'No', cause: 'why' });
    expect((await bench.types(arn)).slice(-3)).toEqual(['TaskFailed', 'ParallelStateFailed', 'ExecutionFailed']);
  });

  it('gives the outputs in the order of the branches, whichever ends first', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ p: parallel([machine({ a: callback() }), machine({ b: callback() })]) }));
    const [first = '', second = ''] = tokens(bench);
    await bench.engine.complete(second, 'b');
    expect((await bench.describe(arn)).status).toBe('RUNNING');
    await bench.engine.complete(first, 'a');
    expect((await bench.describe(arn)).output).toEqual(['a', 'b']);
    expect((await bench.types(arn)).slice(-3)).toEqual([
      'ParallelStateSucceeded',
      'ParallelStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('hands its arguments to each branch, which reads outer variables and keeps its own', async () => {
    const definition = machine({
      set: pass({ Assign: { outer: 1 }, Next: 'p' }),
      p: parallel(
        [
          machine({
            a: pass({ Assign: { own: '{% $states.input.n %}' }, Next: 'a2' }),
            a2: pass({ Output: '{% $own + $outer %}' }),
          }),
          machine({ b: pass({ Output: '{% $exists($own) %}' }) }),
        ],
        { Arguments: { n: 41 }, Next: 'end' },
      ),
      end: pass({ Output: ['{% $states.input %}', '{% $exists($own) %}'] }),
    });
    expect((await new Bench().run(definition)).output).toEqual([[42, false], false]);
  });

  it('runs all branches again on a retry, and catches', async () => {
    const bench = new Bench(() => {
      throw named('Broken');
    });
    const guards = {
      Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'c' }],
    };
    const branches = [machine({ a: task() }), machine({ w: { Type: 'Wait', Seconds: 500, End: true } })];
    const arn = await bench.start(machine({ p: parallel(branches, { ...guards, Next: 'c' }), c: pass() }));
    await bench.pass(1);
    expect(await bench.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'Broken' } });
    expect(bench.calls).toHaveLength(2);
    expect(bench.engine.nextDue()).toBeUndefined();
  });

  it('evaluates output and variables over its result', async () => {
    const p = parallel([machine({ a: pass({ Output: 2 }) })], { Output: '{% $states.result[0] * 2 %}', Next: 'q' });
    expect((await new Bench().run(machine({ p, q: pass() }))).output).toBe(4);
  });
});

describe('Map', () => {
  it.each([[5], ['text'], [null]])('refuses %j as items', async (input) => {
    expect(await new Bench().run(machine({ m: map(machine({ i: pass() })) }), input)).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });

  it('gives nothing for no items', async () => {
    expect((await new Bench().run(machine({ m: map(machine({ i: pass() })) }), [])).output).toEqual([]);
  });

  it('runs one iteration per item, in the order of the items', async () => {
    const Output = ['{% $states.context.Map.Item.Index %}', '{% $states.input %}'];
    const bench = new Bench();
    const arn = await bench.start(machine({ m: map(machine({ i: pass({ Output }) })) }), ['a', 'b']);
    expect((await bench.describe(arn)).output).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect((await bench.types(arn)).slice(1, 7)).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      'MapIterationStarted',
      'PassStateEntered',
      'PassStateExited',
      'MapIterationSucceeded',
    ]);
  });

  it('selects what each iteration gets, and takes the members of an object as items', async () => {
    const fields = {
      Items: { x: 1, y: 2 },
      ItemSelector: { k: '{% $states.context.Map.Item.Value.Key %}', all: '{% $states.input %}' },
    };
    const { output } = await new Bench().run(machine({ m: map(machine({ i: pass() }), fields) }), 'in');
    expect(output).toEqual([
      { k: 'x', all: 'in' },
      { k: 'y', all: 'in' },
    ]);
  });

  it('runs no more at once than it may', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ m: map(machine({ i: callback() }), { MaxConcurrency: 2 }) }), [1, 2, 3]);
    expect(bench.calls).toHaveLength(2);
    await bench.engine.complete(tokens(bench)[1] ?? '', 'second');
    await bench.engine.idle();
    expect(bench.calls).toHaveLength(3);
    await bench.engine.complete(tokens(bench)[2] ?? '', 'third');
    await bench.engine.complete(tokens(bench)[0] ?? '', 'first');
    expect((await bench.describe(arn)).output).toEqual(['first', 'second', 'third']);
  });

  it('fails when an iteration fails', async () => {
    const bench = new Bench((n) => {
      if (Number(n) === 2) throw named('Odd');
      return n;
    });
    const arn = await bench.start(machine({ m: map(machine({ i: task() })) }), [1, 2]);
    expect(await bench.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Odd' });
    expect((await bench.types(arn)).slice(-3)).toEqual(['MapIterationFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  it('runs thousands of iterations that end at once', async () => {
    const items = Array.from({ length: 3000 }, (_, i) => i);
    expect((await new Bench().run(machine({ m: map(machine({ i: pass() })) }), items)).output).toEqual(items);
  });

  it('runs inside a Parallel inside a Map', async () => {
    const inner = map(machine({ i: pass({ Output: '{% $states.input * $f %}' }) }), {
      Items: '{% $states.input.list %}',
    });
    const outer = map(machine({ p: parallel([machine({ m2: inner }), machine({ z: pass({ Output: 'z' }) })]) }));
    const definition = machine({ set: pass({ Assign: { f: 10 }, Next: 'm' }), m: outer });
    expect((await new Bench().run(definition, [{ list: [1, 2] }, { list: [3] }])).output).toEqual([
      [[10, 20], 'z'],
      [[30], 'z'],
    ]);
  });
});

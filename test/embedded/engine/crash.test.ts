import { mkdtempSync, rmSync, copyFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { Bench, callback, FUNCTION, machine, named, pass, START, task } from './harness.ts';
import type { Work } from './harness.ts';

const step = (fields: object) =>
  task({
    Arguments: { FunctionName: FUNCTION, Payload: { step: '{% $states.context.State.Name %}', id: '{% $uuid() %}' } },
    Output: '{% $states.input %}',
    ...fields,
  });

const human = (fields: object = {}) =>
  callback({
    Arguments: {
      FunctionName: FUNCTION,
      Payload: { step: '{% $states.context.State.Name %}', token: '{% $states.context.Task.Token %}' },
    },
    ...fields,
  });

/** Everything that can wait: functions, tokens, time, retries, branches, items, slow expressions. */
const DEFINITION = {
  QueryLanguage: 'JSONata',
  TimeoutSeconds: 10_000,
  ...machine({
    first: step({ Assign: { seen: ['first'] }, Next: 'human' }),
    human: human({
      Assign: { said: '{% $states.result %}' },
      TimeoutSeconds: 5000,
      HeartbeatSeconds: 4000,
      Next: 'flaky',
    }),
    flaky: step({ Retry: [{ ErrorEquals: ['TaskRetryable'], IntervalSeconds: 7 }], Next: 'rest' }),
    rest: { Type: 'Wait', Seconds: 60, Assign: { seen: '{% $append($seen, "rest") %}' }, Next: 'both' },
    both: {
      Type: 'Parallel',
      Branches: [
        machine({
          left: step({ Assign: { side: 'l' }, Next: 'leftEnd' }),
          leftEnd: pass({ Output: '{% $side & $said %}' }),
        }),
        machine({ right: human() }),
      ],
      Next: 'each',
    },
    each: {
      Type: 'Map',
      Items: '{% $states.input %}',
      MaxConcurrency: 1,
      ItemProcessor: machine({ item: step({ Output: '{% $states.input & $states.context.Map.Item.Index %}' }) }),
      Next: 'end',
    },
    end: pass({ Output: { list: '{% $states.input %}', seen: '{% $seen %}' } }),
  }),
};
const RESULT = { list: ['lhuman0', 'right1'], seen: ['first', 'rest'] };

describe('An engine that is killed', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A copy of the file as the disk holds it now: what the next process finds after `kill -9`. */
  function snapshot(from: string, to: string): string {
    for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
    return to;
  }

  function open(file: string, calls: string[], generation: number): Bench {
    let retried = generation > 0;
    const work: Work = async (payload) => {
      const name = String(payload['step']);
      calls.push(name);
      // Hurried, and longer than a commit takes to begin: every step of the journal is then a commit of its own.
      bench.db.hurry();
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (name !== 'flaky' || retried) return {};
      retried = true;
      throw named('TaskRetryable');
    };
    const bench: Bench = new Bench(work, openDatabase(file, { durable: false }), `token${String(generation)}`);
    return bench;
  }

  /** Goes on until nothing moves: answers every token it knows of with the state it belongs to, lets time pass. */
  async function finish(bench: Bench, earlier: readonly unknown[]): Promise<void> {
    for (let round = 0; round < 8; round += 1) {
      await bench.engine.idle();
      for (const call of [...earlier, ...bench.calls] as { token?: string; step: string }[]) {
        if (call.token !== undefined) await bench.engine.complete(call.token, call.step);
      }
      await bench.pass(100);
    }
  }

  const ARN = 'arn:aws:states:local:000000000000:execution:m:e';

  it('goes on from every commit to the same end, and repeats no step that was written as done', async () => {
    const file = join(folder, 'live.db');
    const calls: string[] = [];
    const live = open(file, calls, 0);
    const snapshots: { file: string; calls: readonly unknown[]; now: number }[] = [];
    const { arn: machineArn } = await live.engine.createMachine({ name: 'm', definition: JSON.stringify(DEFINITION) });
    const write = live.db.writeSoon.bind(live.db);
    live.db.writeSoon = async (work) => {
      const value = await write(work);
      const copy = snapshot(file, join(folder, `s${String(snapshots.length)}.db`));
      snapshots.push({ file: copy, calls: [...live.calls], now: live.now });
      return value;
    };
    await live.engine.start({ machineArn, name: 'e', input: {} });
    await finish(live, []);
    expect(await live.describe(ARN)).toMatchObject({ status: 'SUCCEEDED', output: RESULT });
    expect(snapshots.length).toBeGreaterThan(10);
    for (const [i, before] of snapshots.entries()) {
      const again: string[] = [];
      const next = open(before.file, again, i + 1);
      next.now = before.now;
      const done = (await next.history(ARN))
        .filter(({ type }) => type === 'TaskStateExited')
        .map(({ details }) => String(details['name']));
      await next.engine.resume();
      await finish(next, before.calls);
      expect(await next.describe(ARN)).toMatchObject({ status: 'SUCCEEDED', output: RESULT });
      for (const name of ['first', 'flaky', 'left']) if (done.includes(name)) expect(again).not.toContain(name);
      for (const name of ['first', 'left']) expect(again.filter((one) => one === name).length).toBeLessThanOrEqual(1);
      await next.db.close();
    }
    await live.db.close();
  });

  it('hears after a restart the token that it gave before, and knows when it times out', async () => {
    const file = join(folder, 'a.db');
    const first = new Bench(() => ({}), openDatabase(file));
    const definition = machine({ t: callback({ TimeoutSeconds: 100 }) });
    const heard = await first.start(definition);
    const unheard = await first.start(definition);
    const token = (first.calls[0] as { token: string }).token;
    const second = new Bench(() => ({}), openDatabase(snapshot(file, join(folder, 'b.db'))));
    await second.engine.resume();
    expect(second.calls).toEqual([]);
    expect(second.engine.nextDue()).toBe(START + 100_000);
    expect(await second.engine.complete(token, 'after')).toBe('told');
    await second.pass(101);
    expect(await second.describe(heard)).toMatchObject({ status: 'SUCCEEDED', output: 'after' });
    expect(await second.describe(unheard)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    await Promise.all([first.db.close(), second.db.close()]);
  });

  it('keeps in memory what is due soon, and finds in its file what is due later, before and after a restart', async () => {
    const file = join(folder, 'a.db');
    const first = new Bench(() => ({}), openDatabase(file));
    const hours = [1, 5, 30, 2, 26];
    const waits = hours.map((each) => machine({ t: callback({ TimeoutSeconds: each * 3_600 }) }));
    const started: string[] = [];
    for (const definition of waits) started.push(await first.start(definition));
    expect(first.engine.nextDue()).toBe(START + 3_600_000);
    await first.pass(3_600);
    // Nothing of the next hours is in memory yet but for the one in two.
    expect(first.engine.nextDue()).toBe(START + 2 * 3_600_000);
    await first.pass(3_600);
    expect(first.engine.nextDue()).toBe(START + 5 * 3_600_000);
    const second = new Bench(() => ({}), openDatabase(snapshot(file, join(folder, 'b.db'))));
    second.now = first.now;
    await second.engine.resume();
    for (const bench of [first, second]) {
      const ended: number[] = [];
      for (let next = bench.engine.nextDue(); next !== undefined; next = bench.engine.nextDue()) {
        ended.push((next - START) / 3_600_000);
        await bench.pass((next - bench.now) / 1_000);
      }
      expect(ended).toEqual([5, 26, 30]);
      for (const arn of started) expect(await bench.describe(arn)).toMatchObject({ error: 'States.Timeout' });
    }
    await Promise.all([first.db.close(), second.db.close()]);
  });

  it('fires all that came due while nothing ran, however long that was', async () => {
    const file = join(folder, 'a.db');
    const first = new Bench(() => ({}), openDatabase(file));
    const late = await first.start(machine({ t: callback({ TimeoutSeconds: 100 * 86_400 }) }));
    const heard = await first.start(machine({ t: callback({ TimeoutSeconds: 300 * 86_400 }) }));
    const token = (first.calls[1] as { token: string }).token;
    const second = new Bench(() => ({}), openDatabase(snapshot(file, join(folder, 'b.db'))));
    second.now = START + 200 * 86_400_000;
    await second.engine.resume();
    await second.pass(0);
    expect(await second.describe(late)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(second.engine.nextDue()).toBe(START + 300 * 86_400_000);
    expect(await second.engine.complete(token, 'in time')).toBe('told');
    await second.engine.idle();
    expect(await second.describe(heard)).toMatchObject({ status: 'SUCCEEDED', output: 'in time' });
    expect(second.engine.nextDue()).toBeUndefined();
    await Promise.all([first.db.close(), second.db.close()]);
  });

  it('repeats a function that was under way, with the same payload and the same token', async () => {
    const file = join(folder, 'a.db');
    const Payload = { token: '{% $states.context.Task.Token %}', id: '{% $uuid() %}' };
    const first = new Bench(() => new Promise(() => undefined), openDatabase(file));
    const { arn: machineArn } = await first.engine.createMachine({
      name: 'm',
      definition: JSON.stringify({
        QueryLanguage: 'JSONata',
        ...machine({ t: callback({ Arguments: { FunctionName: FUNCTION, Payload } }) }),
      }),
    });
    await first.engine.start({ machineArn, name: 'e', input: {} });
    const second = new Bench(() => ({}), openDatabase(snapshot(file, join(folder, 'b.db'))), 'other');
    await second.engine.resume();
    await second.engine.idle();
    expect(second.calls).toEqual(first.calls);
    expect(await second.types(ARN)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
    ]);
    await Promise.all([first.db.close(), second.db.close()]);
  });

  it('gives a function that it repeats its whole time again', async () => {
    const file = join(folder, 'a.db');
    const first = new Bench(() => new Promise(() => undefined), openDatabase(file));
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', ...machine({ t: task({ TimeoutSeconds: 30 }) }) });
    const { arn: machineArn } = await first.engine.createMachine({ name: 'm', definition });
    await first.engine.start({ machineArn, name: 'e', input: {} });
    const second = new Bench(() => 'done', openDatabase(snapshot(file, join(folder, 'b.db'))));
    second.now = START + 3_600_000;
    await second.engine.resume();
    second.engine.fireDue(second.now);
    await second.engine.idle();
    expect(await second.describe(ARN)).toMatchObject({ status: 'SUCCEEDED', output: { Payload: 'done' } });
    await Promise.all([first.db.close(), second.db.close()]);
  });

  it('opens with 5,000 open executions in well under a second', async () => {
    const file = join(folder, 'a.db');
    const first = new Bench(() => ({}), openDatabase(file));
    const { arn: machineArn } = await first.engine.createMachine({
      name: 'm',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...machine({ t: callback({ TimeoutSeconds: 100 }) }) }),
    });
    await Promise.all(
      Array.from({ length: 5000 }, (_, i) => first.engine.start({ machineArn, name: `e${String(i)}`, input: {} })),
    );
    await first.engine.idle();
    await first.db.close();
    const before = performance.now();
    const second = new Bench(() => ({}), openDatabase(file));
    await second.engine.resume();
    expect(performance.now() - before).toBeLessThan(500);
    expect(second.calls).toEqual([]);
    const token = (first.calls[4321] as { token: string }).token;
    expect(await second.engine.complete(token, 1)).toBe('told');
    await second.db.close();
  });
});

describe('An engine whose commit fails', () => {
  it('acknowledges nothing of it, and goes on from what is written', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ a: callback({ Next: 'b' }), b: callback() }));
    const [token = ''] = bench.calls.map((call) => (call as { token: string }).token);
    bench.db.migrate([
      {
        id: 'x',
        sql: 'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)',
      },
    ]);
    const lost = bench.engine.complete(token, 'lost');
    const poison = bench.db.write((db) => {
      db.exec('INSERT INTO c VALUES (9)');
    });
    await expect(lost).rejects.toThrow();
    await expect(poison).rejects.toThrow('FOREIGN KEY');
    expect(await bench.types(arn)).not.toContain('TaskSucceeded');
    await bench.pass(2);
    expect(await bench.engine.complete(token, 'heard')).toBe('told');
    await bench.engine.idle();
    await bench.engine.complete((bench.calls.at(-1) as { token: string }).token, 'end');
    expect(await bench.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: 'end' });
  });

  it('has started nothing', async () => {
    const bench = new Bench();
    const { arn: machineArn } = await bench.engine.createMachine({
      name: 'm',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...machine({ t: callback() }) }),
    });
    bench.db.migrate([
      {
        id: 'x',
        sql: 'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)',
      },
    ]);
    const started = bench.engine.start({ machineArn, name: 'e', input: {} });
    const poison = bench.db.write((db) => {
      db.exec('INSERT INTO c VALUES (9)');
    });
    await expect(started).rejects.toThrow();
    await expect(poison).rejects.toThrow();
    await bench.pass(5);
    expect(await bench.engine.describe('arn:aws:states:local:000000000000:execution:m:e')).toBeUndefined();
    expect((await bench.engine.start({ machineArn, name: 'e', input: {} })).result).toBe('started');
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../adapters/local/sqlite.ts';
import { Ticker } from '../../../embedded/engine/ticker.ts';
import { workflowEngineContract } from '../../contracts/workflow-engine.ts';
import type { EngineUnderTest } from '../../contracts/workflow-engine.ts';
import { Bench, callback, FUNCTION, machine, named, pass } from './harness.ts';

let names = 0;
const fresh = (): string => `n${String((names += 1))}`;

describe('The embedded engine, as a WorkflowEngine', () => {
  workflowEngineContract(() => {
    const tokens = new Map<string, string>();
    const bench = new Bench(({ key, token, fail }) => {
      if (typeof fail === 'string') throw named(fail);
      if (typeof token === 'string') tokens.set(String(key), token);
      return { key };
    });
    const under: EngineUnderTest = {
      engine: bench.engine,
      functionArn: FUNCTION,
      tokenOf: (key) => Promise.resolve(tokens.get(key) ?? ''),
      settled: () => bench.engine.idle(),
      close: () => bench.db.close(),
    };
    return Promise.resolve(under);
  }, fresh);
});

describe('EmbeddedEngine', () => {
  const waiting = JSON.stringify({ QueryLanguage: 'JSONata', ...machine({ t: callback() }) });

  it.each([[''], ['a b'], ['a/b'], ['a:b'], ['x'.repeat(81)], ['a\u0000b'], ['<a>']])(
    'refuses the name %j',
    async (name) => {
      const { engine } = new Bench();
      await expect(engine.createMachine({ name, definition: waiting })).rejects.toMatchObject({
        name: 'InvalidRequest',
      });
      const { arn } = await engine.createMachine({ name: 'm', definition: waiting });
      await expect(engine.start({ machineArn: arn, name, input: {} })).rejects.toMatchObject({
        name: 'InvalidRequest',
      });
    },
  );

  it('refuses to start a machine that does not exist, and an input over 256 KiB', async () => {
    const { engine } = new Bench();
    const { arn } = await engine.createMachine({ name: 'm', definition: waiting });
    await expect(engine.start({ machineArn: `${arn}x`, name: 'e', input: {} })).rejects.toThrow('does not exist');
    await expect(engine.start({ machineArn: arn, name: 'e', input: 'x'.repeat(262_143) })).rejects.toThrow('256 KiB');
  });

  it('frees a name 90 days after the end of its execution, and forgets the history', async () => {
    const bench = new Bench();
    const { arn: machineArn } = await bench.engine.createMachine({ name: 'm', definition: waiting });
    const request = { machineArn, name: 'e', input: {} };
    const { arn } = await bench.engine.start(request);
    await bench.engine.stop(arn, { error: 'E', cause: '' });
    await bench.pass(90 * 86_400);
    expect((await bench.engine.start(request)).result).toBe('taken');
    await bench.pass(1);
    expect((await bench.engine.start(request)).result).toBe('started');
    await bench.engine.idle();
    expect(await bench.types(arn)).not.toContain('ExecutionAborted');
  });

  it('forgets, when it resumes, what ended 90 days ago', async () => {
    const bench = new Bench();
    const arn = await bench.start(machine({ p: pass() }));
    await bench.pass(90 * 86_400 + 1);
    expect(await bench.engine.describe(arn)).toBeDefined();
    await bench.engine.resume();
    expect(await bench.engine.describe(arn)).toBeUndefined();
  });

  it('answers what waits though it keeps no more than some of it in memory', async () => {
    const bench = new Bench();
    const { arn: machineArn } = await bench.engine.createMachine({ name: 'm', definition: waiting });
    const start = (i: number) => bench.engine.start({ machineArn, name: `e${String(i)}`, input: {} });
    for (let i = 0; i < 5000; i += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, k) => start(i + k)));
      await bench.engine.idle();
    }
    const tokens = bench.calls.map((call) => (call as { token: string }).token);
    expect(await Promise.all(tokens.map((token) => bench.engine.complete(token, 1)))).toEqual(tokens.map(() => 'told'));
    expect((await start(17)).result).toBe('taken');
  });

  it('acknowledges only what another connection can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    const bench = new Bench(() => ({}), openDatabase(join(folder, 'a.db')));
    const other = openDatabase(join(folder, 'a.db'));
    const status = () =>
      other
        .prepare('SELECT status FROM engine_execution')
        .all()
        .map((row) => row['status']);
    const { arn: machineArn } = await bench.engine.createMachine({ name: 'm', definition: waiting });
    await bench.engine.start({ machineArn, name: 'e', input: {} });
    expect(status()).toEqual([0]);
    await bench.engine.idle();
    await bench.engine.complete((bench.calls[0] as { token: string }).token, 1);
    expect(status()).toEqual([1]);
    await Promise.all([bench.db.close(), other.close()]);
    rmSync(folder, { recursive: true });
  });
});

describe('Ticker', () => {
  it('lets time pass until it is stopped', async () => {
    const bench = new Bench();
    const clock = { now: () => Date.now() };
    bench.now = clock.now();
    const ticker = new Ticker(bench.engine, { now: () => (bench.now = clock.now()) });
    ticker.start();
    const arn = await bench.start(
      machine({
        t: callback({ TimeoutSeconds: 1, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'p' }] }),
        p: pass(),
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await bench.describe(arn)).status).toBe('SUCCEEDED');
    ticker.stop();
    const never = await bench.start(machine({ w: { Type: 'Wait', Seconds: 0, End: true } }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await bench.describe(never)).status).toBe('RUNNING');
  });
});

import fc from 'fast-check';
import { Bench, FUNCTION, machine, named } from './harness.ts';

/** A state as data: what the reference below needs to know, and from which the real state is written. */
interface Step {
  kind: 'pass' | 'task' | 'choice' | 'fail';
  /** The variable it sets, and from where. */
  assign: 'input' | 'variable' | 'result' | 'none';
  output: 'input' | 'variable' | 'result' | 'literal';
  /** The function fails this often before it succeeds; the retrier allows so many retries. */
  failures: number;
  error: 'A' | 'B';
  attempts: number;
  retries: 'A' | 'States.ALL' | 'none';
  catches: 'A' | 'States.TaskFailed' | 'none';
  compare: 'n0' | 'n1' | 'n2';
  next: number;
  other: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('pass', 'task', 'task', 'choice', 'fail'),
  assign: fc.constantFrom('input', 'variable', 'result', 'none'),
  output: fc.constantFrom('input', 'variable', 'result', 'literal'),
  failures: fc.nat(3),
  error: fc.constantFrom('A', 'B'),
  attempts: fc.nat(2),
  retries: fc.constantFrom('A', 'States.ALL', 'none'),
  catches: fc.constantFrom('A', 'States.TaskFailed', 'none'),
  compare: fc.constantFrom('n0', 'n1', 'n2'),
  next: fc.nat(5),
  other: fc.nat(5),
});

const nameOf = (i: number): string => `s${String(i)}`;
/** Ways lead only onwards, to one of the states after this one or to the end. */
const onwards = (steps: readonly Step[], i: number, jump: number): number => Math.min(i + 1 + jump, steps.length);
const takes = (names: string, error: string): boolean =>
  names === error || names === 'States.ALL' || names === 'States.TaskFailed';

function toState(steps: readonly Step[], i: number, step: Step): object {
  const { kind, assign, output } = step;
  const isTask = kind === 'task';
  const sources = {
    input: '{% $states.input %}',
    variable: '{% $v %}',
    result: isTask ? '{% $states.result.Payload %}' : 'fixed',
  };
  const target = (jump: number): string => nameOf(onwards(steps, i, jump));
  const transfer = {
    ...(assign === 'none' ? {} : { Assign: { v: sources[assign] } }),
    Output: output === 'literal' ? { n: 'n1', i } : sources[output],
  };
  if (kind === 'fail') return { Type: 'Fail', Error: 'Ended', Cause: '{% $string($v) %}' };
  if (kind === 'pass') return { Type: 'Pass', ...transfer, Next: target(step.next) };
  if (kind === 'choice') {
    const Condition = `{% $states.input.n = "${step.compare}" %}`;
    return {
      Type: 'Choice',
      Choices: [{ Condition, Next: target(step.other), ...transfer }],
      Default: target(step.next),
    };
  }
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: FUNCTION, Payload: { i, v: '{% $v %}' } },
    ...transfer,
    ...(step.retries === 'none' ? {} : { Retry: [{ ErrorEquals: [step.retries], MaxAttempts: step.attempts }] }),
    ...(step.catches === 'none'
      ? {}
      : {
          Catch: [{ ErrorEquals: [step.catches], Next: target(step.other), Output: '{% $states.errorOutput.Error %}' }],
        }),
    Next: target(step.next),
  };
}

const resultOf = (i: number, v: unknown): unknown => ({ n: `n${String(i % 3)}`, from: v });

/** The same in a dozen lines: no journal, no events, no time. */
function reference(steps: readonly Step[], input: unknown): { way: string[]; end: unknown } {
  let value = input;
  let v: unknown = 'start';
  const way: string[] = [];
  for (let i = 0; i < steps.length;) {
    const step = steps[i] as Step;
    way.push(nameOf(i));
    if (step.kind === 'fail')
      return { way, end: { error: 'Ended', cause: typeof v === 'string' ? v : JSON.stringify(v) } };
    let result: unknown = 'fixed';
    if (step.kind === 'task') {
      const allowed = takes(step.retries, step.error) ? step.attempts : 0;
      if (step.failures > allowed) {
        if (!takes(step.catches, step.error)) return { way, end: { error: step.error } };
        value = step.error;
        i = onwards(steps, i, step.other);
        continue;
      }
      result = resultOf(i, v);
    }
    if (step.kind === 'choice' && (value as { n?: unknown } | null)?.n !== step.compare) {
      i = onwards(steps, i, step.next);
      continue;
    }
    const sources = { input: value, variable: v, result, literal: { n: 'n1', i }, none: v };
    value = sources[step.output];
    v = sources[step.assign];
    i = onwards(steps, i, step.kind === 'choice' ? step.other : step.next);
  }
  return { way, end: { output: value } };
}

describe('A random machine', () => {
  it('goes the way, and comes to the end, that a plain reading of it does', async () => {
    const machines = fc.tuple(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.constantFrom({ n: 'n0' }, { n: 'n2' }, {}),
    );
    await fc.assert(
      fc.asyncProperty(machines, async ([steps, input]) => {
        const bench = new Bench(({ i, v }, attempt) => {
          const { failures, error } = steps[Number(i)] as Step;
          if (attempt < failures) throw named(error);
          return resultOf(Number(i), v);
        });
        const states: Record<string, object> = { begin: { Type: 'Pass', Assign: { v: 'start' }, Next: 's0' } };
        steps.forEach((one, i) => (states[nameOf(i)] = toState(steps, i, one)));
        states[nameOf(steps.length)] = { Type: 'Succeed' };
        // Step Functions refuses unreachable states: a guard that is never taken reaches them all.
        states['begin'] = {
          Type: 'Choice',
          Choices: Object.keys(states)
            .slice(1)
            .map((Next) => ({ Condition: '{% $states.input.never = true %}', Next })),
          Default: 's0',
          Assign: { v: 'start' },
        };
        const arn = await bench.start(machine(states), input);
        await bench.pass(100);
        const { way, end } = reference(steps, input);
        expect(await bench.describe(arn)).toMatchObject(end as object);
        const entered = (await bench.history(arn))
          .filter(({ type }) => type.endsWith('Entered'))
          .map(({ details }) => details['name']);
        const last = 'output' in (end as object) ? [nameOf(steps.length)] : [];
        expect(entered).toEqual(['begin', ...way, ...last]);
        await bench.db.close();
      }),
      { numRuns: 300 },
    );
  });
});

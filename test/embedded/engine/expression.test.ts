import fc from 'fast-check';
import { compileTemplate } from '../../../embedded/engine/expression.ts';
import type { Scope } from '../../../embedded/engine/expression.ts';
import { StateFailed } from '../../../embedded/engine/failure.ts';
import { parseExpression } from '../../../embedded/engine/jsonata.ts';

const SOURCES = { now: () => Date.parse('2026-11-23T08:00:00Z'), newId: () => 'an-id', random: () => 0.25 };
const AVAILABLE = ['input', 'context', 'result', 'errorOutput'] as const;

const scopeOf = (input: unknown, variables: Record<string, unknown> = {}): Scope => ({
  input,
  result: input,
  variables: Object.assign(Object.create(null) as object, variables),
  context: () => ({ Task: { Token: 't' }, Execution: { Name: 'n' } }),
});

const compile = (value: unknown) => compileTemplate(value, 'here', { available: AVAILABLE, sources: SOURCES });
const evaluate = async (expression: string, input: unknown = {}, variables = {}): Promise<unknown> =>
  await compile(`{% ${expression} %}`).evaluate(scopeOf(input, variables));

/** What the full evaluator makes of it, without the short way. */
async function inFull(expression: string, scope: Scope): Promise<unknown> {
  const { evaluate: run } = parseExpression(expression, SOURCES);
  const states = { input: scope.input, result: scope.result, context: scope.context() };
  const value = await run({ states, variables: scope.variables });
  if (value === undefined) throw new StateFailed('States.QueryEvaluationError', 'nothing');
  return value;
}

const outcome = async (work: () => unknown): Promise<unknown> => {
  try {
    return { value: await work() };
  } catch (error) {
    return error instanceof StateFailed ? 'failed' : error;
  }
};

describe('The closed subset of expressions', () => {
  const name = fc.constantFrom('a', 'b', 'next', 'Payload', 'constructor', 'and', 'null', 'toString', 'length');
  const leaf = fc.oneof(fc.constantFrom('x', 'y', '', 'true'), fc.boolean(), fc.integer(), fc.constant(null));
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      leaf,
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const root = fc.constantFrom('$states.input', '$states.result', '$states.context.Task', '$v', '$missing', '$states');
  const path = fc.tuple(root, fc.array(name, { maxLength: 3 })).map(([first, steps]) => [first, ...steps].join('.'));
  const literal = fc.constantFrom('"x"', "'y'", '""', 'true', 'false', '"true"');
  const expression = fc.oneof(
    path,
    fc.tuple(path, fc.constantFrom('=', ' = ', '!=', ' != '), literal).map((parts) => parts.join('')),
  );

  it('means what the full evaluator makes of it', async () => {
    await fc.assert(
      fc.asyncProperty(expression, value, async (text, document) => {
        const scope = scopeOf(document, { v: document });
        let template: ReturnType<typeof compile>;
        try {
          template = compile(`{% ${text} %}`);
        } catch {
          return; // refused when the machine is created, so it never runs
        }
        const full = await outcome(() => inFull(text, scope));
        // A value that is not JSON, such as an inherited function, fails in both; only the way it is said differs.
        expect(await outcome(() => template.evaluate(scope))).toEqual(full instanceof Error ? 'failed' : full);
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    '$states.input.stage',
    '$states.context.Task.Token',
    '$states.context.Execution.Name',
    '$dossierId',
    '$next = "sign"',
    '$states.result.Payload.next = "sign"',
    "$states.input.stage = 'verify'",
  ])('%s is evaluated at once', (text) => {
    const template = compile(`{% ${text} %}`);
    expect(template.repeatable).toBe(true);
    const input = { stage: 'verify', Payload: { next: 'sign' } };
    expect(template.evaluate(scopeOf(input, { dossierId: 'd', next: 'x' }))).not.toBeInstanceOf(Promise);
  });
});

describe('The functions of Step Functions', () => {
  it.each([
    ['$partition([1,2,3,4,5], 0)'],
    ['$range(1, 5, 0)'],
    ['$range(1, 2000, 1)'],
    ['$hash("a", "CRC")'],
    ['$hash($pad("", 10001, "x"), "MD5")'],
    ['$parse("{")'],
    ['$uuid(1)'],
    ['$uppercase'],
    ['1/0'],
  ])('%s fails', async (text) => {
    await expect(evaluate(text)).rejects.toMatchObject({ failure: { error: 'States.QueryEvaluationError' } });
  });

  it.each<[string, unknown]>([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(1, 0, 1)', []],
    ['$hash("input data", "SHA-1")', 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    ['$hash("ữ", "SHA-256")', '413dcc02cbd896aeb008b6050c81c88a34b8ee1f45889790d3f0b5848c5edaf0'],
    ['$random()', 0.25],
    ['$random(7) = $random(7)', true],
    ['$random(7) = $random(8)', false],
    ['$random(7) >= 0 and $random(7) < 1', true],
    ['$uuid()', 'an-id'],
    ['$parse("{\\"a\\":[1]}")', { a: [1] }],
    ['$now()', '2026-11-23T08:00:00.000Z'],
    ['$now("[Y]")', '2026'],
    ['$millis()', Date.parse('2026-11-23T08:00:00Z')],
    ['[1,2,3][$ > 1]', [2, 3]],
  ])('%s is %j', async (text, expected) => {
    expect(await evaluate(text)).toEqual(expected);
  });
});

describe('The bounds of an evaluation', () => {
  it('ends one that never would', async () => {
    await expect(evaluate('($f := function($n) { $f($n + 1) }; $f(0))')).rejects.toThrow('steps');
  });

  it('ends one that nests without end', async () => {
    await expect(evaluate('($f := function($n) { 1 + $f($n) }; $f(0))')).rejects.toThrow('deeper');
  });

  it('counts each of two that overlap for itself', async () => {
    const template = compile('{% $sum($map([1..4000], function($v) { $v * 2 })) %}');
    const both = await Promise.all([template.evaluate(scopeOf({})), template.evaluate(scopeOf({}))]);
    expect(both).toEqual([16_004_000, 16_004_000]);
  });
});

import { compileMachine } from '../../../embedded/engine/compile-machine.ts';
import { InvalidDefinition } from '../../../embedded/engine/field-reader.ts';
import { callback, FUNCTION, machine, pass, task } from './harness.ts';

const SOURCES = { now: () => 0, newId: () => 'id', random: () => 0 };

function problemsOf(definition: unknown): readonly string[] {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  try {
    compileMachine(text, SOURCES);
    return [];
  } catch (error) {
    if (error instanceof InvalidDefinition) return error.problems;
    throw error;
  }
}

const inJsonata = (rest: object) => ({ QueryLanguage: 'JSONata', ...rest });
const only = (state: object) => inJsonata(machine({ s: state }));
const retry = (...Retry: object[]) => only(task({ Retry }));
const choice = (rule: object, rest: object = {}) =>
  inJsonata(machine({ s: { Type: 'Choice', Choices: [rule], ...rest }, t: { Type: 'Succeed' } }));

describe('A definition is refused', () => {
  it.each<[string, unknown, RegExp]>([
    ['that is not JSON', '{', /not JSON/],
    ['over 1 MiB', JSON.stringify(inJsonata({ Comment: 'x'.repeat(1_048_576) })), /at most 1048576 bytes/],
    ['in JSONPath', machine({ s: pass() }), /QueryLanguage: expected JSONata/],
    ['with a state in JSONPath', only(pass({ QueryLanguage: 'JSONPath' })), /QueryLanguage: expected JSONata/],
    ['with another version', inJsonata({ ...machine({ s: pass() }), Version: '2.0' }), /Version/],
    ['without states', inJsonata({ StartAt: 's', States: {} }), /at least one state/],
    ['that starts nowhere', inJsonata({ StartAt: 'x', States: { s: pass() } }), /there is no state x/],
    ['with an unknown type', only({ Type: 'Loop', End: true }), /expected one of Task, Choice/],
    [
      'with an unknown field of the machine',
      inJsonata({ ...machine({ s: pass() }), Extra: 1 }),
      /Extra: is not a field/,
    ],
    ['with a field of JSONPath', only(pass({ ResultPath: '$.x' })), /States\/s\/ResultPath: is not a field/],
    ['with an unknown field of a rule', choice({ Condition: true, Next: 't', And: [] }), /And: is not a field/],
    ['with an unknown field of a retrier', retry({ ErrorEquals: ['A'], Interval: 1 }), /Interval: is not a field/],
    ['with a name over 80 characters', inJsonata(machine({ ['s'.repeat(81)]: pass() })), /1 to 80 characters/],
    ['that goes nowhere', only(pass({ Next: 'x' })), /goes to x, which is no state/],
    ['with a state that nothing reaches', inJsonata(machine({ s: pass(), t: pass() })), /States\/t: is not reachable/],
    ['with neither Next nor End', only({ Type: 'Pass' }), /expected Next or End/],
    ['with Next and End', inJsonata(machine({ s: { Type: 'Pass', Next: 't', End: true }, t: pass() })), /Next or End/],
    [
      'with a Task that AWS runs and this engine does not',
      only(task({ Resource: 'arn:aws:states:::sqs:sendMessage' })),
      /Resource: expected/,
    ],
    [
      'with arguments that name no function',
      only(task({ Arguments: { Payload: {} } })),
      /expected an object with FunctionName/,
    ],
    [
      'with arguments that would be passed over',
      only(task({ Arguments: { FunctionName: FUNCTION, InvocationType: 'Event' } })),
      /InvocationType/,
    ],
    ['with credentials', only(task({ Credentials: { RoleArn: 'x' } })), /Credentials: is not supported/],
    [
      'with a timeout that is not whole',
      only(task({ TimeoutSeconds: 1.5 })),
      /TimeoutSeconds: expected a whole number/,
    ],
    ['with a timeout over the quota', only(task({ TimeoutSeconds: 100_000_000 })), /to 99999999/],
    ['with a text as timeout', only(task({ TimeoutSeconds: '5' })), /TimeoutSeconds/],
    [
      'with a heartbeat as long as the timeout',
      only(callback({ TimeoutSeconds: 5, HeartbeatSeconds: 5 })),
      /less than TimeoutSeconds/,
    ],
    [
      'with a Wait for two things',
      only({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true }),
      /one of them/,
    ],
    ['with a Wait for nothing', only({ Type: 'Wait', End: true }), /Seconds or Timestamp/],
    ['with a date as timestamp', only({ Type: 'Wait', Timestamp: '2026-01-01', End: true }), /RFC 3339/],
    ['with a Choice without rules', inJsonata(machine({ s: { Type: 'Choice', Choices: [] } })), /at least one rule/],
    ['with a rule without condition', choice({ Next: 't' }), /Condition: expected/],
    [
      'with a text as condition',
      choice({ Condition: 'true', Next: 't' }),
      /Condition: expected true, false or a JSONata/,
    ],
    ['with a Choice that has Next', choice({ Condition: true, Next: 't' }, { Next: 't' }), /Next: is not a field/],
    ['with no error names', retry({ ErrorEquals: [] }), /not empty/],
    ['with States.ALL beside another', retry({ ErrorEquals: ['States.ALL', 'A'] }), /alone and last/],
    [
      'with States.ALL before another',
      retry({ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }),
      /alone and last/,
    ],
    ['with an interval of zero', retry({ ErrorEquals: ['A'], IntervalSeconds: 0 }), /IntervalSeconds/],
    ['with a backoff under one', retry({ ErrorEquals: ['A'], BackoffRate: 0.5 }), /BackoffRate/],
    [
      'with a maximum delay not above the interval',
      retry({ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 }),
      /more than IntervalSeconds/,
    ],
    ['with another jitter', retry({ ErrorEquals: ['A'], JitterStrategy: 'HALF' }), /FULL or NONE/],
    ['with a variable called states', only(pass({ Assign: { states: 1 } })), /reserved/],
    ['with a variable that is no identifier', only(pass({ Assign: { 'a-b': 1 } })), /identifier/],
    ['with an expression that does not parse', only(pass({ Output: '{% 1 + %}' })), /States\/s\/Output: S0/],
    ['with an expression that is not closed', only(pass({ Output: { x: '{% 1' } })), /Output\/x: an expression begins/],
    ['with an expression after a space', only(pass({ Output: ' {% 1 %}' })), /begins with/],
    ['with $eval', only(pass({ Output: '{% $map([1], function($v) { $eval("1") }) %}' })), /\$eval is not supported/],
    [
      'with $states.result before there is one',
      only(task({ Arguments: { FunctionName: FUNCTION, Payload: '{% $states.result %}' } })),
      /result is not available here/,
    ],
    [
      'with $states.errorOutput outside Catch',
      only(task({ Output: '{% $states.errorOutput %}' })),
      /errorOutput is not available/,
    ],
    [
      'with $states.result in Catch',
      inJsonata(
        machine({ s: task({ Catch: [{ ErrorEquals: ['A'], Next: 't', Output: '{% $states.result %}' }] }), t: pass() }),
      ),
      /result is not available/,
    ],
    ['with an unknown field of $states', only(pass({ Output: '{% $states.output %}' })), /no field output/],
    ['with an assignment to $states', only(pass({ Output: '{% ($states := 1; 2) %}' })), /reserved/],
    ['with a bare field name', only(pass({ Output: '{% answer.x %}' })), /bare name answer/],
    ['with $ at the top', only(pass({ Output: '{% $uppercase($) %}' })), /\$ and \$\$/],
    [
      'with Distributed Map',
      only({ Type: 'Map', End: true, ItemReader: {}, ItemProcessor: machine({ i: pass() }) }),
      /Distributed Map/,
    ],
    [
      'with a Map in distributed mode',
      only({
        Type: 'Map',
        End: true,
        ItemProcessor: { ...machine({ i: pass() }), ProcessorConfig: { Mode: 'DISTRIBUTED' } },
      }),
      /Distributed Map/,
    ],
    [
      'with a name used twice over scopes',
      only({ Type: 'Parallel', End: true, Branches: [machine({ s: pass() })] }),
      /taken by another state/,
    ],
    [
      'with a way out of a branch',
      inJsonata(
        machine({ s: { Type: 'Parallel', Next: 't', Branches: [machine({ i: pass({ Next: 't' }) })] }, t: pass() }),
      ),
      /no state of this scope/,
    ],
    [
      'with an inner scope that assigns an outer variable',
      only({ Type: 'Parallel', End: true, Assign: { x: 1 }, Branches: [machine({ i: pass({ Assign: { x: 2 } }) })] }),
      /variable x of an outer scope/,
    ],
  ])('%s', (_name, definition, problem) => {
    expect(problemsOf(definition).join('\n')).toMatch(problem);
  });

  it('with everything that is wrong, not only the first', () => {
    expect(problemsOf(only({ Type: 'Wait', Extra: 1 }))).toHaveLength(3);
  });
});

describe('A definition is taken', () => {
  it('with every field that this engine runs', () => {
    const guards = {
      Retry: [
        {
          ErrorEquals: ['A', 'B'],
          IntervalSeconds: 2,
          MaxAttempts: 4,
          BackoffRate: 1.5,
          MaxDelaySeconds: 20,
          JitterStrategy: 'FULL',
        },
        { ErrorEquals: ['States.ALL'] },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'end', Assign: { e: '{% $states.errorOutput.Error %}' } }],
    };
    const definition = inJsonata({
      Comment: 'whole',
      Version: '1.0',
      TimeoutSeconds: 1000,
      ...machine({
        a: callback({
          ...guards,
          Comment: 'x',
          TimeoutSeconds: '{% $states.input.t %}',
          HeartbeatSeconds: 5,
          Next: 'b',
        }),
        b: { Type: 'Wait', Timestamp: '{% $now() %}', Next: 'c' },
        c: { Type: 'Choice', Choices: [{ Condition: '{% $exists($e) %}', Next: 'd', Comment: 'r' }], Default: 'd' },
        d: {
          Type: 'Parallel',
          Arguments: {},
          Branches: [machine({ p: pass({ Assign: { inner: '{% $e %}' } }) })],
          ...guards,
          Next: 'm',
        },
        m: {
          Type: 'Map',
          Items: '{% [1,2] %}',
          MaxConcurrency: 2,
          ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
          ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...machine({ q: pass() }) },
          ...guards,
          Next: 'f',
        },
        f: { Type: 'Fail', Error: 'E', Cause: '{% $e %}' },
        end: { Type: 'Succeed', Output: '{% $states.input[$ = 1] %}' },
      }),
    });
    expect(problemsOf(definition)).toEqual([]);
  });
});

import fc from 'fast-check';
import { compileExpression } from '../../../workflows/expressions/compile-expression.ts';
import { evaluate, MAX_STEPS } from '../../../workflows/expressions/evaluate.ts';
import type { ExpressionContext } from '../../../workflows/expressions/view.ts';

const context: ExpressionContext = {
  now: '2026-11-23T03:00:00.000Z',
  table: () => undefined,
  calendar: { localDate: (instant) => instant.slice(0, 10), workingDays: () => 1 },
};
const words = Array.from({ length: 300_000 }, (_, index) => `w${index}`).join(' ');
const bigMap = () => Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index]));
const view = {
  form: {
    text: words,
    note: 'x'.repeat(200_000),
    short: 'abc',
    list: Array.from({ length: 200_000 }, (_, index) => index),
    some: Array.from({ length: 2_000 }, (_, index) => index),
    few: [3, 1, 2],
    map: { a: 1 },
    rows: Array.from({ length: 4_900 }, (_, index) => ({ a: [index], b: 'x' })),
    pairs: Array.from({ length: 1_200 }, (_, index) => [index]),
    big: bigMap(),
    same: bigMap(),
    digits: '1'.repeat(3_000),
  },
};

describe('an expression that wants to', () => {
  it.each([
    ['reach the constructor', 'form.constructor'],
    ['reach it through a text', '"a".constructor'],
    ['reach it in quotes', 'form.`constructor`.`constructor`'],
    ['reach the prototype', 'form.`__proto__`'],
    ['reach a method', 'form.short.toString'],
    ['take a method by name', '$lookup(form, "constructor")'],
    ['define a function', '(function($f){$f($f)})(function($f){$f($f)})'],
    ['name itself', '($f := function(){$f()}; $f())'],
    ['make a huge range', '[1..10000000]'],
    ['evaluate text', '$eval("1")'],
    ['read everything', '$$.**'],
    ['match by a regular expression that backtracks', '$match(form.text, /(a+)+b/)'],
    ['replace by one', '$replace(form.text, /(a|a)*$/, "")'],
    ['decode', '$base64decode(form.short)'],
    ['pad a text', '$pad("a", 1000000000)'],
    ['change what it reads', '$ ~> |form|{"a": 1}|'],
    ['throw', '$error("x")'],
    ['know the process', '$process'],
    ['know the globals', '$globalThis.process'],
    ['require', '$require("fs")'],
    ['learn of the run', '$`onetrack run`'],
    ['nest without end', `${'('.repeat(200)}1${')'.repeat(200)}`],
    ['nest without end in lists', `${'['.repeat(200)}1${']'.repeat(200)}`],
    ['chain without end', `${'$sum('.repeat(100)}1${')'.repeat(100)}`],
  ])('%s is refused before it runs', (_, text) => {
    expect(compileExpression(text).ok).toBe(false);
  });

  it.each([
    ['compare a long list with itself', '$distinct($split(form.text, " "))'],
    ['put a text into itself', '$replace(form.text, "w", form.text)'],
    ['join with a text', '$join($split(form.text, ""), form.text)'],
    ['sort a list over and over', '$sort(form.list)'],
    ['look for each in all', '$count(form.list[$ in $$.form.list])'],
    ['multiply a list', 'form.some.(($$.form.some).(($$.form.some)))'],
    ['look for some in some', '$count(form.some[$ in $$.form.some])'],
    ['tell many rows apart', '$count($distinct(form.rows))'],
    ['tell lists apart', '$count($distinct(form.pairs))'],
    ['compare a large map for each of a list', 'form.some[$$.form.big = $$.form.same]'],
    ['read digits as a date by a picture', '$toMillis(form.digits, "[Y][M][D]")'],
    ['append a list to itself', '$append($append(form.some, form.some), $append(form.some, form.some))'],
  ])('%s ends within its bounds', async (_, text) => {
    const result = await evaluate(text, view, context);
    expect(result).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^too-(many-steps|large)$/) as string,
    });
    expect(result.steps).toBeLessThan(3 * MAX_STEPS);
  });

  it.each([
    ['exist', '$exists(form.text)', true],
    ['exist by another spelling', 'form.text ~> $exists()', true],
    ['be there', '$exists(form.text) and $not($exists(form.nothing))', true],
    ['be a text', '$type(form.text) = "string"', true],
    ['be counted', '$count(form.list)', 200_000],
    ['be another', 'form.text != "short"', true],
    ['be itself', 'form.text = form.text', true],
    ['choose', 'form.note ? form.short : "none"', 'abc'],
    ['be chosen', '$length((form.short = "abc" ? form.note : "none") ? "some" : "none")', 4],
  ])('what is only read may be as long as it likes: %s', async (_, text, value) => {
    expect(await evaluate(text, view, context)).toMatchObject({ kind: 'value', value });
  });

  it.each(['$uppercase(form.text)', 'form.text & "!"', 'form.text ~> $trim()', '[form.text, 1]', '$max(form.list)'])(
    'what something is made of may not: %s',
    async (text) => {
      expect(await evaluate(text, view, context)).toMatchObject({ kind: 'failed', reason: 'too-large' });
    },
  );

  it('work with what a form holds is let do so', async () => {
    expect(await evaluate('$sum($sort(form.few)) + $count($distinct(form.few))', view, context)).toMatchObject({
      value: 9,
    });
    expect(await evaluate('$sum(form.some)', view, context)).toMatchObject({ value: 1_999_000 });
  });
});

/** Texts of the language's own words, put together as chance has it. */
const leaf = fc.constantFrom(
  'form.text',
  'form.short',
  'form.list',
  'form.some',
  'form.few',
  'form.map',
  '"a"',
  '1',
  '-1',
  '1e300',
  'true',
  'null',
  '$',
  '$$',
);
const FUNCTIONS =
  '$append $average $boolean $ceil $contains $count $distinct $exists $formatNumber $join $length $max $number $power $replace $reverse $round $sort $split $string $substring $sum $toMillis $trim $type $days $age $table'.split(
    ' ',
  );
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .tuple(fc.constantFrom(...FUNCTIONS), fc.array(tie('expression'), { minLength: 1, maxLength: 3 }))
      .map(([name, all]) => `${name}(${all.join(', ')})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '*', '&', '=', '<', 'and', 'in', '%'), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a}[${b}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a}.(${b})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((all) => `[${all.join(', ')}]`),
  ),
}));

describe('whatever expression the linter lets through', () => {
  it('ends, with a value, nothing or a reason, and leaves the view as it was', async () => {
    const before = JSON.stringify({ ...view.form, text: '', list: [] });
    await fc.assert(
      fc.asyncProperty(expression, async (text) => {
        if (!compileExpression(text).ok) return;
        const result = await evaluate(text, view, context);
        expect(['value', 'nothing', 'failed']).toContain(result.kind);
        expect(result.steps).toBeLessThan(3 * MAX_STEPS);
      }),
      { numRuns: 150, seed: 20_261_127, endOnFailure: true },
    );
    expect(JSON.stringify({ ...view.form, text: '', list: [] })).toBe(before);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

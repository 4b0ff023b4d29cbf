import fc from 'fast-check';
import jsonata from 'jsonata';
import { compileExpression } from '../../../workflows/expressions/compile-expression.ts';
import { MAX_STEPS, evaluate, evaluateCondition } from '../../../workflows/expressions/evaluate.ts';
import type { ExpressionContext, View } from '../../../workflows/expressions/view.ts';

const context: ExpressionContext = {
  now: '2026-11-23T03:00:00.000Z',
  table: (name, key) => (name === 'rates' && key === 'house' ? { rate: 3 } : undefined),
  calendar: {
    localDate: (instant) => instant.slice(0, 10),
    workingDays: (from, to) => Number(to.slice(8)) - Number(from.slice(8)),
  },
};
const view: View = {
  form: {
    work: 'house',
    area: 120,
    urgent: true,
    owners: [
      { name: 'a', share: 2 },
      { name: 'b', share: 3, absent: false },
    ],
  },
  dossier: { submitted: '2026-11-23' },
};

describe('compiling an expression', () => {
  it.each([
    ['$now()', 'expression-function'],
    ['$random()', 'expression-function'],
    ['$eval("1")', 'expression-function'],
    ['$map(form.owners, $sum)', 'expression-function'],
    ['function($x){$x}(1)', 'expression-definition'],
    ['$sum(?)', 'expression-definition'],
    ['$x := 1', 'expression-construct'],
    ['form.*', 'expression-construct'],
    ['form.**.a', 'expression-construct'],
    ['$contains(form.work, /a+/)', 'expression-construct'],
    ['[1..10000]', 'expression-construct'],
    ['form{work: area}', 'expression-construct'],
    ['form@$f.work', 'expression-construct'],
    ['form.owners#$i.name', 'expression-construct'],
    ['form ~> |owners|{"a": 1}|', 'expression-construct'],
    ['$secret', 'expression-name'],
    ['form.constructor', 'expression-name'],
    ['form.', 'expression-syntax'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 'expression-depth'],
  ])('refuses %s', (text, rule) => {
    const compiled = compileExpression(text);
    expect(compiled.ok ? [] : compiled.problems.map((problem) => problem.rule)).toContain(rule);
  });

  it('names every path that is read, also behind filters', () => {
    const compiled = compileExpression('form.owners[share > form.area].name & $string(dossier.submitted)');
    const paths = compiled.ok ? compiled.expression.paths.map(({ steps, fixed }) => [steps.join('.'), fixed]) : [];
    expect(paths).toEqual([
      ['form.owners.share', 2],
      ['form.owners.form.area', 2],
      ['form.owners.name', 2],
      ['dossier.submitted', 2],
    ]);
  });
});

describe('evaluating an expression', () => {
  it.each([
    'form.missing = true',
    'form.missing != true',
    'form.missing and form.urgent',
    'form.missing',
    'form.missing > 1',
    'not_there',
    'form.missing ? 1 : 2',
    '$not(form.missing)',
    'form.work in form.missing',
    'form.owners[absent = false].name',
    'form.owners.missing = 1',
  ])('gives nothing, never "no", for %s', async (text) => {
    expect((await evaluate(text, view, context)).kind).toBe('nothing');
  });

  it('refuses as a condition what is neither true nor false', async () => {
    const result = await evaluateCondition('form.work', view, context);
    expect(result).toMatchObject({
      kind: 'failed',
      reason: 'not-yes-or-no',
      message: 'expected true or false, got a string',
    });
  });

  it('stops an expression that takes too many steps', async () => {
    const owners = Array.from({ length: 200 }, (_, share) => ({
      share,
      others: Array.from({ length: 60 }, (_, n) => n),
    }));
    const result = await evaluate('$count(form.owners.others.(share + 1))', { form: { owners } }, context);
    expect(result).toMatchObject({ kind: 'failed', reason: 'too-many-steps' });
    expect(result.steps).toBe(MAX_STEPS + 1);
  });

  it('stops an expression that takes too long', async () => {
    let time = 0;
    const result = await evaluate('$sum(form.owners.share)', view, { ...context, elapsed: () => (time += 100) });
    expect(result).toMatchObject({ kind: 'failed', reason: 'too-long' });
  });

  it('fails without quoting the value', async () => {
    const result = await evaluate('form.work + 1', view, context);
    expect(result).toMatchObject({
      kind: 'failed',
      reason: 'wrong-kind',
      message: 'the expression cannot be evaluated (T2001)',
    });
  });

  it.each(['$days("2026-99-99T99:99Z", now)', '$age("2026-13-40", now)', '$workingDays("1850-01-01", "2026-11-23")'])(
    'fails of a day that there is not, or that the calendar does not cover: %s',
    async (text) => {
      const calendar = { ...context.calendar, workingDays: () => undefined };
      expect(await evaluate(text, view, { ...context, calendar })).toMatchObject({
        kind: 'failed',
        reason: 'wrong-kind',
      });
    },
  );

  it.each([
    ['form.area > 100 and form.work = "house"', true],
    ['$exists(form.missing) and form.missing', false],
    ['form.owners[share > 2].name', 'b'],
    ['$sum(form.owners.share) * 2', 10],
    ['$table("rates", form.work).rate * form.area', 360],
    ['$days("2026-02-27", "2026-03-01")', 2],
    ['$days(dossier.submitted, now)', 0],
    ['$workingDays("2026-11-20", "2026-11-23")', 3],
    ['$age("2024-02-29", "2026-02-28")', 1],
    ['$age("2024-02-29", "2026-03-01")', 2],
    ['form.owners.name', ['a', 'b']],
    ['now', '2026-11-23T03:00:00.000Z'],
  ])('gives for %s %j', async (text, value) => {
    expect(await evaluate(text, view, context)).toMatchObject({ kind: 'value', value });
  });

  it('records what it read, rows of tables too', async () => {
    const result = await evaluate('$table("rates", form.work).rate * $count(form.missing)', view, context);
    expect(result.inputs).toEqual([
      { path: 'form.work', value: 'house' },
      { path: 'form.missing' },
      { path: '$table("rates", "house")', value: { rate: 3 } },
    ]);
  });

  it('keeps runs of the same expression apart', async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        evaluate(
          '$sum(form.owners.share)',
          { form: { owners: Array.from({ length: n + 1 }, () => ({ share: 1 })) } },
          context,
        ),
      ),
    );
    expect(runs.map((run) => run.kind === 'value' && run.value)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });
});

describe('the fast path', () => {
  const leaf = fc.oneof(
    fc.boolean(),
    fc.integer({ min: -2, max: 2 }),
    fc.constantFrom('a', 'b', ''),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(fc.integer({ max: 1, min: 0 }), { maxLength: 2 }),
    fc.constant({ c: 1 }),
  );
  const operand = fc.constantFrom('form.a', 'form.b', 'form.a.c', 'true', '1', '"a"', '0', 'null');
  const comparison = fc.tuple(operand, fc.constantFrom('=', '!=', '<', '>='), operand).map((parts) => parts.join(' '));
  const atom = fc.oneof(
    operand,
    comparison,
    operand.map((text) => `$exists(${text})`),
    comparison.map((text) => `$not(${text})`),
  );
  const condition = fc.tuple(atom, fc.constantFrom('and', 'or'), atom).map((parts) => parts.join(' '));

  it('gives what jsonata gives, or nothing where jsonata met nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(atom, condition), leaf, leaf, async (text, a, b) => {
        const data = { form: { ...(a !== undefined && { a }), ...(b !== undefined && { b }) } };
        const quick = await evaluate(text, data, context);
        const slow = await evaluate(`(${text})`, data, context);
        expect({ kind: quick.kind, value: quick.kind === 'value' ? quick.value : 0 }).toEqual({
          kind: slow.kind,
          value: slow.kind === 'value' ? slow.value : 0,
        });
        if (quick.kind === 'value')
          expect(quick.value).toEqual(JSON.parse(JSON.stringify(await jsonata(text).evaluate(data))));
      }),
      { numRuns: 1000 },
    );
  });
});

import { evaluateValue } from '../../../workflows/expressions/evaluate-value.ts';
import type { ExpressionContext } from '../../../workflows/expressions/view.ts';

const context: ExpressionContext = {
  now: '2026-11-23T03:00:00.000Z',
  table: () => undefined,
  calendar: { localDate: (instant) => instant.slice(0, 10), workingDays: () => 0 },
};
const view = { form: { urgent: false, days: 7 }, facts: { small: true } };
const cases = [
  { when: 'form.urgent', is: { workingDays: 1 }, legalBasis: 'art. 1' },
  { when: 'facts.small', is: { workingDays: '= form.days' }, legalBasis: 'art. 2' },
  { is: { workingDays: 30 } },
];

describe('a value of the language', () => {
  it('is nothing if a condition on the way is nothing, though a later case would hold', async () => {
    const result = await evaluateValue([{ when: 'form.missing = 1', is: 1 }, { is: 2 }], view, context);
    expect(result).toMatchObject({ kind: 'nothing', evaluated: [{ kind: 'nothing', expression: 'form.missing = 1' }] });
  });

  it('is nothing if no case holds', async () => {
    expect(await evaluateValue([{ when: 'form.urgent', is: 1 }], view, context)).toMatchObject({
      kind: 'nothing',
      evaluated: [{ kind: 'value', value: false }],
    });
  });

  it('fails if a condition is neither true nor false', async () => {
    expect(await evaluateValue([{ when: 'form.days', is: 1 }], view, context)).toMatchObject({ kind: 'failed' });
  });

  it('is nothing if a field is nothing', async () => {
    expect(await evaluateValue({ workingDays: '= form.missing' }, view, context)).toMatchObject({ kind: 'nothing' });
  });

  it('is the first case that holds, with its place, its law and what was evaluated', async () => {
    const result = await evaluateValue(cases, view, context);
    expect(result).toMatchObject({ kind: 'value', value: { workingDays: 7 }, matched: 1, legalBasis: 'art. 2' });
    expect(result.evaluated.map(({ expression }) => expression)).toEqual(['form.urgent', 'facts.small', 'form.days']);
  });

  it.each([
    [5, 5],
    ['text', 'text'],
    ['= form.days * 2', 14],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [true, true],
    [{ sameDay: true }, { sameDay: true }],
  ])('%j is %j', async (value, expected) => {
    expect(await evaluateValue(value, view, context)).toMatchObject({ kind: 'value', value: expected });
  });
});

import { lint } from '../../../workflows/compiler/lint.ts';
import { parseProcedure } from '../../../workflows/compiler/parse.ts';
import { parseYaml, sample } from './sample.ts';

describe('the linter, of sensitive values', () => {
  it.each([
    ['a label that only asks of it', ['clock:', 'label: \'form.owner.name = "X" ? "yes" : "no"\'\nclock:']],
    ['a label that looks up by it', ['clock:', 'label: $table("names", form.owner.name).title\nclock:']],
    ['a message that names it', ['send: { area: = form.area }', 'send: { area: = form.owner.name }']],
    ['a message that names it by its party', ['send: { area: = form.area }', 'send: { area: = parties.owner.name }']],
    [
      'a message that puts it together by name',
      ['send: { area: = form.area }', 'send: { area: \'= {"n": form.owner.name}\' }'],
    ],
    ['what reads another field of its group', ['send: { area: = form.area }', 'send: { area: = form.owner.age }']],
  ] as const)('takes a sensitive field and %s', (_, change) => {
    const marked = [
      'name: { type: string }',
      'name: { type: string, x-sensitive: health }, age: { type: integer }',
    ] as const;
    expect(lint(parseYaml(sample([marked, change])).definition)).toEqual([]);
  });

  it.each([
    ['x-sensitive: secret', 'expected one of identity, health, belief, origin, criminal, finance, other'],
    ['x-sensitive: true', 'expected one of identity, health, belief, origin, criminal, finance, other'],
    [
      'patternProperties: { "^x": { type: string, x-sensitive: health } }',
      'nothing can be left out below patternProperties: mark a named field, or the whole',
    ],
  ])('refuses a form that says %s', (said, message) => {
    const text = sample([['owner: { type: object,', `owner: { type: object, ${said},`]]);
    const parsed = parseProcedure(text, 'sample.yaml', () => undefined);
    expect(parsed.ok ? [] : parsed.problems.filter(({ rule }) => rule === 'bad-form')).toMatchObject([
      { message: expect.stringContaining(message) as unknown },
    ]);
  });
});

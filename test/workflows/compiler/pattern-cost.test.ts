import { formSchemaProblems } from '../../../workflows/compiler/form-schema.ts';
import { createFormValidator } from '../../../workflows/form-validator.ts';

const formOf = (pattern: string) => ({ type: 'object', properties: { a: { type: 'string', pattern } } });

describe('a pattern of a form', () => {
  it.each([
    '^(a+)+$',
    '^(a*)*$',
    '^(a|a)*$',
    '^(a|ab)+$',
    '^([a-zA-Z0-9])(([-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
    '^(?:[^"]|\\\\.)*$',
    '^(?<word>\\w+\\s?)*$',
    '^(?=(x+x+)+y)x',
    'x*y*z',
    '^\\p{L}+ \\p{L}+ \\p{L}+$',
    `^${'a?'.repeat(30)}${'a'.repeat(30)}$`,
    `^${'(a|a)'.repeat(30)}$`,
  ])('over which an applicant could let the server stand still is refused: %s', (pattern) => {
    expect(formSchemaProblems(formOf(pattern))).toEqual([
      { path: ['properties', 'a', 'pattern'], message: expect.stringContaining('in too many ways') as string },
    ]);
  });

  it('is refused as the name of fields, too, and none is sought where fields are called so', () => {
    expect(formSchemaProblems({ type: 'object', patternProperties: { '^(a+)+$': {} } })).toMatchObject([
      { path: ['patternProperties', '^(a+)+$'] },
    ]);
    expect(formSchemaProblems({ type: 'object', properties: { pattern: { type: 'string' } } })).toEqual([]);
  });

  it.each([
    '^[0-9]{12}$',
    '^[a-z][a-z0-9-]*$',
    '\\S',
    '\\s+$',
    '^[^@]{1,64}@[^@]+\\.[a-z]{2,10}$',
    '^(-[a-z]{1,20}){0,3}$',
    '^(?:KH|GP)-\\d{4}(?:/\\d+)?$',
    '^[()|*+]+\\)\\u{1F600}$',
  ])('is taken: %s', (pattern) => {
    expect(formSchemaProblems(formOf(pattern))).toEqual([]);
  });

  it('fits no text that is longer than is tried', () => {
    const schema = { type: 'object', properties: { a: formOf('\\s+$').properties.a, b: formOf('b').properties.a } };
    const validate = createFormValidator({ procedure: { procedure: 'x' }, forms: { form: schema } } as never);
    expect(validate('form', { a: 'c ', b: 'b' })).toEqual([]);
    expect(validate('form', { a: `${' '.repeat(15_000)}x`, b: 'a' }).map(({ at }) => at)).toEqual(['/a', '/b']);
  });
});

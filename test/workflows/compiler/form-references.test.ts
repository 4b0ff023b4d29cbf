import { formSchemaProblems } from '../../../workflows/compiler/form-schema.ts';
import { createFormValidator } from '../../../workflows/form-validator.ts';

const text = { type: 'string' };
/** Each leads twice to the next. */
const doubling = (steps: number) => ({
  type: 'object',
  allOf: [{ $ref: '#/$defs/d0' }],
  $defs: Object.fromEntries(
    Array.from({ length: steps }, (_, index) => [
      `d${index}`,
      index === steps - 1
        ? { type: 'object' }
        : { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
    ]),
  ),
});

describe('a form whose references', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['lead to itself', { type: 'object', allOf: [{ $ref: '#' }] }, /circles/],
    [
      'lead to itself below',
      { type: 'object', properties: { a: { anyOf: [{ $ref: '#' }, { $ref: '#' }] } } },
      /circles/,
    ],
    ['go round', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, /circles/],
    ['double at each step', doubling(30), /at most 10000 schemas/],
    ['lead to itself by no name', { type: 'object', properties: { a: { $ref: '' } } }, /a place in this form/],
    [
      'lead out of the form',
      { type: 'object', properties: { a: { $ref: 'https://json-schema.org/draft/2020-12/schema' } } },
      /a place in this form/,
    ],
    ['are no addresses', { type: 'object', properties: { a: { $ref: '#/%zz' } } }, /malformed/],
    ['are told by a name', { type: 'object', properties: { a: { $anchor: 'x', ...text } } }, /\$ref alone/],
    [
      'are resolved late',
      { $dynamicAnchor: 'x', type: 'object', properties: { a: { $dynamicRef: '#x' } } },
      /\$ref alone/,
    ],
  ])('%s is refused', (_, schema, message) => {
    expect(formSchemaProblems(schema).map((problem) => problem.message)).toContainEqual(expect.stringMatching(message));
  });

  it('lead to an end is as good as before', () => {
    const person = { type: 'object', properties: { name: text } };
    const properties = { mother: { $ref: '#/$defs/person' }, father: { $ref: '#/$defs/person' } };
    expect(formSchemaProblems({ type: 'object', properties, $defs: { person } })).toEqual([]);
    expect(formSchemaProblems(doubling(5))).toEqual([]);
  });
});

describe('items that differ', () => {
  const check = createFormValidator({ procedure: { procedure: 'p' }, forms: {} } as never);
  const schema = { type: 'array', uniqueItems: true };

  it('are found among as many as a body can hold, without comparing each with each', () => {
    const many = Array.from({ length: 4_999 }, (_, index) => ({ index }));
    expect(check(schema, many)).toEqual([]);
    expect(check(schema, [...many, { index: 7 }])).toEqual([{ at: '', expected: 'items that differ' }]);
  });

  it.each([
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      false,
    ],
    [[1, '1'], true],
    [[[1], [1]], false],
    [[null, false, 0], true],
  ])('are told as JSON Schema says: %j', (items, differ) => {
    expect(check(schema, items)).toHaveLength(differ ? 0 : 1);
  });
});

import { createFormValidator } from '../../workflows/form-validator.ts';
import type { Definition } from '../../schemas/procedure/definition.ts';

const schema = {
  type: 'object',
  required: ['name', 'born'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 5 },
    born: { type: 'string', format: 'date' },
    sex: { enum: ['Nam', 'Nữ'] },
    code: { type: 'string', pattern: '^[0-9]{5}$' },
    weight: { type: 'integer', minimum: 1, exclusiveMaximum: 10_000 },
    parents: { type: 'array', minItems: 1, maxItems: 2, uniqueItems: true },
  },
};
const check = createFormValidator({ procedure: { procedure: 'p' }, forms: {} } as unknown as Definition);
const told = (value: unknown): [string, string][] => check(schema, value).map(({ at, expected }) => [at, expected]);

describe('a filled-in form', () => {
  it('takes no text and no list that is as long as a document, whatever its schema says', () => {
    const open = { type: 'object', properties: { text: { type: 'string' }, list: { type: 'array' } } };
    const fit = { text: 'a'.repeat(20_000), list: Array<string>(5_000).fill('a') };
    expect(check(open, fit)).toEqual([]);
    expect(check(open, { text: `${fit.text}a`, list: [...fit.list, 'a'] })).toEqual([
      { at: '/text', expected: 'at most 20000 characters' },
      { at: '/list', expected: 'at most 5000 items' },
    ]);
  });

  it('keeps what was taken on before, however long', () => {
    const open = { type: 'object', properties: { text: { type: 'string' }, other: { type: 'string' } } };
    const [long, other] = ['a'.repeat(30_000), 'b'.repeat(30_000)];
    expect(check(open, { text: long, other }, { text: long })).toEqual([
      { at: '/other', expected: 'at most 20000 characters' },
    ]);
    expect(check(open, { text: long }, { text: long })).toEqual([]);
  });

  it('has no fault where it is as its schema says', () => {
    expect(told({ name: 'Ngọc', born: '2026-11-20', sex: 'Nữ', parents: ['a'] })).toEqual([]);
  });

  it.each<[string, unknown, [string, string][]]>([
    ['what is not answered', { name: 'Ngọc' }, [['/born', 'an answer']]],
    [
      'another kind',
      { name: 5, born: true },
      [
        ['/name', 'a text'],
        ['/born', 'a text'],
      ],
    ],
    ['too short', { name: 'N', born: '2026-11-20' }, [['/name', 'at least 2 characters']]],
    ['nothing but spaces', { name: ' \u00a0 ', born: '2026-11-20' }, [['/name', 'at least 2 characters']]],
    ['what cannot be seen', { name: '\u200b\u2060\u00ad', born: '2026-11-20' }, [['/name', 'at least 2 characters']]],
    [
      'a letter that no paper shows',
      { name: 'Mai 李', born: '2026-11-20' },
      [['/name', 'letters that a paper can show']],
    ],
    ['too long', { name: 'Nguyễn', born: '2026-11-20' }, [['/name', 'at most 5 characters']]],
    ['a day that is none', { name: 'Ngọc', born: '30/02/2026' }, [['/born', 'a date, YYYY-MM-DD']]],
    ['a choice not offered', { name: 'Ngọc', born: '2026-11-20', sex: 'x' }, [['/sex', 'one of ["Nam","Nữ"]']]],
    ['another form', { name: 'Ngọc', born: '2026-11-20', code: 'A' }, [['/code', 'a text of the form ^[0-9]{5}$']]],
    [
      'a part of a number',
      { name: 'Ngọc', born: '2026-11-20', weight: 0.5 },
      [
        ['/weight', 'a whole number'],
        ['/weight', 'at least 1'],
      ],
    ],
    ['too much', { name: 'Ngọc', born: '2026-11-20', weight: 10_000 }, [['/weight', 'less than 10000']]],
    ['none', { name: 'Ngọc', born: '2026-11-20', parents: [] }, [['/parents', 'at least 1 items']]],
    ['the same twice', { name: 'Ngọc', born: '2026-11-20', parents: ['a', 'a'] }, [['/parents', 'items that differ']]],
    ['a field nobody asks for', { name: 'Ngọc', born: '2026-11-20', nam: 1 }, [['', 'no field nam']]],
  ])('names the place and what is expected there: %s', (_, value, faults) => {
    expect(told(value)).toEqual(faults);
  });
});

import * as fc from 'fast-check';
import { enteredFrom, enteredOf, numberOf, readAnswers } from '../../console/forms/answers.ts';
import { sectionsOf } from '../../console/forms/render.ts';
import { FormReader } from '../../console/forms/schema.ts';
import { en } from '../../console/languages/en.ts';
import { vi } from '../../console/languages/vi.ts';

const SCHEMA = {
  title: 'Form',
  type: 'object',
  required: ['kind', 'born', 'owners'],
  $defs: {
    person: {
      type: 'object',
      required: ['name'],
      properties: { name: { title: 'Tên', 'x-label': { en: 'Name' }, type: 'string', minLength: 2 } },
    },
  },
  properties: {
    kind: { title: 'Kind', type: 'string', enum: ['private', 'firm'] },
    born: { title: 'Born', type: 'string', format: 'date' },
    idNumber: { title: 'Number', type: 'string', pattern: '^[0-9]{12}$' },
    capital: { title: 'Capital', type: 'integer', minimum: 1 },
    year: { title: 'Year', type: 'integer', minimum: 1900, maximum: 2100 },
    area: { title: 'Area', type: 'number', minimum: 0.5 },
    agrees: { title: 'Agrees', const: true },
    seen: { title: 'Seen', type: 'string', format: 'date-time' },
    owners: { title: 'Owners', type: 'array', minItems: 1, maxItems: 3, items: { $ref: '#/$defs/person' } },
    spouse: { title: 'Spouse', $ref: '#/$defs/person' },
  },
  if: { required: ['kind'], properties: { kind: { const: 'firm' } } },
  then: { required: ['firm'], properties: { firm: { title: 'Firm', type: 'string' } } },
};
const RIGHT = {
  '/kind': 'private',
  '/born.day': '1',
  '/born.month': '2',
  '/born.year': '1990',
  '/owners/0/name': 'An',
};

function read(sent: Record<string, string>, t: typeof vi = en) {
  const reader = new FormReader({ forms: { form: SCHEMA } }, 'form', t === en ? 'en' : 'vi');
  const entered = enteredOf(sent);
  const first = readAnswers(reader, reader.questions({}), entered, t);
  const { value, faults } = readAnswers(reader, reader.questions(first.value), entered, t);
  return { value, faults: faults.map(({ text }) => text) };
}

/** Counts how often somebody goes through it. */
class Looked extends Map<string, string> {
  looks = 0;

  override keys(): MapIterator<string> {
    this.looks += 1;
    return super.keys();
  }

  override [Symbol.iterator](): MapIterator<[string, string]> {
    this.looks += 1;
    return super[Symbol.iterator]();
  }
}

describe('a form', () => {
  it('is read as its schema wants it; what is left empty is absent', () => {
    const sent = {
      ...RIGHT,
      '/capital': '5 000 000',
      '/agrees': 'true',
      '/seen.day': '3',
      '/seen.month': '4',
      '/seen.year': '2026',
      '/seen.time': '9h05',
      '/spouse/name': ' ',
    };
    expect(read(sent)).toEqual({
      value: {
        kind: 'private',
        born: '1990-02-01',
        capital: 5_000_000,
        agrees: true,
        seen: '2026-04-03T09:05:00+07:00',
        owners: [{ name: 'An' }],
      },
      faults: [],
    });
  });

  it('asks for what a condition makes needed', () => {
    expect(read({ ...RIGHT, '/kind': 'firm' }).faults).toEqual(['Enter: Firm']);
    expect(read({ ...RIGHT, '/kind': 'firm', '/firm': 'X' }).value).toMatchObject({ firm: 'X' });
  });

  it.each([
    [{ '/kind': '' }, 'Choose: Kind'],
    [{ '/kind': 'other' }, 'Choose: Kind'],
    [{ '/born.day': '' }, 'Born: enter a real date, such as 27 3 2026'],
    [{ '/born.month': '13' }, 'Born: enter a real date, such as 27 3 2026'],
    [{ '/born.year': '90' }, 'Born: enter a real date, such as 27 3 2026'],
    [{ '/idNumber': '12' }, 'Number: exactly 12 digits'],
    [{ '/capital': '1.5' }, 'Capital: enter a whole number, such as 50000 or 50.000'],
    [{ '/capital': '0x10' }, 'Capital: enter a whole number, such as 50000 or 50.000'],
    [{ '/year': 'MCMXC' }, 'Year: enter a whole number'],
    [{ '/area': '1e3' }, 'Area: enter a number, its fraction behind a comma, such as 1250,5 or 1.250,5'],
    [{ '/area': '0,25' }, 'Area: at least 0,5'],
    [{ '/capital': '0' }, 'Capital: at least 1'],
    [{ '/agrees': 'false' }, 'Agrees: this is not right'],
    [
      { '/seen.day': '3', '/seen.month': '4', '/seen.year': '2026', '/seen.time': '25:00' },
      'Seen: enter a real date and a time, such as 27 3 2026, 9:30',
    ],
    [{ '/owners/0/name': '' }, 'Owners: enter at least one'],
    [{ '/owners/0/name': 'A' }, 'Name: at least 2 characters'],
    [{ '/spouse/name': 'B' }, 'Name: at least 2 characters'],
  ])('says how to mend %j', (wrong, fault) => {
    expect(read({ ...RIGHT, ...wrong }).faults).toEqual([fault]);
  });

  it('has the items of a list in their order, however they were sent', () => {
    expect(read({ '/owners/2/name': 'Chi', ...RIGHT }).value).toMatchObject({
      owners: [{ name: 'An' }, { name: 'Chi' }],
    });
  });

  it('is looked through once for all items of a list', () => {
    const looks = (items: number): number => {
      const reader = new FormReader({ forms: {} }, SCHEMA, 'en');
      const lists = reader.questions({}).filter(({ kind }) => kind === 'list');
      const entered = new Looked(Array.from({ length: items }, (_, index) => [`/owners/${index}/name`, 'An']));
      readAnswers(reader, lists, entered, en);
      return entered.looks;
    };
    expect([looks(1), looks(3)]).toEqual([1, 1]);
  });

  it('says it in the language that was chosen', () => {
    expect(read({ ...RIGHT, '/owners/0/name': 'A' }, vi).faults).toEqual(['Tên: ít nhất 2 ký tự']);
  });

  it('that is filled in is entered as a person would', () => {
    const { value } = read({ ...RIGHT, '/agrees': 'true' });
    expect(read(Object.fromEntries(enteredFrom(value)))).toEqual({ value, faults: [] });
  });
});

describe('a number', () => {
  it.each(['12345678901234567,5', '0,12345678901234567891', '-1.234.567.890.123.456,78'])(
    'that cannot be kept as it was entered is refused: %s',
    (text) => expect(numberOf(text, false)).toBeUndefined(),
  );

  it.each([
    [1234.56789, '1.234,56789', '1234,56789'],
    [12345.00001, '12.345,00001', '12345,00001'],
    [0.0000001, '0,0000001', '0,0000001'],
  ])('is told with every digit that was entered: %d', (area, grouped, plain) => {
    const reader = new FormReader({ forms: {} }, SCHEMA, 'vi');
    const told = JSON.stringify(sectionsOf(reader, { area }, vi));
    expect([grouped, plain].some((text) => told.includes(`"${text}"`))).toBe(true);
  });

  it.each([
    ['50.000', 50_000],
    ['50 000', 50_000],
    ['-1.250.000', -1_250_000],
    ['007', 7],
    ['1.5', undefined],
    ['50.00', undefined],
    ['50,000', undefined],
    ['1.000 000', undefined],
    ['0.500', undefined],
    ['0x10', undefined],
    ['1e3', undefined],
    ['Infinity', undefined],
    ['9007199254740993', undefined],
  ])('that is whole: %s is %s', (text, value) => {
    expect(numberOf(text, true)).toBe(value);
  });

  it.each([
    ['1,5', 1.5],
    ['1.5', 1.5],
    ['0.500', 0.5],
    ['1234.567', 1234.567],
    ['1.250', 1250],
    ['1.250,5', 1250.5],
    ['1.25,5', undefined],
    ['1,250.5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    [`1${'0'.repeat(400)}`, undefined],
  ])('with a fraction: %s is %s', (text, value) => {
    expect(numberOf(text, false)).toBe(value);
  });

  const written = (value: number): string => enteredFrom({ value }).get('/value')!;

  it('reads back as it was written', () => {
    expect(written(1.5)).toBe('1,5');
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (value) => numberOf(written(value), false) === value,
      ),
    );
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => numberOf(written(value), true) === value));
  });

  it('reads back as the language writes it in groups', () => {
    const inGroups = new Intl.NumberFormat('vi', { useGrouping: true, maximumSignificantDigits: 21 });
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => numberOf(inGroups.format(value), true) === value));
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        (value) => numberOf(inGroups.format(value / 100), false) === value / 100,
      ),
    );
  });
});

describe('the languages', () => {
  it('say the same things', () => {
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]))
        : typeof value;
    expect(shape(en)).toEqual(shape(vi));
  });
});

import fc from 'fast-check';
import { TaskTerminal } from '../../../domain/failures.ts';
import { fillOrganisation, fillTemplate } from '../../../domain/template/fill-template.ts';
import { listPlaceholders } from '../../../domain/template/list-placeholders.ts';
import { writeValue } from '../../../domain/template/write-value.ts';
import { MOST_ITEMS } from '../../../schemas/form-limits.ts';
import { buildTemplate, certificateData, timeZone } from '../../builders/signed-documents.ts';

const vietnamese = { lang: 'vi', timeZone };
const fill = (body: Parameters<typeof buildTemplate>[0] & object, data: Record<string, unknown> = certificateData) =>
  fillTemplate(buildTemplate(body), data, { timeZone });

describe('a value in a document', () => {
  it.each([undefined, null, '', '  ', {}, [], true, NaN, Infinity])('is refused when it is %p', (value) => {
    expect(() => writeValue('child.name', value, undefined, vietnamese)).toThrow(
      'expected child.name for the document',
    );
  });

  it('is refused with a letter that no paper shows, by its place and number', () => {
    expect(() => writeValue('child.name', 'Mai 李', undefined, vietnamese)).toThrow(
      'expected child.name for the document, got U+674E, which the typeface of papers lacks',
    );
  });

  it.each([
    ['tomorrow', 'date'],
    ['2026-11-23', 'time'],
    ['2026-11-23T10:00:00', 'dateTime'],
    ['12', 'number'],
    ['2026-02-31', 'date'],
    ['2026-12-01T10:00:00.1234567890+07:00', 'dateTime'],
    ['2026-12-01T25:00:00Z', 'time'],
  ] as const)('is refused when %p is to be written as a %s', (value, format) => {
    expect(() => writeValue('at', value, format, vietnamese)).toThrow('expected at for the document');
  });

  it('is never named in the refusal', () => {
    expect(() => writeValue('child.birthDate', 'Nguyễn Văn Ấ', 'date', vietnamese)).toThrow(/^(?!.*Nguyễn).*no date$/);
  });

  it.each([
    ['2026-02-03', 'date', '03/02/2026'],
    ['2026-02-03', 'longDate', 'ngày 03 tháng 02 năm 2026'],
    ['2026-11-23T17:30:00.000Z', 'longDate', 'ngày 24 tháng 11 năm 2026'],
    ['2026-11-23T17:30:00.000Z', 'dateTime', '00 giờ 30 phút, ngày 24/11/2026'],
    ['đỗ thị ấm', 'upper', 'ĐỖ THỊ ẤM'],
    [1234567, 'number', '1.234.567'],
    [7, undefined, '7'],
  ] as const)('%p as %s is %p', (value, format, written) => {
    expect(writeValue('x', value, format, vietnamese)).toBe(written);
  });

  it('is written in another language as that language does', () => {
    expect(writeValue('x', '2026-11-23', 'longDate', { lang: 'en', timeZone })).toBe('23 November 2026');
  });
});

describe('a template', () => {
  it('makes no document as long as a book, of long texts or of many', () => {
    const listed = (items: number, title: string) => ({
      ...certificateData,
      documents: Array.from({ length: items }, () => ({ title, kind: 'x' })),
    });
    const body = [{ list: { each: 'documents', item: '{{ item.title }}' } }];
    expect(fill({ body }, listed(MOST_ITEMS, 'x')).body).toHaveLength(1);
    expect(() => fill({ body }, listed(6_000, 'x'))).toThrow(/at most 200000 letters.*got 240000/);
    expect(() => fill({ body }, listed(11, 'x'.repeat(20_000)))).toThrow(TaskTerminal);
  });

  it('makes a document of a table by the letters of its rows', () => {
    const rows = (count: number) => ({
      ...certificateData,
      documents: Array.from({ length: count }, () => ({ title: 'x'.repeat(10), kind: 'x' })),
    });
    const columns = Array.from({ length: 6 }, () => ({ title: 'Column', value: '{{ item.title }}' }));
    const body = [{ table: { each: 'documents', columns } }];
    expect(fill({ body }, rows(3_333)).body).toHaveLength(1);
    expect(() => fill({ body }, rows(3_334))).toThrow(/at most 200000 letters/);
  });

  it('parks the dossier where a text is missing in its language', () => {
    expect(() => fill({ languages: ['vi', 'en'], title: { en: 'CERTIFICATE' } })).toThrow(TaskTerminal);
  });

  it('is refused in a language it has not', () => {
    expect(() => fillTemplate(buildTemplate(), certificateData, { lang: 'en', timeZone })).toThrow(
      'expected a language of vi, got en',
    );
  });

  it('is refused over an entry that lacks a value, and over what is no list', () => {
    expect(() => fill({}, { ...certificateData, documents: [{ title: 'A' }] })).toThrow('expected item.kind');
    expect(() => fill({}, { ...certificateData, documents: 'A' })).toThrow(
      'expected documents for the document, got no list',
    );
  });

  it('does not reach what every object inherits', () => {
    expect(() => fill({ body: [{ paragraph: '{{ constructor.name }}' }] })).toThrow('got nothing');
  });

  it('leaves out what its when does not find, and only that', () => {
    const body = [
      { paragraph: 'A', when: 'child.note' },
      { paragraph: 'B', when: 'child.name' },
      {
        fields: [
          { label: 'C', value: '{{ child.note }}', when: 'child.note' },
          { label: 'D', value: '1' },
        ],
      },
    ];
    expect(fill({ body }).body).toEqual([
      { kind: 'paragraph', text: 'B' },
      { kind: 'fields', rows: [{ label: 'D', value: '1' }] },
    ]);
  });

  it('reads number and date only when the organisation signs', () => {
    expect(fill({}).organisationSigns).toBe(true);
    expect(() => fillOrganisation(buildTemplate(), certificateData, { timeZone })).toThrow('expected issue.number');
    const issue = { number: '12/GKS', date: '2026-11-23' };
    expect(fillOrganisation(buildTemplate(), { ...certificateData, issue }, { timeZone })).toEqual({
      number: 'Số: 12/GKS',
      place: 'Xuân Nộn, ngày 23 tháng 11 năm 2026',
    });
  });

  it('inserts a value as it is, even when it looks like a placeholder or a replacement pattern', () => {
    fc.assert(
      fc.property(fc.constantFrom('{{ code }}', '$&', '$1', '$$', '{{'), (name) => {
        const filled = fill({ body: [{ paragraph: '{{ child.name }}!' }] }, { ...certificateData, child: { name } });
        return JSON.stringify(filled.body) === JSON.stringify([{ kind: 'paragraph', text: `${name}!` }]);
      }),
    );
  });

  it('lists every name it reads, where, and whether it can do without', () => {
    const body = [
      { paragraph: 'A {{ a.b | date }}' },
      { list: { each: 'docs', item: '{{ item.title }} {{ code }}' }, when: 'docs' },
    ];
    expect(listPlaceholders(buildTemplate({ body, recipients: [], subtitle: { vi: '{{ s }}' } }))).toEqual(
      expect.arrayContaining([
        { path: 'a.b', at: ['body', 0, 'paragraph'], read: 'drafting', optional: false },
        { path: 'docs', at: ['body', 1, 'when'], read: 'drafting', optional: true },
        { path: 'docs', at: ['body', 1, 'list', 'each'], read: 'drafting', optional: true },
        { path: 'docs[].title', at: ['body', 1, 'list', 'item'], read: 'drafting', optional: true },
        { path: 'code', at: ['body', 1, 'list', 'item'], read: 'drafting', optional: true },
        { path: 's', at: ['subtitle', 'vi'], read: 'drafting', optional: false },
        { path: 'issue.number', at: ['organisation', 'number'], read: 'signing', optional: false },
      ]),
    );
  });

  it('is filled by exactly the names it lists', () => {
    const names = listPlaceholders(buildTemplate()).filter(({ read }) => read === 'drafting');
    const top = new Set(names.map(({ path }) => path.split(/[.[]/)[0] ?? ''));
    expect([...top].sort()).toEqual(['agency', 'child', 'code', 'documents']);
    for (const name of top)
      expect(() => fill({}, { ...certificateData, [name]: undefined })).toThrow(`expected ${name}`);
  });
});

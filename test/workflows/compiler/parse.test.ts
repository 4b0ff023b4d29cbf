import fc from 'fast-check';
import { MAX_PARTS, MAX_STAGES, parseProcedure, parseProcedures } from '../../../workflows/compiler/parse.ts';
import { formatProblem } from '../../../workflows/compiler/problem.ts';
import type { Problem } from '../../../workflows/compiler/problem.ts';
import { MAX_BYTES, MAX_PROBLEMS } from '../../../workflows/compiler/yaml-source.ts';
import { parseYaml, readBeside, sample } from './sample.ts';

function refusals(text: string | Uint8Array, readFile = readBeside): readonly Problem[] {
  const parsed = parseProcedure(text, 'sample.yaml', readFile);
  return parsed.ok ? [] : parsed.problems;
}

describe('reading YAML', () => {
  it.each([
    ['aliases', 'a: &x [1]\nb: *x', 'yaml-alias', '1:7'],
    ['duplicate keys', 'a: 1\nb: 2\na: 3', 'duplicate-key', '3:1'],
    ['tags', 'a: !!binary aGk=', 'yaml-tag', '1:13'],
    ['directives', '%YAML 1.1\n---\na: 1', 'yaml-directive', '2:1'],
    ['complex keys', '? [a]\n: b', 'yaml-key', '1:3'],
    ['__proto__', '__proto__: { a: 1 }', 'yaml-key', '1:1'],
    ['on as a key', 'on: x', 'yaml-1.1', '1:1'],
    ['no as a value', 'a: no', 'yaml-1.1', '1:4'],
    ['a time without quotes', 'cutOff: 15:00', 'yaml-1.1', '1:9'],
    ['octal numbers', 'a: 010', 'yaml-1.1', '1:4'],
    ['decomposed letters', 'a: 1\nb: Viê\u0323t', 'not-nfc', '2:6'],
    ['direction overrides', 'a: "x\u202ey"', 'direction-override', '1:6'],
    ['direction overrides as escapes', String.raw`a: "x\u202ey"`, 'hidden-characters', '1:4'],
    ['control characters as escapes', String.raw`a: "x\ey"`, 'hidden-characters', '1:4'],
    ['control characters as escapes in a key', String.raw`"x\ey": 1`, 'hidden-characters', '1:1'],
    ['half a character as an escape', String.raw`a: ["\ud800"]`, 'hidden-characters', '1:5'],
    ['unclosed quotes', 'a: "\n', 'yaml-syntax', '2:1'],
    ['an empty file', '', 'empty-file', '1:1'],
    ['lone surrogates', 'a: \ud800', 'not-utf8', '1:1'],
  ])('refuses %s', (_name, text, rule, place) => {
    const [found] = refusals(text);
    expect([found?.rule, `${found?.line}:${found?.column}`, found?.file]).toEqual([rule, place, 'sample.yaml']);
  });

  it('names both places of a duplicate key', () => {
    expect(refusals('a: { b: 1, c: 2, b: 3 }')[0]).toMatchObject({
      rule: 'duplicate-key',
      column: 18,
      related: { line: 1, column: 6, path: 'a.b' },
    });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(refusals(new Uint8Array([0x61, 0x3a, 0xff]))[0]).toMatchObject({ rule: 'not-utf8' });
  });

  it('refuses a file of more than 1 MiB', () => {
    expect(refusals(`a: ${'x'.repeat(MAX_BYTES)}`)[0]).toMatchObject({
      rule: 'file-too-large',
      expected: 'at most 1048576 bytes',
    });
  });

  it.each([
    ['brackets', '['.repeat(MAX_BYTES)],
    ['braces', '{a: '.repeat(200_000)],
    ['dashes', '- '.repeat(500_000)],
    ['indentation', Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('refuses %s without end, at once', (_name, text) => {
    expect(refusals(text)[0]).toMatchObject({ rule: 'too-deep' });
  });

  it.each([
    ['keys', Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join('\n'), 'too-many-parts'],
    ['the same key', 'k: 1\n'.repeat(40_000), 'duplicate-key'],
    [
      'keys in braces',
      `a: {${Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join(', ')}}`,
      'too-many-parts',
    ],
    ['complex keys', '? a\n'.repeat(60_000), 'duplicate-key'],
    ['documents', '---\na: 1\n'.repeat(80_000), 'too-many-parts'],
    ['quotes', '"'.repeat(1_000_000), 'too-many-parts'],
    ['anchors', '&a '.repeat(100_000), 'yaml-syntax'],
    ['exclamation marks', '!'.repeat(1_000_000), 'yaml-syntax'],
    ['decomposed letters in one line', `a: "${'e\u0301'.repeat(300_000)}"`, 'not-nfc'],
    ['lines of decomposed letters', 'e\u0301\n'.repeat(200_000), 'not-nfc'],
  ])('refuses %s without end in a few words, within its time', (_name, text, rule) => {
    const found = refusals(text);
    expect(found[0]).toMatchObject({ rule });
    expect(found.length).toBeLessThanOrEqual(MAX_PROBLEMS);
    expect(JSON.stringify(found).length).toBeLessThan(50_000);
  });

  it('refuses a procedure of more parts or stages than it can judge', () => {
    const stage = '{ kind: notify, result: stopped }';
    const stages = Array.from({ length: MAX_STAGES + 1 }, (_, index) => `  s${index}: ${stage}`).join('\n');
    expect(refusals(`procedure: a\nstages:\n${stages}`)).toEqual([
      expect.objectContaining({ rule: 'too-many-stages', expected: 'at most 200', found: '201', line: 2 }),
    ]);
    const facts = Array.from({ length: MAX_PARTS / 2 }, (_, index) => `  f${index}: =1`).join('\n');
    expect(refusals(`procedure: a\nfacts:\n${facts}`)).toEqual([
      expect.objectContaining({ rule: 'too-many-parts', expected: 'at most 20000' }),
    ]);
  });

  it('answers every text with a procedure or with problems that have a place', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            ':',
            ' ',
            '\n',
            '-',
            '[',
            '{',
            '}',
            ']',
            '"',
            "'",
            '#',
            '&',
            '*',
            '!',
            '|',
            '>',
            '%',
            '1',
            ',',
          ),
        }),
        (text) => {
          const found = refusals(text);
          expect(found.length).toBeGreaterThan(0);
          for (const { line, column } of found) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('reading a procedure', () => {
  it.each([
    [
      'code without quotes',
      "code: '2.000910'",
      'code: 2.000910',
      {
        path: 'code',
        line: 3,
        column: 7,
        expected: 'a text',
        found: '2.000910',
        message: 'code must be quoted: without quotes YAML reads 2.000910 as a number and may change it',
      },
    ],
    [
      'an unknown field',
      'starts: submitted',
      'starts: submitted\n  stars: x',
      { rule: 'unknown-key', path: 'clock.stars', line: 18, column: 3 },
    ],
    [
      'a missing field',
      'title: { en: Sample }\n',
      '',
      { rule: 'missing-field', path: 'title', line: 1, found: 'nothing' },
    ],
    ['a wrong word', 'online: full', 'online: fully', { path: 'online', expected: '"full", or a map', found: 'fully' }],
    ['an unknown kind', 'kind: call', 'kind: cal', { path: 'stages.link.kind' }],
    [
      'a hyphen in a name',
      'parties: { owner:',
      'parties: { the-owner:',
      { rule: 'bad-name', path: 'parties.the-owner', found: 'the-owner' },
    ],
    [
      'a reserved name',
      'parties: { owner:',
      'parties: { constructor:',
      { rule: 'bad-name', path: 'parties.constructor' },
    ],
    [
      'an effect on the clock that takes the long form without its law',
      'during: { complete: stops,',
      'during: { complete: { effect: stops },',
      { path: 'clock.during.complete.legalBasis' },
    ],
    ['two units in a term', '{ workingDays: 1 }', '{ workingDays: 1, months: 2 }', { path: 'clock.limit[0].is' }],
    [
      'an equals sign where an expression always stands',
      'when: facts.large',
      'when: = facts.large',
      { path: 'stages.decide.choose[0].when' },
    ],
    ['an impossible date', 'from: 2027-01-01', 'from: 2027-02-30', { path: 'effective.from' }],
    [
      'a path outside the folder',
      'template: permit, register: permits',
      'template: ../permit.yaml, register: permits',
      { path: 'issues.permit.template' },
    ],
    [
      'a file that is not there',
      'template: permit, register: permits',
      'template: permission, register: permits',
      { rule: 'file-missing', path: 'issues.permit.template' },
    ],
    [
      'a form that is no JSON Schema',
      'area: { type: integer }',
      'area: { type: whole }',
      { rule: 'bad-form', path: 'form.properties.area.type' },
    ],
    [
      'a misspelt word in a form',
      'area: { type: integer }',
      'area: { typ: integer }',
      { rule: 'bad-form', path: 'form' },
    ],
  ])('refuses %s', (_name, from, to, expected) => {
    expect(refusals(sample([[from, to]]))).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
  });

  it('refuses a template that is not one, in the template', () => {
    const found = refusals(sample(), () => 'template: permit\nlanguages: [en]\ntitel: x\n');
    expect(found).toEqual(
      expect.arrayContaining([expect.objectContaining({ file: 'templates/permit.yaml', line: 3, path: 'titel' })]),
    );
  });

  it.each([
    ['a text in one language of two', 'title: { vi: GIẤY PHÉP }', 'title', 'expected a text in en'],
    ['a letter that no paper shows', 'title: { vi: 許, en: PERMIT }', 'title.vi', 'can show, got U+8A31'],
    [
      'a column without room',
      'title: PERMIT\nbody: [{ table: { each: rows, columns: [{ title: a, value: b, width: 99 }, { title: c, value: d }] } }]',
      'body[0].table.columns[1]',
      'room for a word',
    ],
    [
      'more than can be drawn',
      `title: PERMIT\nbody: [${'{ paragraph: x }, '.repeat(1_000)}{ paragraph: x }]`,
      '',
      'too many parts',
    ],
  ])('refuses a template with %s, there', (_name, lines, path, message) => {
    const template = `template: permit\nlanguages: [vi, en]\nagency: { name: UBND }\n${lines}\n`;
    const whole = template.includes('body:') ? template : `${template}body: [{ paragraph: x }]\n`;
    expect(refusals(sample(), () => whole)).toEqual([
      expect.objectContaining({ file: 'templates/permit.yaml', path, message: expect.stringContaining(message) }),
    ]);
  });

  it('refuses a second procedure where one is wanted, at its place', () => {
    const text = `${sample()}---\n${sample()}`;
    expect(refusals(text)[0]).toMatchObject({
      rule: 'several-procedures',
      line: sample().split('\n').length + 1,
      found: '2',
    });
    const many = parseProcedures(text, 'sample.yaml', readBeside);
    expect(many.ok && many.procedures.length).toBe(2);
  });

  it('keeps what the file says, unchanged', () => {
    const { procedure, definition, files } = parseYaml(sample());
    expect(procedure.code).toBe('2.000910');
    expect(Object.keys(procedure.stages)[0]).toBe('receive');
    expect(definition).toMatchObject({ schemaVersion: 1, templates: { permit: { title: 'PERMIT' } } });
    expect(Object.keys(files)).toEqual(['templates/permit.yaml']);
  });

  it('writes a problem as one line that editors can open', () => {
    const [found] = refusals(sample([['online: full', 'online: fully']]));
    expect(found && formatProblem(found)).toBe(
      'sample.yaml:7:9: bad-value at online: online is not what is expected here; expected "full", or a map, found fully',
    );
  });
});

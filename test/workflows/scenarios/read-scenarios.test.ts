import { readFileSync } from 'node:fs';
import { mergePatch } from '../../../workflows/scenarios/merge-patch.ts';
import { readScenarios } from '../../../workflows/scenarios/read-scenarios.ts';

const HEAD = `scenario: a card is granted
procedure: library-card
given: { form: card.json, at: 2026-11-23T10:00+07:00, unit: thu-lam }
do:
`;
const forms: Record<string, string> = { 'card.json': '{ "applicant": { "name": "Ngọc" } }', 'list.json': '[]' };
const read = (text: string) => readScenarios(text, 'card.scenarios.yaml', (path) => forms[path]);
const problemsOf = (steps: string) => {
  const reading = read(`${HEAD}${steps}`);
  return reading.ok ? [] : reading.problems.map(({ line, rule, path }) => ({ line, rule, path }));
};

describe('a file of scenarios', () => {
  it.each([
    ['an unknown field of a step', '  - verify: valid\n    becuase: late\n', 5],
    ['two stages in one step', '  - verify: valid\n    approve: approved\n', 5],
    ['no stage at all', '  - by: clerk\n', 5],
    ['an answer that nobody gives', '  - answer: perhaps\n', 5],
    ['two lengths of time', '  - pass: { minutes: 1, hours: 1 }\n', 5],
    ['a calendar amended by no day', '  - amendCalendar: { promises: keep, reason: storm }\n', 5],
    ['an expectation of something unknown', '  - verify: valid\n  - expect: { mood: good }\n', 6],
    ['a refusal that is not in the list', '  - verify: valid\n    refused: because\n', 6],
  ])('is refused for %s, at its line', (_, steps, line) => {
    expect(problemsOf(steps)).toEqual([expect.objectContaining({ line })]);
  });

  it('is refused when the form is not there or is no object', () => {
    for (const form of ['missing.json', 'list.json']) {
      const reading = read(`${HEAD.replace('card.json', form)}  - submit: true\n`);

      expect(reading).toMatchObject({ ok: false, problems: [{ rule: 'file-missing', line: 3, path: 'given.form' }] });
    }
  });

  it('is refused when two scenarios have one name', () => {
    const one = `${HEAD}  - submit: true\n`;

    expect(read(`${one}---\n${one}`)).toMatchObject({ ok: false, problems: [{ rule: 'duplicate-key', line: 7 }] });
  });

  it('tells steps by their keyword, and a stage by its name', () => {
    const reading = read(
      `${HEAD}  - verify: valid\n    by: clerk\n  - pass: { workingDays: 2 }\n  - expect: { stage: sign }\n`,
    );

    expect(reading.ok && reading.stories[0]?.do).toEqual([
      { kind: 'decide', stage: 'verify', outcome: 'valid', step: { verify: 'valid', by: 'clerk' } },
      { kind: 'pass', step: { pass: { workingDays: 2 } } },
      { kind: 'expect', step: { expect: { stage: 'sign' } } },
    ]);
  });

  it('lays changes over the form of the file', () => {
    const reading = read(
      `${HEAD.replace('card.json,', 'card.json, with: { applicant: { age: 7 } },')}  - submit: true\n`,
    );

    expect(reading.ok && reading.stories[0]?.form).toEqual({ applicant: { name: 'Ngọc', age: 7 } });
  });
});

describe('the page on scenarios', () => {
  it('shows a story that can be read', () => {
    const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
    const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';

    expect(readScenarios(example, 'scenarios.md', () => '{}')).toMatchObject({ ok: true });
  });
});

describe('a merge patch', () => {
  // RFC 7396, appendix A
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j and %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
});

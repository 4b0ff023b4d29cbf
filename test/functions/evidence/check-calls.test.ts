import { readFileSync } from 'node:fs';
import { calledOtherwise } from '../../../functions/evidence/check-calls.ts';
import type { Procedure } from '../../../schemas/procedure.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { parseProcedure } from '../../../workflows/compiler/parse.ts';

const folder = 'test/workflows/fixtures';
const read = (path: string) => readFileSync(`${folder}/${path}`, 'utf8');
const procedureOf = (text: string): Procedure => {
  const parsed = parseProcedure(text, 'moved-home.yaml', read);
  if (!parsed.ok) throw new Error('expected a procedure');
  return parsed.procedure.definition.procedure;
};
const procedure = procedureOf(read('moved-home.yaml'));
const standing = procedureOf(
  read('moved-home.yaml')
    .replaceAll(/^ {4}undo: .*\n/gm, '')
    .replace('undoes: [insurance, tax]', 'system: tax-records'),
);

type Told = [string, object];
const told = (...events: Told[]): DossierEvent[] =>
  events.map(([type, data], index) => ({ type, seq: index + 1, dossier: 'd', data })) as unknown as DossierEvent[];
const call = { run: 1, stage: 'tax', visit: 1, system: 'tax-records', request: 'd.tax.1' };
const begun: Told = ['CallBegun', call];
const answered: Told = ['CallAnswered', { ...call, outcome: 'done' }];
const passing = (stage: string, data: object = {}): Told => [
  'StagePassed',
  { run: 1, stage, visit: 1, kind: 'call', outcome: 'done', why: 'call', ...data },
];
const passed = passing('tax');
const undone: Told = [
  'UndoAnswered',
  { ...call, stage: 'takeBack', call: 'd.tax.1', request: 'd.tax.1.undo', outcome: 'done' },
];
const left = passing('takeBack');

describe('a call that can be taken back', () => {
  it.each([
    ['answered', [answered, left], [1]],
    ['answered, and its stage passed', [passed, answered, left], [1, 2]],
    ['refused', [['CallAnswered', { ...call, outcome: 'refused' }]], [1]],
    ['in its stage, which was passed', [passed, left], [1]],
    ['in its stage, passed for another reason', [passing('tax', { why: 'system', kind: 'verify' })], [1]],
    ['anew, though an earlier visit was', [begun, passed, answered, undone, passing('tax', { visit: 2 })], [5]],
    ['only after its answer', [answered, begun], [1]],
  ] satisfies [string, Told[], number[]][])('does not hold where it was never begun: %s', (_, events, lines) => {
    const found = calledOtherwise(told(...events), procedure);
    expect(found.map(({ seq }) => seq)).toEqual(lines);
    for (const { expected } of found) expect(expected).toMatch(/^d\.tax\.\d begun before$/);
  });

  it('does not hold where it was left standing', () => {
    expect(calledOtherwise(told(begun, passed, answered, left), procedure)).toEqual([
      { seq: 4, expected: 'd.tax.1 taken back', found: 'no call' },
    ]);
  });

  it('holds where it was begun, and taken back', () => {
    expect(calledOtherwise(told(begun, passed, answered, undone, left), procedure)).toEqual([]);
  });

  it('is none where the condition of its stage is false', () => {
    expect(calledOtherwise(told(passing('tax', { why: 'when' }), left), procedure)).toEqual([]);
  });
});

it('needs no beginning where a call stands for ever', () => {
  expect(calledOtherwise(told(passed, answered, left), standing)).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { extendedOtherwise } from '../../../functions/evidence/check-clock.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { parseProcedure } from '../../../workflows/compiler/parse.ts';

const folder = 'test/workflows/fixtures';
const read = (path: string) => readFileSync(`${folder}/${path}`, 'utf8');
const parsed = parseProcedure(read('shore-survey.yaml'), 'shore-survey.yaml', read);
if (!parsed.ok) throw new Error('expected a procedure');
const { procedure } = parsed.procedure.definition;
const told = (...events: [string, object][]): DossierEvent[] =>
  events.map(([type, data], index) => ({ type, seq: index + 1, data })) as unknown as DossierEvent[];
const extended: [string, object] = ['ClockExtended', { extension: 'flood' }];

describe('a limit that is extended by decision', () => {
  it('holds after the signature of the decision', () => {
    const signed = told(['TaskDecided', { stage: 'prolong', outcome: 'signed' }], extended);
    expect(extendedOtherwise(signed, procedure)).toEqual([]);
  });

  it.each([
    ['nobody has signed', told(extended), 'none'],
    ['it was declined', told(['TaskDecided', { stage: 'prolong', outcome: 'declined' }], extended), 'prolong.declined'],
    [
      'something else was decided',
      told(['TaskDecided', { stage: 'survey', outcome: 'longer' }], extended),
      'survey.longer',
    ],
  ])('does not hold where %s', (_, events, found) => {
    expect(extendedOtherwise(events, procedure)).toMatchObject([{ expected: 'a decision, prolong.signed', found }]);
  });
});

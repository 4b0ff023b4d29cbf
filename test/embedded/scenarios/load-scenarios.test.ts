import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenarios } from '../../../embedded/scenarios/load-scenarios.ts';

const PROCEDURES = new URL('../../../workflows/procedures', import.meta.url).pathname;
const story = (name: string, at: string, earlier = '') => `scenario: ${name}
procedure: permit-extension
given: { form: fixtures/permit-extension.json, at: ${at}, unit: primaria-turda${earlier} }
do:
  - submit: true
`;
const after = (procedure: string, scenario: string) =>
  `, earlier: { procedure: ${procedure}, scenario: '${scenario}', as: about }`;
const GRANTED = after('building-permit', 'every body agrees, and the permit is issued');

describe('a story of an applicant who had a dossier before', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'onetrack-stories-'));
    cpSync(PROCEDURES, folder, { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const load = (...stories: string[]) => {
    writeFileSync(join(folder, 'permit-extension.scenarios.yaml'), stories.join('---\n'));
    return loadScenarios(join(folder, 'permit-extension.yaml'), 'permit-extension.yaml');
  };

  it.each([
    ['a story that is not there', after('building-permit', 'nobody told it')],
    ['a procedure that is not beside it', after('passport', 'a passport is issued')],
    ['a story that begins later', GRANTED, '2026-10-01T10:00+03:00'],
    ['itself', after('permit-extension', 'first')],
  ])('is refused where it names %s, at its line', (_, earlier, at = '2027-03-01T10:00+02:00') => {
    expect(load(story('first', at, earlier))).toMatchObject({
      ok: false,
      problems: [{ rule: 'unknown-name', line: 3, path: 'given.earlier', file: 'permit-extension.scenarios.yaml' }],
    });
  });

  it('comes with the stories before it, and with the procedures of these', () => {
    const loading = load(
      story('first', '2027-03-01T10:00+02:00', GRANTED),
      story('second', '2027-04-01T10:00+03:00', after('permit-extension', 'first')),
    );

    if (!loading.ok) throw new Error(JSON.stringify(loading.problems));
    const [, second] = loading.stories;
    expect(second?.earlier?.earlier?.earlier).toMatchObject({ procedure: 'urbanism-certificate' });
    expect(loading.earlier.map(({ parsed }) => parsed.procedure.procedure)).toEqual([
      'opinion',
      'urbanism-certificate',
      'building-permit',
    ]);
  });
});

import { unsupported } from '../../../workflows/compiler/supported.ts';
import { repositoryProcedures } from '../golden-asl.ts';
import { parseYaml, sample } from './sample.ts';

const root = new URL('../../..', import.meta.url).pathname;

describe('what this release runs', () => {
  it.each([
    ['pilots', 'online: full', 'online: full\npilot: { units: [ward-1] }', 'pilot'],
    ['words of its own', 'rules:', 'notices: { accepted: receipt }\nrules:', 'notices'],
    ['councils', 'by: head', 'by: { people: form.owner, needs: all }', 'stages.approve.by'],
  ])('refuses %s with the reason', (_name, from, to, path) => {
    const { definition, locate } = parseYaml(sample([[from, to]]));
    expect(unsupported(definition, locate)).toEqual([
      expect.objectContaining({ rule: 'runs-with-a-later-release', path }),
    ]);
  });

  const contained = 'permit: { format: asice, template: permit, register: permits, ';
  it.each<[string, [string, string][], string]>([
    [
      'containers that the system signs',
      [
        [
          'permit: { template: permit, register: permits, sign: { personal: [head], organisation: clerk }',
          `${contained}automatic: Act`,
        ],
        ['sign: { kind: sign, issue', 'sign: { kind: sign, by: system, issue'],
      ],
      'stages.sign.by',
    ],
    [
      'containers as records of inspections',
      [
        ['issues:', 'issues:\n  record: { format: asice, template: permit, sign: { personal: [head] } }'],
        [
          'link: { kind: call, system: registry, send: { area: = form.area }, then: { done: pay',
          'link: { kind: inspect, by: head, makes: record, then: { passed: pay',
        ],
      ],
      'stages.link.makes',
    ],
  ])('refuses %s with the reason', (_name, changes, path) => {
    const { definition, locate } = parseYaml(sample(changes));
    expect(unsupported(definition, locate)).toContainEqual(
      expect.objectContaining({ rule: 'runs-with-a-later-release', path }),
    );
  });

  it('runs containers that persons sign', () => {
    const { definition } = parseYaml(sample([['permit: { template: permit, register: permits, ', contained]]));
    expect(unsupported(definition)).toEqual([]);
  });

  it.each([
    ['a clock that shifts', 'complete: stops', 'complete: shifts'],
    ['a clock that stops if over', 'complete: stops', 'complete: { stopsIfOver: { workingDays: 2 }, counting: all }'],
    ['payees of fees', 'fee: { kind: fee,', 'fee: { kind: fee, payee: treasury,'],
    ['other evidence instead of a document', 'proof: { accept', 'proof: { or: [sketch], accept'],
    ['sources', 'proof: { accept', 'proof: { source: { registry: land, key: form.area, purpose: area }, accept'],
    ['extensions', 'starts: submitted', 'extend: []'],
    ['pauses', 'starts: submitted', 'pauses: []'],
    [
      'dossiers of other procedures',
      '  link: { kind: call, system: registry, send: { area: = form.area }, then: { done',
      '  link: { kind: open, parts: { child: { procedure: child } }, then: { partly: refuse, granted',
    ],
    [
      'apologies',
      'starts: submitted',
      'late: { apology: { calendarDays: 1 }, by: case-officer, makes: refusal, causes: { workload: { en: Workload } }, legalBasis: Act }',
    ],
    ['taking back a call', 'area: = form.area }, then', 'area: = form.area }, undo: { area: = form.area }, then'],
    [
      'extensions by decision',
      'starts: submitted',
      'extend: [{ id: more, by: { workingDays: 1 }, needs: decision, at: sign, times: 1, legalBasis: Act }]',
    ],
    ['silence', 'starts: submitted', 'silence: { go: stopped, legalBasis: Act }'],
  ])('runs %s', (_name, from, to) => {
    const { definition, locate } = parseYaml(sample([[from, to]]));
    expect(unsupported(definition, locate)).toEqual([]);
  });

  it.each(['library-card', 'birth-registration', 'household-business', 'bench'])('runs %s', (name) => {
    const found = repositoryProcedures(root).find(({ procedure }) => procedure.procedure === name);
    expect(found && unsupported(found.definition)).toEqual([]);
  });
});

import { lint } from '../../../workflows/compiler/lint.ts';
import { LINT_RULES } from '../../../workflows/compiler/lint/rules.ts';
import { repositoryProcedures } from '../golden-asl.ts';
import { APOLOGIES, type Refusal } from './refused-apologies.ts';
import { CALLS } from './refused-calls.ts';
import { EXTENSIONS } from './refused-extensions.ts';
import { PAPER } from './refused-paper.ts';
import { DOCUMENTS } from './refused-documents.ts';
import { SENSITIVE } from './refused-sensitive.ts';
import { FEES } from './refused-fees.ts';
import { SOURCES } from './refused-sources.ts';
import { parseYaml, sample } from './sample.ts';

const root = new URL('../../..', import.meta.url).pathname;

/** Each changes the sound sample in one way and breaks one rule, at the place and with the other place named. */
const REFUSALS: readonly Refusal[] = [
  {
    rule: 'unknown-target',
    change: [['returned: verify', 'returned: nowhere']],
    at: 'stages.approve.then.returned',
    related: 'stages.approve',
  },
  { rule: 'unknown-name', change: [['fees: [fee]', 'fees: [toll]']], at: 'stages.pay.fees[0]', related: 'stages.pay' },
  { rule: 'unknown-name', change: [['of: owner, fees', 'of: payer, fees']], at: 'stages.pay.of' },
  { rule: 'unknown-name', change: [['needs: [proof]', 'needs: [prof]']], at: 'stages.complete.needs[0]' },
  { rule: 'unknown-name', change: [['until: sign', 'until: signed']], at: 'anytime.withdraw.until' },
  { rule: 'unknown-name', change: [['at: verify, must', 'at: verified, must']], at: 'rules[0].at' },
  {
    rule: 'rule-leads-nowhere',
    change: [['at: verify, must', 'at: pay, must']],
    at: 'rules[0].at',
    related: 'stages.pay',
  },
  {
    rule: 'rule-leads-nowhere',
    change: [
      ['else: warn', 'else: incomplete'],
      ['incomplete: complete, invalid: refuse', 'more: complete, invalid: refuse'],
    ],
    at: 'rules[0].else',
    related: 'stages.verify',
  },
  {
    rule: 'unknown-name',
    change: [['separateFrom: [verify]', 'separateFrom: [check]']],
    at: 'stages.approve.separateFrom[0]',
  },
  {
    rule: 'unknown-outcome',
    change: [['then: { paid: approve', 'then: { refunded: refuse, paid: approve']],
    at: 'stages.pay.then.refunded',
    related: 'stages.pay',
  },
  {
    rule: 'way-forward-missing',
    change: [['done: pay, refused: refuse', 'refused: refuse']],
    at: 'stages.link.then',
  },
  {
    rule: 'unreachable-stage',
    change: [['anytime:', '  orphan: { kind: notify, result: stopped }\nanytime:']],
    at: 'stages.orphan',
    related: 'stages.receive',
  },
  {
    rule: 'no-end',
    change: [
      [
        'refused: { kind: notify, deliver: [refusal], result: refused }',
        'refused: { kind: notify, deliver: [refusal], result: refused, then: { delivered: wait } }\n  wait: { kind: ask, of: owner, for: return, then: { answered: wait, expired: wait } }',
      ],
    ],
    at: 'stages.wait',
  },
  { rule: 'end-without-result', change: [['result: stopped', 'title: { en: Stopped }']], at: 'stages.stopped' },
  {
    rule: 'back-to-nowhere',
    change: [['accepted: verify', 'accepted: verify, misdirected: back']],
    at: 'stages.receive.then.misdirected',
    related: 'stages.receive',
  },
  {
    rule: 'endless-loop',
    change: [['refused: refuse }', 'refused: link }']],
    at: 'stages.link',
    related: 'stages.link',
  },
  {
    rule: 'endless-loop',
    change: [
      ['- { go: link }', '- { when: form.fast, go: again }\n      - { go: link }'],
      ['stages:', 'stages:'],
      ['  pay:', '  again: { kind: decide, choose: [{ when: form.fast, go: decide }, { go: link }] }\n  pay:'],
    ],
    at: 'stages.decide',
    related: 'stages.again',
  },
  {
    rule: 'self-acting-unhandled',
    change: [['answered: back, expired: stopped', 'answered: back']],
    at: 'stages.complete.then',
  },
  {
    rule: 'supplement-without-times',
    change: [[', times: 1', '']],
    at: 'stages.complete.for',
    related: 'stages.complete',
  },
  {
    rule: 'cases-open',
    change: [['- { go: link }', '- { when: form.fast, go: link }']],
    at: 'stages.decide.choose[1]',
    related: 'stages.decide.choose',
  },
  {
    rule: 'cases-open',
    change: [['{ when: form.fast, is: { workingDays: 1 } }', '{ is: { workingDays: 1 } }']],
    at: 'clock.limit[0]',
    related: 'clock.limit',
  },
  {
    rule: 'unsigned-delivery',
    change: [['rejected: refuse }', 'rejected: refused }']],
    at: 'stages.refused.deliver[0]',
    related: 'stages.approve.then.rejected',
  },
  {
    rule: 'unsigned-delivery',
    change: [['sign: { kind: sign, issue: permit', 'sign: { kind: sign, issue: permit, when: form.fast']],
    at: 'stages.granted.deliver[0]',
  },
  {
    rule: 'unsigned-delivery',
    change: [
      ['{ go: link }', '{ go: ask }'],
      [
        '  link:',
        '  ask: { kind: consult, parts: { fire: { unit: { unit: commune, area: form.owner.name }, gets: [proof, permit], silence: waits } }, then: { agreed: link, opposed: refuse } }\n  link:',
      ],
    ],
    at: 'stages.ask.parts.fire.gets[1]',
    related: 'stages.verify.then.valid',
  },
  {
    rule: 'unknown-name',
    change: [
      ['{ go: link }', '{ go: open }'],
      [
        '  link:',
        '  open: { kind: open, parts: { fire: { procedure: fire, gets: [permit] } }, then: { granted: link, partly: refuse, refused: refuse } }\n  link:',
      ],
    ],
    at: 'stages.open.parts.fire.gets[0]',
  },
  {
    rule: 'refusal-without-reason',
    change: [['deliver: [refusal], result: refused', 'result: refused']],
    at: 'stages.refused',
    related: 'stages.refused.result',
  },
  {
    rule: 'issue-unsigned',
    change: [['sign: { personal: [head], organisation: clerk }, valid', 'sign: { organisation: clerk }, valid']],
    at: 'issues.permit',
  },
  {
    rule: 'issue-never-signed',
    change: [['issues:', 'issues:\n  spare: { template: permit, register: permits, sign: { personal: [head] } }']],
    at: 'issues.spare',
  },
  {
    rule: 'seal-without-register',
    change: [['template: permit, register: permits', 'template: permit']],
    at: 'issues.permit.sign.organisation',
    related: 'issues.permit',
  },
  {
    rule: 'automatic-by-person',
    change: [['valid: { months: 12 }', 'automatic: Act 9']],
    at: 'issues.permit.sign',
    related: 'issues.permit.automatic',
  },
  {
    rule: 'automatic-by-person',
    change: [['sign: { personal: [head], organisation: clerk }, valid: { months: 12 }', 'automatic: Act 9']],
    at: 'stages.sign',
    related: 'issues.permit.automatic',
  },
  {
    rule: 'automatic-without-law',
    change: [['sign: { kind: sign, issue', 'sign: { kind: sign, by: system, issue']],
    at: 'stages.sign.by',
    related: 'issues.permit',
  },
  {
    rule: 'automatic-without-law',
    change: [['template: permit, register', 'format: json, register']],
    at: 'issues.permit.format',
  },
  { rule: 'template-missing', change: [['template: permit, register', 'register']], at: 'issues.permit' },
  {
    rule: 'system-decides',
    change: [['by: head, separateFrom: [verify]', 'by: system']],
    at: 'stages.approve.by',
    related: 'stages.approve',
  },
  {
    rule: 'clock-says-nothing',
    change: [['during: { complete: stops, pay: runs }', 'during: { complete: stops }']],
    at: 'stages.pay',
    related: 'clock.during',
  },
  {
    rule: 'clock-unknown',
    change: [['starts: submitted', 'starts: receive.paid']],
    at: 'clock.starts',
    related: 'stages.receive',
  },
  { rule: 'clock-unknown', change: [['pay: runs }', 'pay: runs, paid: runs }']], at: 'clock.during.paid' },
  {
    rule: 'clock-unknown',
    change: [['starts: submitted', 'starts: submitted\n  ends: signed.signed']],
    at: 'clock.ends',
  },
  {
    rule: 'silence-without-law',
    change: [['starts: submitted', 'starts: submitted\n  silence: { go: stopped }']],
    at: 'clock.silence',
  },
  {
    rule: 'silence-without-law',
    change: [
      ['go: link', 'go: ask'],
      [
        '  link:',
        '  ask: { kind: consult, parts: { fire: { unit: fire-office } }, then: { agreed: link, opposed: refuse } }\n  link:',
      ],
    ],
    at: 'stages.ask.parts.fire',
    related: 'stages.ask',
  },
  {
    rule: 'silence-without-term',
    change: [
      ['go: link', 'go: ask'],
      [
        '  link:',
        '  ask: { kind: consult, parts: { fire: { unit: fire-office, silence: agrees } }, then: { agreed: link, opposed: refuse } }\n  link:',
      ],
    ],
    at: 'stages.ask.parts.fire.silence',
    related: 'stages.ask',
  },
  {
    rule: 'parts-in-a-circle',
    change: [
      ['go: link', 'go: ask'],
      [
        '  link:',
        '  ask: { kind: consult, parts: { fire: { unit: fire-office, after: [road], silence: waits }, road: { unit: road-office, after: [fire], silence: waits } }, then: { agreed: link, opposed: refuse } }\n  link:',
      ],
    ],
    at: 'stages.ask.parts.fire.after',
    related: 'stages.ask',
  },
  {
    rule: 'part-not-awaited',
    change: [
      ['go: link', 'go: open'],
      [
        '  link:',
        '  open: { kind: open, parts: { fire: { procedure: fire, counts: false }, road: { procedure: road, after: [fire] } }, then: { granted: link, partly: refuse, refused: refuse } }\n  link:',
      ],
    ],
    at: 'stages.open.parts.road.after',
    related: 'stages.open',
  },
  {
    rule: 'part-not-awaited',
    change: [
      ['go: link', 'go: open'],
      [
        '  link:',
        '  open: { kind: open, parts: { fire: { procedure: fire, counts: false, within: { workingDays: 1 } } }, then: { granted: link, partly: refuse, refused: refuse } }\n  link:',
      ],
    ],
    at: 'stages.open.parts.fire.within',
    related: 'stages.open',
  },
  ...APOLOGIES,
  ...SOURCES,
  ...FEES,
  ...CALLS,
  ...EXTENSIONS,
  {
    rule: 'silence-own-clock',
    change: [['starts: submitted', 'starts: receive.accepted\n  silence: { go: stopped, legalBasis: Act 7 }']],
    at: 'clock.silence',
    related: 'clock.starts',
  },
  ...PAPER,
  ...DOCUMENTS,
  ...SENSITIVE,
  {
    rule: 'name-reserved',
    change: [
      ['  pay: { kind: pay', '  custody: { kind: pay'],
      ['go: pay }', 'go: custody }'],
      ['done: pay,', 'done: custody,'],
      ['pay: runs', 'custody: runs'],
    ],
    at: 'stages.custody',
  },
  { rule: 'not-announced', change: [[', announced: Decision 1', '']], at: 'effective' },
  {
    rule: 'separation-impossible',
    change: [['separateFrom: [verify]', 'separateFrom: [approve]']],
    at: 'stages.approve.separateFrom',
    related: 'stages.approve',
  },
  {
    rule: 'separation-impossible',
    change: [['by: head, separateFrom', 'by: case-officer, separateFrom']],
    at: 'stages.approve.separateFrom',
    related: 'stages.verify',
    organisation: { officials: { 'case-officer': 1 } },
  },
  {
    rule: 'signature-too-weak',
    change: [['kind: sign, issue: permit', 'kind: sign, assurance: login, issue: permit']],
    at: 'stages.sign.assurance',
  },
  { rule: 'helper-decides', change: [['by: head, separateFrom', 'by: helper, separateFrom']], at: 'stages.approve.by' },
  {
    rule: 'effect-without-about',
    change: [['result: granted', 'result: granted, effect: { corrects: permit }']],
    at: 'stages.granted.effect',
  },
  {
    rule: 'helper-decides',
    change: [['times: 1', 'times: { max: 1, override: { by: helper, legalBasis: none } }']],
    at: 'stages.complete.times.override.by',
  },
  { rule: 'expression-syntax', change: [['must: form.area > 0', 'must: form.area >']], at: 'rules[0].must' },
  { rule: 'expression-function', change: [['must: form.area > 0', 'must: $now() > form.area']], at: 'rules[0].must' },
  {
    rule: 'expression-definition',
    change: [['must: form.area > 0', 'must: "function($x){true}(form.area)"']],
    at: 'rules[0].must',
  },
  { rule: 'expression-construct', change: [['must: form.area > 0', 'must: $exists(form.*)']], at: 'rules[0].must' },
  { rule: 'expression-name', change: [['must: form.area > 0', 'must: $x > 0']], at: 'rules[0].must' },
  {
    rule: 'expression-depth',
    change: [['must: form.area > 0', `must: ${'('.repeat(50)}true${')'.repeat(50)}`]],
    at: 'rules[0].must',
  },
  { rule: 'expression-root', change: [['must: form.area > 0', 'must: applicant.age > 18']], at: 'rules[0].must' },
  { rule: 'expression-root', change: [['must: form.area > 0', 'must: item.area > 0']], at: 'rules[0].must' },
  ...(
    [
      ['form.areas > 0', 'form'],
      ['form.owner.nam = "x"', 'form'],
      ['facts.small', 'facts'],
      ['documents.prof.present', 'documents'],
      ['documents.proof.there', 'documents'],
      ['$exists(sources.proof)', 'documents'],
      ['stages.verified.outcome = "valid"', 'stages'],
      ['stages.verify.result = "valid"', 'stages'],
      ['stages.verify.form.sound', 'stages'],
      ['stages.approve.form.x', 'stages'],
      ['stages.verify.by.name = "x"', 'stages'],
      ['fees.fee.due > 0', 'fees'],
      ['issues.permit.num = "1"', 'issues'],
      ['parts.fire.outcome = "agreed"', 'stages'],
      ['dossier.colour = "red"', undefined],
    ] as const
  ).map(([must, related]): Refusal => ({
    rule: 'expression-path',
    change: [['must: form.area > 0', `must: '${must}'`]],
    at: 'rules[0].must',
    ...(related && { related }),
  })),
  {
    rule: 'form-field-name',
    change: [['fast: { type: boolean }', 'fast: { type: boolean }, "fast-track": { type: boolean }']],
    at: 'form',
  },
];

describe('the linter', () => {
  it('finds nothing in the sound sample', () => {
    expect(lint(parseYaml(sample()).definition)).toEqual([]);
  });

  it('lets a paper that is not signed go back to where it came from', () => {
    const { definition } = parseYaml(
      sample([['then: { signed: refused, declined: approve }', 'then: { signed: refused, declined: back }']]),
    );
    expect(lint(definition)).toEqual([]);
  });

  it('knows that what goes back was signed on the way by who asked, whatever others who ask have signed', () => {
    const { definition } = parseYaml(
      sample([
        ['answered: back, expired: stopped', 'answered: back, expired: back'],
        [
          'deliver: [permit], result: granted }',
          'deliver: [permit], result: granted, then: { delivered: handOver } }\n  handOver: { kind: verify, by: case-officer, then: { valid: handed, incomplete: complete } }\n  handed: { kind: notify, deliver: [permit], result: granted }',
        ],
      ]),
    );
    expect(lint(definition)).toEqual([]);
  });

  it.each(REFUSALS.map((refusal) => [`${refusal.rule} at ${refusal.at}`, refusal] as const))(
    'refuses %s',
    (_name, refusal) => {
      const { definition, locate } = parseYaml(sample(refusal.change));
      const problems = lint(definition, { locate, organisation: refusal.organisation ?? {} });
      expect(problems.map(({ rule }) => rule)).toContain(refusal.rule);
      const found = problems.find(({ rule, path }) => rule === refusal.rule && path === refusal.at);
      expect(found).toMatchObject({ path: refusal.at, file: 'sample.yaml' });
      if (refusal.related !== undefined) expect(found?.related?.path).toBe(refusal.related);
      expect([...new Set(problems.map(({ rule }) => rule))]).toEqual([refusal.rule]);
    },
  );

  it('has a refusal for every rule', () => {
    expect(new Set(REFUSALS.map(({ rule }) => rule))).toEqual(new Set(Object.keys(LINT_RULES)));
  });

  it('names line and column of both places', () => {
    const { definition, locate } = parseYaml(sample([['returned: verify', 'returned: nowhere']]));
    const [found] = lint(definition, { locate });
    const lines = sample([['returned: verify', 'returned: nowhere']]).split('\n');
    expect(lines[(found?.line ?? 0) - 1]?.slice((found?.column ?? 0) - 1)).toMatch(/^nowhere/);
    expect(lines[(found?.related?.line ?? 0) - 1]?.slice((found?.related?.column ?? 0) - 1)).toMatch(
      /^\{ kind: approve/,
    );
  });

  it.each(repositoryProcedures(root).map((parsed) => [parsed.procedure.procedure, parsed] as const))(
    'finds nothing in %s',
    (_name, { definition, locate }) => {
      expect(lint(definition, { locate })).toEqual([]);
    },
  );
});

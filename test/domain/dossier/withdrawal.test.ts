import { withdrawalOf, type Withdrawable } from '../../../domain/dossier/withdrawal.ts';
import type { Procedure } from '../../../schemas/procedure.ts';

const AT_RECEIVE: Withdrawable = { stage: 'receive', result: null, withdrawal: null, stages: { receive: {} } };
const AT_SIGN: Withdrawable = { ...AT_RECEIVE, stage: 'sign', stages: { receive: {}, sign: {} } };

function procedure(anytime: Procedure['anytime']): Procedure {
  return { anytime, parties: { applicant: 'form.applicant', owner: 'form.owner' } } as unknown as Procedure;
}

const UNTIL = procedure({ withdraw: { by: 'applicant', until: 'sign', go: 'withdrawn' } });
const DURING = procedure({ withdraw: { by: 'owner', during: ['receive'], stop: 'withdrawn' } });

it.each([
  ['where there is no rule', procedure({}), AT_RECEIVE, { why: 'never' }],
  ['once the stage is reached', UNTIL, AT_SIGN, { why: 'passed', stage: 'sign' }],
  ['outside the stages of the rule', DURING, AT_SIGN, { why: 'elsewhere', stages: ['receive'] }],
  ['twice', UNTIL, { ...AT_RECEIVE, withdrawal: 'withdraw' }, { why: 'asked' }],
  ['with its result', UNTIL, { ...AT_RECEIVE, result: 'granted' as const }, { why: 'ended' }],
  ['once it is closed', UNTIL, { ...AT_RECEIVE, stage: null }, { why: 'ended' }],
])('lets nobody withdraw %s', (_, given, dossier, closed) => {
  expect(withdrawalOf(given, dossier, 'applicant')).toEqual({ ok: false, ...closed });
});

it.each([
  ['until a stage', UNTIL, 'applicant'],
  ['during a stage, as another party', DURING, 'applicant'],
  ['with the parent, what the applicant could withdraw', UNTIL, 'parent'],
] as const)('lets withdraw %s', (_, given, by) => {
  expect(withdrawalOf(given, AT_RECEIVE, by)).toMatchObject({ ok: true, name: 'withdraw' });
});

it('takes the rule that is open where another is closed', () => {
  const two = procedure({
    early: { by: 'applicant', during: ['receive'], go: 'withdrawn' },
    late: { by: 'applicant', until: 'notify', stop: 'withdrawn' },
  });
  expect(withdrawalOf(two, AT_SIGN, 'applicant')).toMatchObject({ ok: true, name: 'late' });
});
